package mailcopy

import (
	"errors"
	"fmt"
)

// A Tx is one transaction of the ledger, see [ledger.Tx].
type Tx interface {
	Exec(query string, args ...any) (int64, error)
	Row(dest []any, query string, args ...any) error
	Each(scan func(columns func(dest ...any) error) error, query string, args ...any) error
}

// Put keeps the copy of the message that the delivery of a period to somebody has now.
func Put(tx Tx, periodID int64, recipient string, c *Copy) error {
	return put(tx, c, selectOfPeriod, periodID, recipient)
}

// PutOf keeps the copy of the message that a delivery has now.
func PutOf(tx Tx, deliveryID int64, c *Copy) error {
	return put(tx, c, selectMessage+` WHERE id = ?`, deliveryID)
}

// Frequent are the statements that each message takes.
func Frequent() []string { return []string{selectOfPeriod, insertCopy, insertPart} }

func put(tx Tx, c *Copy, query string, args ...any) error {
	if c == nil {
		return nil
	}
	var delivery, period int64
	var revision int
	messageID, sum := "", ""
	err := tx.Row([]any{&delivery, &period, &revision, &messageID, &sum}, query, args...)
	if err != nil || sum != c.SHA256 { // it has another message already, which stays
		return err
	}
	_, err = tx.Exec(insertCopy, delivery, revision, period, c.Name, messageID, sum, c.Own)
	for _, p := range c.Parts {
		if err == nil {
			_, err = tx.Exec(insertPart, period, p.SHA256, p.Body)
		}
	}
	if err != nil {
		return fmt.Errorf("copy of %s: %w", c.Name, err)
	}
	return nil
}

const (
	selectMessage  = `SELECT id, period_id, revision, message_id, sha256 FROM delivery`
	selectOfPeriod = selectMessage + ` WHERE period_id = ? AND recipient = ?`

	insertCopy = `INSERT INTO message_copy (delivery_id, revision, period_id, name, message_id, sha256, body) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (delivery_id, revision) DO UPDATE SET name = excluded.name, message_id = excluded.message_id, sha256 = excluded.sha256, body = excluded.body`
	insertPart = `INSERT INTO message_part (period_id, sha256, body) VALUES (?, ?, ?) ON CONFLICT (period_id, sha256) DO NOTHING`
)

// Forget deletes the copies of a period's messages.
func Forget(tx Tx, periodID int64) error {
	_, err := tx.Exec(`DELETE FROM message_copy WHERE period_id = ?`, periodID)
	if err == nil {
		_, err = tx.Exec(`DELETE FROM message_part WHERE period_id = ?`, periodID)
	}
	return err
}

// A Kept message is a copy, and whose.
type Kept struct {
	DeliveryID int64
	Revision   int
	MessageID  string
	Copy
}

// Of are the copies of a period's messages, by delivery and revision, without their parts.
func Of(tx Tx, periodID int64) ([]Kept, error) { return read(tx, `period_id = ?`, periodID) }

// Find is the copy of a message, of which the SHA-256 is sum, with its parts; nil: none is kept.
func Find(tx Tx, periodID, deliveryID int64, revision int, sum string) (*Kept, error) {
	copies, err := read(tx, `delivery_id = ? AND revision = ?`, deliveryID, revision)
	if err != nil || len(copies) == 0 || copies[0].SHA256 != sum || copies[0].Own == nil {
		return nil, err
	}
	copies[0].Parts, err = PartsOf(tx, periodID)
	return &copies[0], err
}

func read(tx Tx, which string, args ...any) (all []Kept, err error) {
	err = tx.Each(func(columns func(dest ...any) error) error {
		var k Kept
		err := columns(&k.DeliveryID, &k.Revision, &k.MessageID, &k.Name, &k.SHA256, &k.Own)
		all = append(all, k)
		return err
	}, `SELECT delivery_id, revision, message_id, name, sha256, body FROM message_copy WHERE `+which+` ORDER BY delivery_id, revision`, args...)
	return all, err
}

// PartsOf are the parts that a period's messages share.
func PartsOf(tx Tx, periodID int64) (parts []Part, err error) {
	err = tx.Each(func(columns func(dest ...any) error) error {
		var p Part
		err := columns(&p.SHA256, &p.Body)
		if err == nil && len(p.Body) == 0 {
			err = errors.New("a part of a message is empty")
		}
		parts = append(parts, p)
		return err
	}, `SELECT sha256, body FROM message_part WHERE period_id = ? ORDER BY sha256`, periodID)
	return parts, err
}

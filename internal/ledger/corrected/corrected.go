// Package corrected keeps in the ledger's database what is known of closed periods besides what
// went out: the rows of a report that has no CSV in the archive, what was found to be different
// later, and when a period was held against its source last. It reads no source and no file, and
// refuses to forget what somebody was told.
package corrected

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"rapport/internal/ledger"
)

// Tables are those of one ledger.
type Tables struct{ db *ledger.Ledger }

// Of are a ledger's.
func Of(l *ledger.Ledger) Tables { return Tables{l} }

// A Correction is what was found to be different in a closed period, after all before it.
type Correction struct {
	Position       int // 1, 2, 3 … of the period
	Number         int // of the correction that recipients got; 0: nobody got one
	FoundAt        time.Time
	Added, Removed int64
	Back           bool   // the period has rows again that it had before
	State          string // a sum of the rows that it leaves
	Changes        []byte // CSV with Change as its last column, gzip
	Totals         []ledger.Total
}

// Record writes down what was found to be different in a closed period. One that another process
// has found meanwhile is there already: then the error says so, and nothing is written.
func Record(t ledger.Tx, periodID int64, c Correction) error {
	totals, err := pack(c.Totals)
	if err != nil {
		return err
	}
	back := 0
	if c.Back {
		back = 1
	}
	_, err = t.Exec(`INSERT INTO correction (period_id, position, number, found_at, added, removed, back, state, changes, totals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		periodID, c.Position, c.Number, c.FoundAt, c.Added, c.Removed, back, c.State, c.Changes, totals)
	if err != nil {
		return fmt.Errorf("correction %d of period %d: %w", c.Position, periodID, err)
	}
	if err := setSum(t, periodID, "", ""); err != nil {
		return err
	}
	return Checked(t, periodID, c.FoundAt)
}

// Corrections gives what was found in a period, the oldest first.
func (k Tables) Corrections(ctx context.Context, periodID int64) (all []Correction, err error) {
	err = k.db.Read(ctx, func(t ledger.Tx) error {
		all = nil
		return t.Each(func(columns func(dest ...any) error) error {
			var c Correction
			var totals []byte
			back := 0
			err := columns(&c.Position, &c.Number, &c.FoundAt, &c.Added, &c.Removed, &back, &c.State, &c.Changes, &totals)
			if err == nil {
				err = unpack(totals, &c.Totals)
			}
			c.Back = back > 0
			all = append(all, c)
			return err
		}, `SELECT position, number, found_at, added, removed, back, state, changes, totals FROM correction WHERE period_id = ? ORDER BY position`, periodID)
	})
	if err != nil {
		return nil, fmt.Errorf("corrections of period %d: %w", periodID, err)
	}
	return all, nil
}

// Rows gives the CSV that is kept of a period; found is false where none is.
func (k Tables) Rows(ctx context.Context, periodID int64) (rows []byte, found bool, err error) {
	err = k.db.Read(ctx, func(t ledger.Tx) error {
		err := t.Row([]any{&rows}, `SELECT body FROM kept_rows WHERE period_id = ?`, periodID)
		if found = err == nil; errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return rows, found, err
}

// Spent is how many things were read for an account since a night began.
func (k Tables) Spent(ctx context.Context, account string, night time.Time) (things int64, err error) {
	err = k.db.Read(ctx, func(t ledger.Tx) error {
		err := t.Row([]any{&things}, `SELECT things FROM recheck_budget WHERE account = ? AND night = ?`, account, night)
		if errors.Is(err, sql.ErrNoRows) {
			things, err = 0, nil
		}
		return err
	})
	return things, err
}

// Spend adds to it.
func (k Tables) Spend(ctx context.Context, account string, night time.Time, things int64) error {
	return k.db.Write(ctx, func(t ledger.Tx) error {
		_, err := t.Exec(`INSERT INTO recheck_budget (account, night, things) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE
			SET things = CASE WHEN recheck_budget.night = excluded.night THEN recheck_budget.things + excluded.things ELSE excluded.things END, night = excluded.night`,
			account, night, things)
		return err
	})
}

func pack(totals []ledger.Total) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if err := json.NewEncoder(zip).Encode(totals); err != nil {
		return nil, err
	}
	err := zip.Close()
	return out.Bytes(), err
}

func unpack(data []byte, into *[]ledger.Total) error {
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

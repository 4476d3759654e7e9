package served

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

// The purposes of signing keys.
const (
	KeyOfTokens    = "access tokens"
	KeyOfFiles     = "links to files"
	KeyOfCalendars = "links to calendars"
)

// SigningKey gives the key of a purpose. The first who asks makes it.
func (t keys) SigningKey(ctx context.Context, purpose string, fresh func() []byte, now time.Time) (key []byte, err error) {
	find := func(tx ledger.Tx) (missing bool, err error) {
		return none(tx.Row([]any{&key}, `SELECT secret FROM signing_key WHERE purpose = ?`, purpose))
	}
	missing := false
	err = t.db.Read(ctx, func(tx ledger.Tx) error {
		missing, err = find(tx)
		return err
	})
	if err != nil || !missing {
		return key, err
	}
	err = t.db.Write(ctx, func(tx ledger.Tx) error {
		if _, err := tx.Exec(`INSERT INTO signing_key (purpose, secret, created_at) VALUES (?, ?, ?) ON CONFLICT (purpose) DO NOTHING`, purpose, fresh(), now); err != nil {
			return err
		}
		_, err := find(tx)
		return err
	})
	return key, err
}

// RenewKeys forgets all signing keys: what they signed is worth nothing any more.
func (t keys) RenewKeys(ctx context.Context, acts ...Act) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		for _, a := range acts {
			if err := a.WriteDown(tx); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`DELETE FROM signing_key`)
		return err
	})
}

// Certificate gives what was kept under a name; nil: nothing.
func (t keys) Certificate(ctx context.Context, name string) (data []byte, err error) {
	err = t.db.Read(ctx, func(tx ledger.Tx) error {
		_, err := none(tx.Row([]any{&data}, `SELECT data FROM certificate_cache WHERE name = ?`, name))
		return err
	})
	return data, err
}

// KeepCertificate keeps something under a name; nil removes it.
func (t keys) KeepCertificate(ctx context.Context, name string, data []byte) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`DELETE FROM certificate_cache WHERE name = ?`, name)
		if err == nil && data != nil {
			_, err = tx.Exec(`INSERT INTO certificate_cache (name, data) VALUES (?, ?)`, name, data)
		}
		return err
	})
}

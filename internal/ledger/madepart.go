package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"rapport/internal/ledger/database"
)

// A MadePart is a part of a report that is split: a report of its own, whose periods are made
// together with those of the whole and only then.
type MadePart struct {
	Planned            // State is Made, or Archived where the archive held it
	Slug, Value string // what it is called, and what it is about
	MadePeriod
}

// RecordSplit is RecordMade of a report with parts: all of it is written down at once, or nothing.
// A part whose period is known stays as it is. The parts may be asked for again.
func (l Queue) RecordSplit(ctx context.Context, c Claim, m MadePeriod, parts iter.Seq2[MadePart, error]) error {
	err := l.db.WriteEvenWhenFull(ctx, func(t database.Tx) error {
		if err := recordMadeUnder(t, c, m); err != nil {
			return err
		}
		for part, err := range parts {
			if err == nil {
				err = recordPart(t, part, c.Attempt())
			}
			if err != nil {
				return fmt.Errorf("part %s: %w", part.Report, err)
			}
		}
		return nil
	})
	return database.Wrap(err, "period %d: record", c.Row)
}

const insertMadePart = `INSERT INTO period (account, report, from_at, to_at, name, schedule, config, due_at, state, error, number, in_doubt, made_at, filter_hash, detailed, to_sweep, attempt, checksum)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, report, from_at, to_at) DO NOTHING RETURNING id`

func recordPart(t database.Tx, m MadePart, attempt string) error {
	if _, err := t.Exec(`INSERT INTO part (account, report, slug, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, m.Account, m.of(), m.Slug, m.Value); err != nil {
		return err
	}
	p := Period{
		Key: m.Key, Name: m.Name, Schedule: m.Schedule, Config: m.Config, Due: m.Due, State: m.State, Error: database.SanitizeText(m.Note), Number: m.Number, InDoubt: m.InDoubt,
	}
	if p.State == Made {
		p.MadeAt, p.FilterHash, p.Detailed = m.At, m.FilterHash, true
	}
	err := t.Row([]any{&p.ID}, insertMadePart, p.Account, p.Report, database.Millis(p.From), database.Millis(p.To), p.Name, p.Schedule, p.Config, database.Millis(p.Due), p.State, p.Error, p.Number,
		database.Number01(p.InDoubt), database.Millis(p.MadeAt), p.FilterHash, database.Number01(p.Detailed), database.Number01(p.Detailed), attempt, t.Checksum(p.summed()...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = advanceReportNumber(t, m.Planned, p.ID)
	}
	if err == nil && p.State == Made {
		if err = recordFiles(t, p.ID, m.MadePeriod); err == nil {
			err = recordDeliveries(t, p, m.MadePeriod)
		}
		if err == nil {
			err = recordDigest(t, p, m.MadePeriod)
		}
		if err == nil && m.Also != nil {
			err = m.Also(Tx{t}, p.ID)
		}
	}
	return err
}

// of is the whole that it is a part of.
func (m MadePart) of() string { return m.Report[:len(m.Report)-len(m.Slug)-1] }

package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
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
	err := l.writeEvenWhenFull(ctx, func(t tx) error {
		if err := recordMadeUnder(t, c, m); err != nil {
			return err
		}
		for part, err := range parts {
			if err == nil {
				err = recordPart(t, part)
			}
			if err != nil {
				return fmt.Errorf("part %s: %w", part.Report, err)
			}
		}
		return nil
	})
	return wrap(err, "period %d: record", c.Row)
}

const insertMadePart = `INSERT INTO period (account, report, from_at, to_at, name, schedule, config, due_at, state, error, number, in_doubt, made_at, filter_hash, detailed, to_sweep, checksum)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, report, from_at, to_at) DO NOTHING RETURNING id`

func recordPart(t tx, m MadePart) error {
	if _, err := t.exec(`INSERT INTO part (account, report, slug, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, m.Account, m.of(), m.Slug, m.Value); err != nil {
		return err
	}
	p := Period{
		Key: m.Key, Name: m.Name, Schedule: m.Schedule, Config: m.Config, Due: m.Due, State: m.State, Error: sanitizeText(m.Note), Number: m.Number, InDoubt: m.InDoubt,
	}
	if p.State == Made {
		p.MadeAt, p.FilterHash, p.Detailed = m.At, m.FilterHash, true
	}
	err := t.row([]any{&p.ID}, insertMadePart, p.Account, p.Report, millis(p.From), millis(p.To), p.Name, p.Schedule, p.Config, millis(p.Due), p.State, p.Error, p.Number,
		number01(p.InDoubt), millis(p.MadeAt), p.FilterHash, number01(p.Detailed), number01(p.Detailed), t.checksum(p.summed()...))
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
	}
	return err
}

// of is the whole that it is a part of.
func (m MadePart) of() string { return m.Report[:len(m.Report)-len(m.Slug)-1] }

// PartSlugs gives what the parts of a report are called, by value.
func (l History) PartSlugs(ctx context.Context, account, report string) (slugs map[string]string, err error) {
	type part struct{ value, slug string }
	all, err := list(ctx, l.store, func(row scanner) (p part, err error) { return p, row.Scan(&p.value, &p.slug) },
		`SELECT value, slug FROM part WHERE account = ? AND report = ?`, account, report)
	if err != nil {
		return nil, fmt.Errorf("parts of %s: %w", report, err)
	}
	slugs = map[string]string{}
	for _, p := range all {
		slugs[p.value] = p.slug
	}
	return slugs, nil
}

// PartValue gives what the part of a name is about.
func (l History) PartValue(ctx context.Context, account, report, slug string) (value string, found bool, err error) {
	err = l.read(ctx, func(t tx) error {
		return t.row([]any{&value}, `SELECT value FROM part WHERE account = ? AND report = ? AND slug = ?`, account, report, slug)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("part %s of %s: %w", slug, report, err)
	}
	return value, true, nil
}

package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"rapport/internal/mailcopy"
	"rapport/internal/series"
)

const claimPeriod = `UPDATE period SET claimed_by = ?, claim = ?, claimed_at = ?, crashes = crashes + 1 WHERE id = ? AND state = 'owed' AND claimed_by IS NULL`

// ClaimPeriod claims a period that is owed and free, to be made. It counts as a crash
// until it is given back, so that one which kills the process each time is known. With
// its first claim it gets the report's next number. One that is not free is a *LockedError,
// one that is not owed wraps ErrOver.
func (l Queue) ClaimPeriod(ctx context.Context, id int64) (p Period, err error) {
	c := newClaim(id)
	err = l.claim(ctx, func(t tx, process string) error {
		p, err = takePeriod(t, process, c, l.options.Now())
		return err
	})
	if err != nil {
		return Period{}, fmt.Errorf("period %d: claim: %w", id, err)
	}
	return p, nil
}

// takePeriod claims a period at an instant of the machine's own clock.
func takePeriod(t tx, process string, c Claim, at time.Time) (p Period, err error) {
	n, err := t.exec(claimPeriod, process, c.Token, millis(at), c.Row)
	if err := requireRow(n, err, func() error { return periodTable().notClaimable(t, c.Row) }); err != nil {
		return Period{}, err
	}
	if p, err = periodByID(t, c.Row); err != nil {
		return Period{}, err
	}
	p.Claim = c
	if p.Number == 0 {
		p.Number, err = number(t, p)
	}
	return p, err
}

const recordMade = `UPDATE period SET state = 'made', made_at = ?, filter_hash = ?, detailed = 1, to_sweep = 1, attempts = 0, crashes = 0, first_try_at = 0, next_try_at = 0, error = '', attempt = substr(claim, 1, 8), claimed_by = NULL, claim = NULL
	WHERE id = ? AND claim = ? AND state = 'owed'`

const (
	insertArtifact = `INSERT INTO artifact (period_id, position, path, content_type, sha256, size, row_count, checksum, edition)
		SELECT p.id, p.edition * 100 + ?, ?, ?, ?, ?, ?, ?, p.edition FROM period p WHERE p.id = ?`
	insertTotal    = `INSERT INTO total (period_id, position, dimension, name, label, currency, measure, number, amount, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertDelivery = `INSERT INTO delivery (period_id, account, config, due_at, from_at, recipient, state, uncertain, in_doubt, queued_at, message_id, file, sha256, size, mark, checksum)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// RecordMade writes down, all at once, what making a claimed period gave, and gives the
// claim back.
func (l Queue) RecordMade(ctx context.Context, c Claim, m MadePeriod) error {
	err := l.writeEvenWhenFull(ctx, func(t tx) error { return recordMadeUnder(t, c, m) })
	return wrap(err, "period %d: record", c.Row)
}

func recordMadeUnder(t tx, c Claim, m MadePeriod) error {
	if m.At.IsZero() {
		return errNoInstant
	}
	n, err := t.exec(recordMade, millis(m.At), m.FilterHash, c.Row, c.Token)
	if err := requireRow(n, err, func() error { return periodTable().notWritable(t, c) }); err != nil {
		return err
	}
	p, err := periodByID(t, c.Row)
	if err == nil && p.Edition > 0 {
		err = forgetFigures(t, c.Row)
	}
	if err == nil {
		err = recordFiles(t, c.Row, m)
	}
	if err == nil {
		err = recordDeliveries(t, p, m)
	}
	if err == nil {
		err = recordDigest(t, p, m)
	}
	if err == nil {
		err = recordSettlements(t, c.Row, m)
	}
	if err == nil && m.Also != nil {
		err = m.Also(Tx{t}, c.Row)
	}
	if err == nil {
		err = updateLastSuccess(t, c.Row)
	}
	return err
}

// forgetFigures deletes what is known of an earlier edition, but for its files and deliveries.
func forgetFigures(t tx, id int64) error {
	for _, table := range []string{"total", "fingerprint", "message_content", "made_report"} {
		if _, err := t.exec(`DELETE FROM `+table+` WHERE period_id = ?`, id); err != nil {
			return fmt.Errorf("earlier edition: %s: %w", table, err)
		}
	}
	return nil
}

func recordFiles(t tx, id int64, m MadePeriod) error {
	for i, a := range m.Artifacts {
		_, err := t.exec(insertArtifact, i, a.Path, a.ContentType, a.SHA256, a.Size, a.Rows, t.checksum(a.summed(id)...), id)
		if err != nil {
			return fmt.Errorf("file %s: %w", a.Path, err)
		}
	}
	for i, n := range m.Totals {
		n.Name, n.Label = sanitizeText(n.Name), sanitizeText(n.Label)
		_, err := t.exec(insertTotal, append(n.summed(id, int64(i)), t.checksum(n.summed(id, int64(i))...))...)
		if err != nil {
			return fmt.Errorf("total %s %s: %w", n.Dimension, n.Measure, err)
		}
	}
	if m.Fingerprints != nil {
		if _, err := t.exec(`INSERT INTO fingerprint (period_id, fingerprints, checksum) VALUES (?, ?, ?)`, id, m.Fingerprints, t.checksum(id, m.Fingerprints)); err != nil {
			return fmt.Errorf("fingerprints: %w", err)
		}
	}
	if m.Facts != nil {
		if _, err := t.exec(`INSERT INTO made_report (period_id, facts) VALUES (?, ?)`, id, string(m.Facts)); err != nil {
			return fmt.Errorf("facts of the report: %w", err)
		}
	}
	if m.MessageContent == nil {
		return nil
	}
	if _, err := t.exec(`INSERT INTO message_content (period_id, body, checksum) VALUES (?, ?, ?)`, id, m.MessageContent, t.checksum(id, m.MessageContent)); err != nil {
		return fmt.Errorf("message content: %w", err)
	}
	return nil
}

// recordDigest gives a report its place in its series.
func recordDigest(t tx, p Period, m MadePeriod) error {
	link := series.Link{Series: p.Report, PeriodID: p.ID, Edition: p.Edition, Dir: strings.Replace(cmp.Or(p.ArchivedUnder, p.Report), ".", "/", 1) + "/" + p.Name} // that of a part in the whole's
	link.Facts = series.Facts{Account: p.Account, Report: p.Report, Number: series.Number(p.Number, p.Edition), From: p.From, To: p.To}
	for _, a := range m.Artifacts {
		link.AddFile(a.Path, a.SHA256)
	}
	return series.Record(Tx{t}, link, m.Previous, m.Origin)
}

func recordDeliveries(t tx, p Period, m MadePeriod) error {
	for _, d := range m.Deliveries {
		err := recordDelivery(t, p, d, m.At)
		if err == nil {
			err = mailcopy.Put(Tx{t}, p.ID, d.Recipient, d.Copy)
		}
		if err != nil {
			return fmt.Errorf("delivery to %s: %w", d.Recipient, err)
		}
	}
	return nil
}

// recordDelivery queues a message. Of a period that is made again one that is there is made
// to be sent once more: because the period was made early each that is finished, because its
// files were lost each of which nothing ever left.
func recordDelivery(t tx, p Period, d NewDelivery, at time.Time) error {
	if p.Edition > 0 {
		which := `finished_at > 0`
		if p.Remake == RemakeLost {
			which = `finished_at = 0 AND begun = 0`
		}
		n, err := t.exec(`UPDATE delivery SET state = 'queued', revision = ?, queued_at = ?, attempts = 0, uncertain = 0, first_try_at = 0,
			last_try_at = 0, next_try_at = 0, finished_at = 0, message_id = ?, file = ?, sha256 = ?, size = ?, mark = ?, answer = '', begun = 0, in_doubt = 0
			WHERE period_id = ? AND recipient = ? AND claimed_by IS NULL AND `+which,
			d.Revision, millis(at), d.MessageID, d.File, d.SHA256, d.Size, d.Mark, p.ID, d.Recipient)
		if err != nil || n > 0 {
			return err
		}
		there := 0
		err = t.row([]any{&there}, `SELECT count(*) FROM delivery WHERE period_id = ? AND recipient = ?`, p.ID, d.Recipient)
		if err != nil || there > 0 {
			return err
		}
	}
	return queueDelivery(t, p, d, at)
}

// queueDelivery adds a message to be sent; of a period in doubt it is held.
func queueDelivery(t tx, p Period, d NewDelivery, at time.Time) error {
	row := Delivery{PeriodID: p.ID, Key: p.Key, Due: p.Due, Recipient: d.Recipient, State: Queued, QueuedAt: at, MessageID: d.MessageID, File: d.File, SHA256: d.SHA256, Size: d.Size, Mark: d.Mark}
	if p.InDoubt {
		row.State, row.Uncertain, row.InDoubt = Held, 1, true
	}
	_, err := t.exec(insertDelivery, p.ID, p.Account, p.Config, millis(p.Due), millis(p.From), d.Recipient, row.State, row.Uncertain, number01(row.InDoubt), millis(at),
		d.MessageID, d.File, d.SHA256, d.Size, d.Mark, t.checksum(row.summed(p.Config)...))
	return err
}

// PostponePeriod ends a try to make a claimed period, and gives the claim back.
func (l Queue) PostponePeriod(ctx context.Context, c Claim, p Postponed) error {
	err := l.write(ctx, func(t tx) error {
		if !slices.Contains([]PeriodState{Owed, Failed, Archived, Cancelled}, p.State) {
			return fmt.Errorf("a try does not end in %q", p.State)
		}
		tried, since, next := 0, int64(0), int64(0)
		if p.State == Owed || p.State == Failed {
			tried, since = 1, millis(p.At)
		}
		if p.State == Owed {
			next = millis(p.NextTry)
		}
		n, err := t.exec(`UPDATE period SET state = ?, attempts = attempts + ?, first_try_at = CASE first_try_at WHEN 0 THEN ? ELSE first_try_at END, crashes = 0, next_try_at = ?, error = ?, claimed_by = NULL, claim = NULL
			WHERE id = ? AND claim = ? AND state = 'owed'`, p.State, tried, since, next, sanitizeText(p.Error), c.Row, c.Token)
		return requireRow(n, err, func() error { return periodTable().notWritable(t, c) })
	})
	return wrap(err, "period %d: postpone", c.Row)
}

// ReturnPeriod gives a claim back as if nothing had been tried.
func (l Queue) ReturnPeriod(ctx context.Context, c Claim) error {
	err := l.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE period SET crashes = crashes - 1, claimed_by = NULL, claim = NULL WHERE id = ? AND claim = ? AND state = 'owed'`, c.Row, c.Token)
		return requireRow(n, err, func() error { return periodTable().notWritable(t, c) })
	})
	return wrap(err, "period %d: return", c.Row)
}

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
				err = recordPart(t, part, c.Attempt())
			}
			if err != nil {
				return fmt.Errorf("part %s: %w", part.Report, err)
			}
		}
		return nil
	})
	return wrap(err, "period %d: record", c.Row)
}

const insertMadePart = `INSERT INTO period (account, report, from_at, to_at, name, schedule, config, due_at, state, error, number, in_doubt, made_at, filter_hash, detailed, to_sweep, attempt, checksum)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, report, from_at, to_at) DO NOTHING RETURNING id`

func recordPart(t tx, m MadePart, attempt string) error {
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
		number01(p.InDoubt), millis(p.MadeAt), p.FilterHash, number01(p.Detailed), number01(p.Detailed), attempt, t.checksum(p.summed()...))
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

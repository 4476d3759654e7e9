package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/processes"
	"rapport/internal/ledger/vouchers"
	"rapport/internal/mailcopy"
	"rapport/internal/series"
)

const claimPeriod = `UPDATE period SET claimed_by = ?, claim = ?, claimed_at = ?, crashes = crashes + 1 WHERE id = ? AND state = 'owed' AND claimed_by IS NULL`

// ClaimPeriod claims a period that is owed and free, to be made. It counts as a crash
// until it is given back, so that one which kills the process each time is known. With
// its first claim it gets the report's next number. One that is not free is a *LockedError,
// one that is not owed wraps ErrOver.
func (l Queue) ClaimPeriod(ctx context.Context, id int64) (p Period, err error) {
	c := processes.NewClaim(id)
	err = l.process.Claim(ctx, func(t database.Tx, process string) error {
		p, err = takePeriod(t, process, c, l.options.Now())
		return err
	})
	if err != nil {
		return Period{}, fmt.Errorf("period %d: claim: %w", id, err)
	}
	return p, nil
}

// takePeriod claims a period at an instant of the machine's own clock.
func takePeriod(t database.Tx, process string, c Claim, at time.Time) (p Period, err error) {
	n, err := t.Exec(claimPeriod, process, c.Token, database.Millis(at), c.Row)
	if err := database.RequireRow(n, err, func() error { return periodTable().notClaimable(t, c.Row) }); err != nil {
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
	err := l.db.WriteEvenWhenFull(ctx, func(t database.Tx) error { return recordMadeUnder(t, c, m) })
	return database.Wrap(err, "period %d: record", c.Row)
}

func recordMadeUnder(t database.Tx, c Claim, m MadePeriod) error {
	if m.At.IsZero() {
		return database.ErrNoInstant
	}
	n, err := t.Exec(recordMade, database.Millis(m.At), m.FilterHash, c.Row, c.Token)
	if err := database.RequireRow(n, err, func() error { return periodTable().notWritable(t, c) }); err != nil {
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
		err = recordSettlements(t, p, m)
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
func forgetFigures(t database.Tx, id int64) error {
	for _, table := range []string{"total", "fingerprint", "message_content", "made_report"} {
		if _, err := t.Exec(`DELETE FROM `+table+` WHERE period_id = ?`, id); err != nil {
			return fmt.Errorf("earlier edition: %s: %w", table, err)
		}
	}
	return nil
}

func recordFiles(t database.Tx, id int64, m MadePeriod) error {
	for i, a := range m.Artifacts {
		_, err := t.Exec(insertArtifact, i, a.Path, a.ContentType, a.SHA256, a.Size, a.Rows, t.Checksum(a.summed(id)...), id)
		if err != nil {
			return fmt.Errorf("file %s: %w", a.Path, err)
		}
	}
	for i, n := range m.Totals {
		n.Name, n.Label = database.SanitizeText(n.Name), database.SanitizeText(n.Label)
		_, err := t.Exec(insertTotal, append(n.summed(id, int64(i)), t.Checksum(n.summed(id, int64(i))...))...)
		if err != nil {
			return fmt.Errorf("total %s %s: %w", n.Dimension, n.Measure, err)
		}
	}
	if m.Fingerprints != nil {
		if _, err := t.Exec(`INSERT INTO fingerprint (period_id, fingerprints, checksum) VALUES (?, ?, ?)`, id, m.Fingerprints, t.Checksum(id, m.Fingerprints)); err != nil {
			return fmt.Errorf("fingerprints: %w", err)
		}
	}
	if m.Facts != nil {
		if _, err := t.Exec(`INSERT INTO made_report (period_id, facts) VALUES (?, ?)`, id, string(m.Facts)); err != nil {
			return fmt.Errorf("facts of the report: %w", err)
		}
	}
	if m.MessageContent == nil {
		return nil
	}
	if _, err := t.Exec(`INSERT INTO message_content (period_id, body, checksum) VALUES (?, ?, ?)`, id, m.MessageContent, t.Checksum(id, m.MessageContent)); err != nil {
		return fmt.Errorf("message content: %w", err)
	}
	return nil
}

// recordSettlements keeps what a report of settlements left.
func recordSettlements(t database.Tx, p Period, m MadePeriod) error {
	if m.Settlements == nil {
		return nil
	}
	return vouchers.Keep(t, vouchers.Period{Account: p.Account, Report: p.Report, Name: p.Name, From: p.From, To: p.To}, *m.Settlements, m.At)
}

// recordDigest gives a report its place in its series.
func recordDigest(t database.Tx, p Period, m MadePeriod) error {
	link := series.Link{Series: p.Report, PeriodID: p.ID, Edition: p.Edition, Dir: strings.Replace(cmp.Or(p.ArchivedUnder, p.Report), ".", "/", 1) + "/" + p.Name} // that of a part in the whole's
	link.Facts = series.Facts{Account: p.Account, Report: p.Report, Number: series.Number(p.Number, p.Edition), From: p.From, To: p.To}
	for _, a := range m.Artifacts {
		link.AddFile(a.Path, a.SHA256)
	}
	return series.Record(Tx{t}, link, m.Previous, m.Origin)
}

func recordDeliveries(t database.Tx, p Period, m MadePeriod) error {
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
func recordDelivery(t database.Tx, p Period, d NewDelivery, at time.Time) error {
	if p.Edition > 0 {
		which := `finished_at > 0`
		if p.Remake == RemakeLost {
			which = `finished_at = 0 AND begun = 0`
		}
		n, err := t.Exec(`UPDATE delivery SET state = 'queued', revision = ?, queued_at = ?, attempts = 0, uncertain = 0, first_try_at = 0,
			last_try_at = 0, next_try_at = 0, finished_at = 0, message_id = ?, file = ?, sha256 = ?, size = ?, mark = ?, answer = '', begun = 0, in_doubt = 0
			WHERE period_id = ? AND recipient = ? AND claimed_by IS NULL AND `+which,
			d.Revision, database.Millis(at), d.MessageID, d.File, d.SHA256, d.Size, d.Mark, p.ID, d.Recipient)
		if err != nil || n > 0 {
			return err
		}
		there := 0
		err = t.Row([]any{&there}, `SELECT count(*) FROM delivery WHERE period_id = ? AND recipient = ?`, p.ID, d.Recipient)
		if err != nil || there > 0 {
			return err
		}
	}
	return queueDelivery(t, p, d, at)
}

// queueDelivery adds a message to be sent; of a period in doubt it is held.
func queueDelivery(t database.Tx, p Period, d NewDelivery, at time.Time) error {
	row := Delivery{PeriodID: p.ID, Key: p.Key, Due: p.Due, Recipient: d.Recipient, State: Queued, QueuedAt: at, MessageID: d.MessageID, File: d.File, SHA256: d.SHA256, Size: d.Size, Mark: d.Mark}
	if p.InDoubt {
		row.State, row.Uncertain, row.InDoubt = Held, 1, true
	}
	_, err := t.Exec(insertDelivery, p.ID, p.Account, p.Config, database.Millis(p.Due), database.Millis(p.From), d.Recipient, row.State, row.Uncertain, database.Number01(row.InDoubt), database.Millis(at),
		d.MessageID, d.File, d.SHA256, d.Size, d.Mark, t.Checksum(row.summed(p.Config)...))
	return err
}

// PostponePeriod ends a try to make a claimed period, and gives the claim back.
func (l Queue) PostponePeriod(ctx context.Context, c Claim, p Postponed) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		if !slices.Contains([]PeriodState{Owed, Failed, Archived, Cancelled}, p.State) {
			return fmt.Errorf("a try does not end in %q", p.State)
		}
		tried, since, next := 0, int64(0), int64(0)
		if p.State == Owed || p.State == Failed {
			tried, since = 1, database.Millis(p.At)
		}
		if p.State == Owed {
			next = database.Millis(p.NextTry)
		}
		n, err := t.Exec(`UPDATE period SET state = ?, attempts = attempts + ?, first_try_at = CASE first_try_at WHEN 0 THEN ? ELSE first_try_at END, crashes = 0, next_try_at = ?, error = ?, claimed_by = NULL, claim = NULL
			WHERE id = ? AND claim = ? AND state = 'owed'`, p.State, tried, since, next, database.SanitizeText(p.Error), c.Row, c.Token)
		return database.RequireRow(n, err, func() error { return periodTable().notWritable(t, c) })
	})
	return database.Wrap(err, "period %d: postpone", c.Row)
}

// ReturnPeriod gives a claim back as if nothing had been tried.
func (l Queue) ReturnPeriod(ctx context.Context, c Claim) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		n, err := t.Exec(`UPDATE period SET crashes = crashes - 1, claimed_by = NULL, claim = NULL WHERE id = ? AND claim = ? AND state = 'owed'`, c.Row, c.Token)
		return database.RequireRow(n, err, func() error { return periodTable().notWritable(t, c) })
	})
	return database.Wrap(err, "period %d: return", c.Row)
}

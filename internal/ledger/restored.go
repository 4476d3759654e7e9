package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger/alarms"
	"rapport/internal/ledger/database"
)

// A ledger that was put back from a backup knows nothing of what happened since. Nothing may be
// lost by that, and nothing sent twice unseen: what waited in it is uncertain, what was owed or
// falls due up to the restore is in doubt and its messages are held, and what is made from then
// on bears a mark in its Message-ID, as another message may have gone out with the plain one.

const doubted = "the ledger was restored from a backup, in which it waited; the relay may have it"

// RestoreMark sets what is made after the last restore apart from what may have been made
// before; "": the ledger was never restored.
func (l Planner) RestoreMark(ctx context.Context) (mark string, err error) {
	err = l.db.Read(ctx, func(t database.Tx) (err error) {
		mark, err = restoreMark(t)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("restored: %w", err)
	}
	return mark, nil
}

func restoreMark(t database.Tx) (mark string, err error) {
	err = t.Row([]any{&mark}, `SELECT mark FROM restored ORDER BY id DESC LIMIT 1`)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return mark, err
}

// DoubtUntil is until when what fell due may have been made and sent before the ledger was
// restored: the now of whoever asked first after it. Zero: it was never restored.
func (l Planner) DoubtUntil(ctx context.Context, now time.Time) (until time.Time, err error) {
	const latest = ` FROM restored ORDER BY id DESC LIMIT 1`
	err = l.db.Read(ctx, func(t database.Tx) error { return t.Row([]any{&until}, `SELECT until_at`+latest) })
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err == nil && until.IsZero() {
		until = now
		err = l.db.Write(ctx, func(t database.Tx) error {
			_, err := t.Exec(`UPDATE restored SET until_at = ? WHERE id = (SELECT id`+latest+`) AND until_at = 0`, database.Millis(now))
			return err
		})
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("restored: %w", err)
	}
	return until, nil
}

var errNotedBefore = errors.New("it is noted")

// noteRestore writes down that the ledger, of so many commits, was put back from a backup.
func (l *store) noteRestore(ctx context.Context, commits int64) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		noted := 0
		if err := t.Row([]any{&noted}, `SELECT count(*) FROM restored WHERE commits = ?`, commits); err != nil {
			return err
		}
		if noted > 0 { // by another process that opened it at the same time
			return errNotedBefore
		}
		return doubt(t, commits, l.options.Now())
	})
	if err != nil && !errors.Is(err, errNotedBefore) {
		return fmt.Errorf("note that it was restored from a backup: %w", err)
	}
	return nil
}

// newestInstant is when the last happened that the ledger knows.
const newestInstant = `SELECT coalesce(max(at), 0) FROM (SELECT max(at) AS at FROM attempt
	UNION ALL SELECT max(made_at) FROM period UNION ALL SELECT max(finished_at) FROM delivery UNION ALL SELECT max(last_try_at) FROM delivery) known`

func doubt(t database.Tx, commits int64, now time.Time) error {
	var since time.Time
	if err := t.Row([]any{&since}, newestInstant); err != nil {
		return err
	}
	if since.IsZero() {
		since = now
	}
	mark := "restored " + now.UTC().Format("2006-01-02T15:04:05.000Z")
	if _, err := t.Exec(`INSERT INTO restored (commits, at, since_at, mark) VALUES (?, ?, ?, ?)`, commits, database.Millis(now), database.Millis(since), mark); err != nil {
		return err
	}
	if _, err := t.Exec(`UPDATE period SET in_doubt = 1 WHERE state = 'owed'`); err != nil {
		return err
	}
	waiting, err := database.Collect(t, scanDelivery, selectDeliveries+` WHERE d.finished_at = 0 AND d.state <> 'held' ORDER BY d.id`)
	if err != nil {
		return err
	}
	for _, d := range waiting {
		if err := doubtDelivery(t, d, mark, since); err != nil {
			return err
		}
	}
	return raiseRestored(t, since, now)
}

// doubtDelivery makes a delivery uncertain that was not finished. One whose message was not made
// yet may have got one, and been sent, so that it needs the mark.
func doubtDelivery(t database.Tx, d Delivery, mark string, at time.Time) error {
	_, err := t.Exec(`UPDATE delivery SET state = 'uncertain', in_doubt = 1, uncertain = uncertain + 1, next_try_at = 0, answer = ?,
		begun = CASE WHEN file = '' THEN 0 ELSE 1 END, mark = CASE WHEN file = '' THEN ? ELSE mark END, claimed_by = NULL, claim = NULL WHERE id = ?`, doubted, mark, d.ID)
	if err != nil {
		return err
	}
	if err := addAttempt(t, d.ID, Attempt{Revision: d.Revision, At: at, State: Uncertain, Answer: doubted}); err != nil {
		return err
	}
	return countAttempts(t, d.ID, 0, 1)
}

// raiseRestored tells the operators of all accounts.
func raiseRestored(t database.Tx, since, now time.Time) error {
	accounts, err := database.Collect(t, func(row database.Scanner) (account string, err error) { return account, row.Scan(&account) },
		`SELECT account FROM planned_through UNION SELECT account FROM period ORDER BY account`)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		last := since.UTC().Format(time.RFC3339)
		err := alarms.Raise(t, Alarm{
			Account: account, Kind: AlarmRestored, Subject: account, Raised: now, Args: []string{last},
			Text: fmt.Sprintf("it knows nothing of what happened after %s: what waited then is uncertain, what fell due since is made and held, unless the archive has it — "+
				"rapport deliveries --state held shows it, --release and --close decide", last),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

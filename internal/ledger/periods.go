package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/vouchers"
	"rapport/internal/mailcopy"
)

// A PeriodState says what has become of a period.
type PeriodState string

// The states of a period, see the package comment.
const (
	Owed      PeriodState = "owed"
	Made      PeriodState = "made"
	Failed    PeriodState = "failed"    // cannot be made
	Skipped   PeriodState = "skipped"   // missed, and too old to be made
	Archived  PeriodState = "archived"  // the archive holds it, it counts as delivered
	Cancelled PeriodState = "cancelled" // the report left the configuration
)

// A Period is one report's period and what has become of it.
type Period struct {
	ID int64
	Key
	Name          string // "2026-11-19"
	Schedule      string
	Config        string // the path of the configuration that has its report
	Due           time.Time
	State         PeriodState
	Attempts      int       // tries to make it that ended in an error
	Crashes       int       // tries whose process died, and the one under way
	FirstTry      time.Time // since when it is tried and not made
	NextTry       time.Time
	Error         string
	MadeAt        time.Time
	Number        int    // runs on per report, from the first claim on; 0: it has none
	FilterHash    string // of the filters that its totals were made with, see MadePeriod; "" until it is made
	Detailed      bool   // it was made, and its files, totals and deliveries are not purged yet
	Edition       int    // how often it was made, or is to be made, again
	Remake        RemakeReason
	ArchivedUnder string // the id in whose directory of the archive its files are; "": its report's
	Attempt       string // of making it, under which the archive has its messages; "": none, or by an older version
	InDoubt       bool   // it may have been made and sent before the ledger was restored from a backup
	Claimed       bool   // by a process that has not given it back
	Claim         Claim  // the caller's, in what a call that claims gives
}

// A RemakeReason says why a period is made again; "": it is not.
type RemakeReason string

// Why a period is made again.
const (
	RemakeEarly RemakeReason = "early"   // it was made before it was over, by a clock that was wrong
	RemakeLost  RemakeReason = "lost"    // its files were lost before all messages left
	Corrected   RemakeReason = "changed" // of a period of its own beside that one, see corrected.Plan
)

// A PlannedThrough is the newest period that is known of a report and schedule.
type PlannedThrough struct {
	Report, Schedule string
	Config           string // that has the report
	To               time.Time
}

// Planned is a period to be written down: Owed, Skipped or Archived.
type Planned struct {
	Key
	Name, Schedule, Config string
	Due                    time.Time
	State                  PeriodState
	Note                   string // kept as its Error
	Number                 int    // that it is known to have; 0: none
	InDoubt                bool   // as of a Period
}

// MadePeriod is everything that making a period gave.
type MadePeriod struct {
	At time.Time
	// FilterHash is of the filters that the totals were made with: those of two periods compare
	// if it is the same. "": they compare with nothing.
	FilterHash     string
	Artifacts      []Artifact
	Totals         []Total
	MessageContent []byte // what a message can be made from anew
	Facts          []byte // what its report was then, as JSON
	Fingerprints   []byte // of its rows, to know what comes later; nil: there are none, empty: there were no rows
	Deliveries     []NewDelivery
	Also           func(t Tx, periodID int64) error `json:"-"` // written in the same transaction; nil: nothing is
	Settlements    *vouchers.Made                   // of a report of settlements; nil: it is another
	Previous       string                           // the digest that its files name as the one before, "": none; see series.Record
	Origin         []byte
}

// An Artifact is a frozen file.
type Artifact struct {
	Path        string // relative to the archive
	ContentType string
	SHA256      string // hex
	Size, Rows  int64
}

// A Total is one figure of a report. Dimension: currency, method, store, day, operation.
// Label is what people call Name, where that is another word.
type Total struct {
	Dimension, Name, Label, Currency, Measure string
	Count, Sum                                int64 // Sum in minor units
}

// NewDelivery is a delivery as it is frozen. File is relative to the archive.
type NewDelivery struct {
	Recipient, MessageID, File, SHA256 string
	Size                               int64
	Revision                           int            // that it becomes, of a period that is made again
	Mark                               string         // in its Message-ID, see RestoreMark
	Copy                               *mailcopy.Copy // of the whole message; nil: none is kept
}

// Postponed says how a try to make a period ended. Owed: it is tried again at NextTry.
// Failed, Archived and Cancelled are the end; only Owed and Failed count an attempt.
type Postponed struct {
	At      time.Time // of the try
	NextTry time.Time
	State   PeriodState
	Error   string
}

const selectPeriods = `SELECT p.id, p.account, p.report, p.from_at, p.to_at, p.name, p.schedule, p.config, p.due_at,
	p.state, p.attempts, p.crashes, p.first_try_at, p.next_try_at, p.error, p.made_at, p.number, p.filter_hash, p.detailed, p.edition, p.remake, p.in_doubt, p.archived_under, p.attempt, p.claimed_by IS NOT NULL, p.checksum FROM period p`

func scanPeriod(row database.Scanner) (p Period, err error) {
	var sum int64
	err = row.Scan(&p.ID, &p.Account, &p.Report, &p.From, &p.To, &p.Name, &p.Schedule, &p.Config, &p.Due,
		&p.State, &p.Attempts, &p.Crashes, &p.FirstTry, &p.NextTry, &p.Error, &p.MadeAt, &p.Number, &p.FilterHash, &p.Detailed, &p.Edition, &p.Remake, &p.InDoubt, &p.ArchivedUnder, &p.Attempt, &p.Claimed, &sum)
	if err == nil {
		err = database.RequireSum("period", sum, p.summed()...)
	}
	p.To = trueEnd(p.To, p.Edition, p.Remake)
	return p, err
}

func (p Period) summed() []any {
	return []any{p.Account, p.Report, database.Millis(p.From), database.Millis(p.To), p.Name, p.Schedule, p.Config, database.Millis(p.Due), string(p.State),
		p.Attempts, database.Millis(p.FirstTry), p.Error, database.Millis(p.MadeAt), p.Number, p.FilterHash, p.Detailed, p.Edition, string(p.Remake), p.InDoubt, p.ArchivedUnder}
}

const selectPeriodByID = selectPeriods + ` WHERE p.id = ?`

func periodByID(t database.Tx, id int64) (Period, error) {
	all, err := database.Collect(t, scanPeriod, selectPeriodByID, id)
	if err == nil && len(all) == 0 {
		err = ErrNoPeriod
	}
	if err != nil {
		return Period{}, err
	}
	return all[0], nil
}

// Period gives the period of a key.
func (l History) Period(ctx context.Context, key Key) (p Period, found bool, err error) {
	all, err := database.List(ctx, l.db, scanPeriod, selectPeriods+` WHERE p.account = ? AND p.report = ? AND p.from_at = ? AND p.to_at = ?`,
		key.Account, key.Report, database.Millis(key.From), database.Millis(key.To))
	if err != nil || len(all) == 0 {
		return p, false, err
	}
	return all[0], true, nil
}

// Periods gives periods, the newest due first. Recipient chooses nothing here.
func (l History) Periods(ctx context.Context, f Filter) ([]Period, error) {
	where, args := f.where("p.state")
	if f.Unmade {
		where += ` AND p.state <> 'made'`
	}
	limit, args := f.limit(args)
	return database.List(ctx, l.db, scanPeriod, selectPeriods+where+` ORDER BY p.due_at DESC, p.report, p.from_at DESC, p.id`+limit, args...)
}

// OwedPeriods gives all that is owed, claimed or not: what crashed a process last, then by
// due, from and report.
func (l History) OwedPeriods(ctx context.Context, account string) ([]Period, error) {
	return database.List(ctx, l.db, scanPeriod, selectPeriods+` WHERE p.account = ? AND p.state = 'owed'
		ORDER BY CASE WHEN p.crashes > 0 THEN 1 ELSE 0 END, p.due_at, p.from_at, p.report, p.id`, account)
}

// MessageContent gives what a period's messages can be made from anew, nil when there is none.
func (l History) MessageContent(ctx context.Context, periodID int64) ([]byte, error) {
	var body []byte
	err := l.db.Read(ctx, func(t database.Tx) error {
		var sum int64
		err := t.Row([]any{&body, &sum}, `SELECT body, checksum FROM message_content WHERE period_id = ?`, periodID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			err = database.RequireSum("message_content", sum, periodID, body)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("period %d: content of its messages: %w", periodID, err)
	}
	return body, nil
}

// Artifacts gives a period's files in the order they were recorded, those of its last edition.
func (l History) Artifacts(ctx context.Context, periodID int64) ([]Artifact, error) {
	return database.List(ctx, l.db, scanArtifact, selectArtifacts+` AND edition = (SELECT edition FROM period WHERE id = period_id) ORDER BY position`, periodID)
}

// ArtifactsOfAllEditions gives those too that were made before the period was made again.
func (l History) ArtifactsOfAllEditions(ctx context.Context, periodID int64) ([]Artifact, error) {
	return database.List(ctx, l.db, scanArtifact, selectArtifacts+` ORDER BY position`, periodID)
}

const selectArtifacts = `SELECT period_id, path, content_type, sha256, size, row_count, checksum FROM artifact WHERE period_id = ?`

func scanArtifact(row database.Scanner) (a Artifact, err error) {
	var period, sum int64
	err = row.Scan(&period, &a.Path, &a.ContentType, &a.SHA256, &a.Size, &a.Rows, &sum)
	if err == nil {
		err = a.RequireSum(period, sum)
	}
	return a, err
}

func (a Artifact) summed(period int64) []any {
	return []any{period, a.Path, a.ContentType, a.SHA256, a.Size, a.Rows}
}

// Totals gives a period's figures in the order they were recorded.
func (l History) Totals(ctx context.Context, periodID int64) ([]Total, error) {
	return database.List(ctx, l.db, func(row database.Scanner) (n Total, err error) {
		var position, sum int64
		err = row.Scan(&position, &n.Dimension, &n.Name, &n.Label, &n.Currency, &n.Measure, &n.Count, &n.Sum, &sum)
		if err == nil {
			err = database.RequireSum("total", sum, n.summed(periodID, position)...)
		}
		return n, err
	}, `SELECT position, dimension, name, label, currency, measure, number, amount, checksum FROM total WHERE period_id = ? ORDER BY position`, periodID)
}

func (n Total) summed(period, position int64) []any {
	return []any{period, position, n.Dimension, n.Name, n.Label, n.Currency, n.Measure, n.Count, n.Sum}
}

// where writes the condition for what both periods and deliveries have.
func (f Filter) where(state string) (clause string, args []any) {
	clause = ` WHERE 1 = 1`
	and := func(column string, value string) {
		if value != "" {
			clause += ` AND ` + column + ` = ?`
			args = append(args, value)
		}
	}
	and("p.account", f.Account)
	and("p.report", f.Report)
	and("p.name", f.Period)
	and(state, f.State)
	if !f.Since.IsZero() {
		clause += ` AND p.due_at >= ?`
		args = append(args, database.Millis(f.Since))
	}
	if !f.Until.IsZero() {
		clause += ` AND p.due_at < ?`
		args = append(args, database.Millis(f.Until))
	}
	return clause, args
}

func (f Filter) limit(args []any) (string, []any) {
	if f.Limit <= 0 {
		return "", args
	}
	return ` LIMIT ? OFFSET ?`, append(args, f.Limit, f.Offset)
}

// OwedBefore names the periods of a report that are owed and begin before a key's, the oldest
// first.
func (l History) OwedBefore(ctx context.Context, key Key) ([]string, error) {
	names, err := database.List(ctx, l.db, func(row database.Scanner) (name string, err error) { return name, row.Scan(&name) },
		`SELECT name FROM period WHERE account = ? AND report = ? AND state = 'owed' AND from_at < ? ORDER BY from_at, id`, key.Account, key.Report, database.Millis(key.From))
	if err != nil {
		return nil, fmt.Errorf("owed before: %w", err)
	}
	return names, nil
}

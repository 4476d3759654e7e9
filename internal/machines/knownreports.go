package machines

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/reportset"
)

const (
	// notedEvery is how often a machine that shares the ledger notes the reports that it has.
	notedEvery = time.Hour
	// notedFor is how long a note counts: longer than a timer's daily run is away.
	notedFor = 26 * time.Hour
	// droppedFor is how long what left all configurations is nobody's yet: they do not change on
	// all machines at once.
	droppedFor = 10 * time.Minute
)

// A note is which reports a configuration of a machine has.
type note struct {
	machine, config, reports, dropped string
	noted                             time.Time
}

// Learn finds out what the configurations of other machines have of an account, and tells them
// what the one at path has: reports, and their recipients. Of a ledger that no other machine
// shares nothing is noted, and nothing is elsewhere.
func Learn(ctx context.Context, l *ledger.Ledger, account, path string, set *reportset.Set) (*reportset.Elsewhere, error) {
	if l.Machine() == "" {
		return nil, nil
	}
	var ours []string
	for _, r := range set.All() {
		ours = append(ours, r.ID)
		for _, to := range r.Emails {
			ours = append(ours, reportset.RecipientKey(r.ID, to.Address))
		}
	}
	known, err := Note(ctx, l, account, path, ours, reportset.IsGone)
	if err != nil {
		return nil, err
	}
	return reportset.NewElsewhere(known.Elsewhere, known.Dropped, set), nil
}

// Known is what the notes of an account say.
type Known struct {
	Elsewhere map[string][]string // paths of the files on other machines, by what they have
	Dropped   map[string]bool     // what left some configuration a short time ago, on whatever machine
}

// Note notes which reports a configuration of this machine has, and gives what the notes say: what
// other machines have noted is somebody's, though no file here has it. Notes of this machine's own
// files are removed when gone says that of a file.
func Note(ctx context.Context, l *ledger.Ledger, account, config string, reports []string, gone func(config string) bool) (known Known, err error) {
	var notes []note
	var now time.Time
	err = l.Read(ctx, func(t ledger.Tx) (err error) {
		notes, now, err = readNotes(t, account)
		return err
	})
	if err != nil {
		return known, fmt.Errorf("reports of other machines: %w", err)
	}
	ours, written := slices.Sorted(slices.Values(reports)), false
	var old []note
	before := note{}
	known = Known{map[string][]string{}, map[string]bool{}}
	for _, n := range notes {
		age := now.Sub(n.noted)
		switch {
		case n.machine == l.Machine() && n.config == config:
			before = n
			written = n.reports == strings.Join(ours, "\n") && age < notedEvery
		case age > notedFor, n.machine == l.Machine() && gone(n.config):
			old = append(old, n)
		case n.machine != l.Machine():
			for report := range strings.SplitSeq(n.reports, "\n") {
				known.Elsewhere[report] = append(known.Elsewhere[report], n.config)
			}
		}
		if n != before {
			for report := range droppedSince(n.dropped, now.Add(-droppedFor)) {
				known.Dropped[report] = true
			}
		}
	}
	dropped := before.drops(ours, now)
	for report := range dropped {
		known.Dropped[report] = true
	}
	if written && len(old) == 0 {
		return known, nil
	}
	err = l.Write(ctx, func(t ledger.Tx) error {
		for _, n := range old {
			if _, err := t.Exec(`DELETE FROM report_note WHERE machine = ? AND account = ? AND config = ?`, n.machine, account, n.config); err != nil {
				return err
			}
		}
		_, err := t.Exec(`INSERT INTO report_note (machine, account, config, reports, noted_at, dropped) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (machine, account, config) DO UPDATE SET reports = excluded.reports, noted_at = excluded.noted_at, dropped = excluded.dropped`,
			l.Machine(), account, config, strings.Join(ours, "\n"), now, droppedText(dropped))
		return err
	})
	if err != nil {
		return known, fmt.Errorf("reports of this machine: %w", err)
	}
	return known, nil
}

func readNotes(t ledger.Tx, account string) (notes []note, now time.Time, err error) {
	if now, err = t.Now(time.Time{}); err != nil {
		return nil, now, err
	}
	err = t.Each(func(columns func(dest ...any) error) error {
		var n note
		err := columns(&n.machine, &n.config, &n.reports, &n.dropped, &n.noted)
		notes = append(notes, n)
		return err
	}, `SELECT machine, config, reports, dropped, noted_at FROM report_note WHERE account = ?`, account)
	return notes, now, err
}

// drops is what a configuration had a short time ago, and has not now.
func (n note) drops(now []string, at time.Time) map[string]time.Time {
	dropped := droppedSince(n.dropped, at.Add(-droppedFor))
	if n.reports != "" {
		for report := range strings.SplitSeq(n.reports, "\n") {
			if _, known := dropped[report]; !known {
				dropped[report] = at
			}
		}
	}
	for _, report := range now {
		delete(dropped, report)
	}
	return dropped
}

func droppedSince(text string, since time.Time) map[string]time.Time {
	dropped := map[string]time.Time{}
	for line := range strings.Lines(text) {
		report, at, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		n, err := strconv.ParseInt(at, 10, 64)
		if when := time.UnixMilli(n); err == nil && when.After(since) {
			dropped[report] = when
		}
	}
	return dropped
}

func droppedText(dropped map[string]time.Time) string {
	var lines []string
	for report, at := range dropped {
		lines = append(lines, fmt.Sprintf("%s\t%d\n", report, at.UnixMilli()))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

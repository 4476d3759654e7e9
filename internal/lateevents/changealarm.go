package lateevents

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/ident"
	"rapport/internal/ledger"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// maxRowsInAlarm is how many rows of a period the operator is told of at once.
const maxRowsInAlarm = 10

// RaiseAlarms tells the operator what a reading saw that closed periods did not have, as far
// as it was seen in copies that count. It never fails a report: what cannot be told now is
// seen again.
func (w *Scan) RaiseAlarms(now time.Time, counts func(id string, number int64) bool) {
	if w == nil {
		return
	}
	err := w.err
	if w.loads > maxLoads {
		w.log.Info("more closed periods than are looked at for changes", "account", w.account, "looked", maxLoads)
	}
	for _, of := range byPeriod(w.seen, counts) {
		if err == nil {
			err = w.raiseAlarm(now, of)
		}
	}
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.watched == w.Detector.watched.Load() { // else it was held against others
			w.looked[w.of] = now
		}
	} else if w.ctx.Err() == nil {
		w.log.Warn("closed periods could not be looked at for changes", "account", w.account, "error", err)
	}
}

// byPeriod groups the changes that count, in order of periods and rows.
func byPeriod(seen []lateEvent, counts func(id string, number int64) bool) (groups [][]lateEvent) {
	seen = slices.DeleteFunc(slices.Clone(seen), func(s lateEvent) bool {
		return !counts(s.id, s.copyNumber)
	})
	slices.SortFunc(seen, func(a, b lateEvent) int {
		return cmp.Or(a.period.From.Compare(b.period.From), cmp.Compare(a.period.ID, b.period.ID), a.at.Compare(b.at), cmp.Compare(a.id, b.id), cmp.Compare(a.nth, b.nth))
	})
	for len(seen) > 0 {
		n := slices.IndexFunc(seen, func(s lateEvent) bool { return s.period.ID != seen[0].period.ID })
		if n < 0 {
			n = len(seen)
		}
		groups, seen = append(groups, seen[:n]), seen[n:]
	}
	return groups
}

// raiseAlarm tells of one period, unless another batch did.
func (w *Scan) raiseAlarm(now time.Time, rows []lateEvent) error {
	w.alarming.Lock()
	defer w.alarming.Unlock()
	ctx, period := context.WithoutCancel(w.ctx), rows[0].period
	packed, err := w.closed.Fingerprints(ctx, period.ID)
	if err != nil || packed == nil {
		return err
	}
	basis, known, err := unpack(packed)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(s lateEvent) bool { return holdsTimes(known, s.fingerprint, s.nth) })
	if len(rows) == 0 {
		return nil
	}
	names := []string{period.Report, period.Name}
	for _, row := range rows {
		known = append(known, row.fingerprint)
		names = append(names, fmt.Sprint(row.fingerprint, row.nth))
	}
	off := rows[0].report.Corrections == reportconfig.CorrectionsOff
	done, err := w.closed.NoteSeen(ctx, period.ID, pack(basis, known), !off)
	if err != nil || done || off {
		w.log.Warn("a closed period changed", "account", w.account, "report", period.Report, "period", period.Name, "rows", len(rows), "seen", w.list(rows))
		return err
	}
	list, made := w.list(rows), period.MadeAt
	a := ledger.Alarm{
		Account: w.account, Kind: ledger.AlarmChanged, Subject: strings.Join(names[:2], " ") + " " + ident.ShortHash(names), Raised: now,
		Args: []string{period.Report, period.Name, made.UTC().Format(time.RFC3339), list},
		Text: fmt.Sprintf("%s %s was made %s, and now has what it did not have then: %s", period.Report, period.Name, made.In(w.zone).Format("2006-01-02 15:04"), list),
	}
	w.log.Warn("a closed period changed", "account", w.account, "report", period.Report, "period", period.Name, "rows", len(rows))
	return w.closed.RecordChange(ctx, period.ID, pack(basis, known), a)
}

// list is what the operator is told of rows, the same in every language.
func (w *Detector) list(rows []lateEvent) string {
	var lines []string
	for _, row := range rows[:min(len(rows), maxRowsInAlarm)] {
		lines = append(lines, text.ForeignLine(fmt.Sprintf("%s %s, %s, %s %s",
			strings.ToLower(row.event), row.id, row.at.In(w.zone).Format("2006-01-02 15:04:05"), row.net.Currency, row.net.Decimal("."))))
	}
	out := strings.Join(lines, "; ")
	if more := len(rows) - len(lines); more > 0 {
		out += fmt.Sprintf("; +%d", more)
	}
	return out
}

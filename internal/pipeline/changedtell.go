package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/ledger"
	"rapport/locales"
)

// mostChangedRows is how many rows of a period the operator is told of at once.
const mostChangedRows = 10

// tellChanges tells the operator what a reading saw that closed periods did not have, as far
// as it was seen in copies that count. It never fails a report: what cannot be told now is
// seen again.
func (r *Runner) tellChanges(w *watch, c *copies) {
	if w == nil {
		return
	}
	err := w.err
	if w.looks > mostLooks {
		r.Log.Info("more closed periods than are looked at for changes", "account", r.Account, "looked", mostLooks)
	}
	for _, of := range byPeriod(w.seen, c) {
		if err == nil {
			err = r.tellChange(w, of)
		}
	}
	if err != nil && w.ctx.Err() == nil {
		r.Log.Warn("closed periods could not be looked at for changes", "account", r.Account, "error", err)
	}
}

// byPeriod groups the changes that count, in order of periods and rows.
func byPeriod(seen []latecomer, c *copies) (groups [][]latecomer) {
	seen = slices.DeleteFunc(slices.Clone(seen), func(s latecomer) bool {
		counts, several := c.repeated[s.id]
		return several && s.copy != counts
	})
	slices.SortFunc(seen, func(a, b latecomer) int {
		return cmp.Or(a.period.From.Compare(b.period.From), cmp.Compare(a.period.ID, b.period.ID), a.at.Compare(b.at), cmp.Compare(a.id, b.id), cmp.Compare(a.nth, b.nth))
	})
	for len(seen) > 0 {
		n := slices.IndexFunc(seen, func(s latecomer) bool { return s.period.ID != seen[0].period.ID })
		if n < 0 {
			n = len(seen)
		}
		groups, seen = append(groups, seen[:n]), seen[n:]
	}
	return groups
}

// tellChange tells of one period, unless another batch did.
func (r *Runner) tellChange(w *watch, rows []latecomer) error {
	w.telling.Lock()
	defer w.telling.Unlock()
	ctx, period := context.WithoutCancel(w.ctx), rows[0].period
	packed, err := w.closed.Fingerprints(ctx, period.ID)
	if err != nil || packed == nil {
		return err
	}
	basis, known, err := unpackMarks(packed)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(s latecomer) bool { return holds(known, s.mark, s.nth) })
	if len(rows) == 0 {
		return nil
	}
	names := []string{period.Report, period.Name}
	for _, row := range rows {
		known = append(known, row.mark)
		names = append(names, fmt.Sprint(row.mark, row.nth))
	}
	text, err := r.changes(rows)
	if err != nil {
		return err
	}
	r.Log.Warn("a closed period changed", "account", r.Account, "report", period.Report, "period", period.Name, "rows", len(rows))
	return w.closed.RecordChange(ctx, period.ID, packMarks(basis, known), ledger.Alarm{
		Account: r.Account, Kind: alarmChanged, Subject: strings.Join(names[:2], " ") + " " + shortHash(names), Text: text, Raised: r.Clock(),
	})
}

// changes are the rows in English, as all that the operator is told.
func (r *Runner) changes(rows []latecomer) (string, error) {
	words, err := locales.For("en")
	if err != nil {
		return "", err
	}
	var lines []string
	for _, row := range rows[:min(len(rows), mostChangedRows)] {
		lines = append(lines, tame(fmt.Sprintf("%s %s of transaction %s, %s", row.at.In(r.Location).Format("2006-01-02 15:04:05"), strings.ToLower(row.event), row.id, words.MoneyByCode(row.net))))
	}
	if more := len(rows) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	period := rows[0].period
	return fmt.Sprintf("%s %s was made %s, and now has what it did not have then: %s", period.Report, period.Name, period.MadeAt.In(r.Location).Format("2006-01-02 15:04"), strings.Join(lines, "; ")), nil
}

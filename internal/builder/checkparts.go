package builder

import (
	"context"
	"errors"
	"maps"
	"slices"

	"rapport/internal/correction"
	"rapport/internal/csvlines"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// A PartCheck is a part of a closed period, and what has become of its rows.
type PartCheck struct {
	report.Job
	Form   string                            // in which its rows are summed
	Zone   string                            // in which its times are written
	RowSum string                            // what it had; "": nobody has summed it
	Basis  func() (*correction.Basis, error) // opened only where the sum is another
	Found  *Result                           // what it has now, if the sum is another
}

// sumRows names the rows of a report, and those of its parts, without writing any.
func (b *build) sumRows() (string, error) {
	form, err := b.csvForm()
	if err != nil {
		return "", err
	}
	return csvlines.Sum(b.rows, b.figures.Layout, b.correct.Form, form, b.figures.Layout.Translator(b.csvWords), b.job.Report.Split != "")
}

// sumPart has the rows of a part summed as they are written: nobody is to read ten thousand files
// to know that they are as they were.
func (b *build) sumPart() {
	if b.job.Report.Corrections != reportconfig.CorrectionsOff && b.job.Report.Corrections != "" && !b.trial {
		b.rowSum = correction.NewRowSum(b.form(), b.figures.Layout)
	}
}

// form is that of the report's CSV.
func (b *build) form() correction.Form {
	if b.job.Report.MachineCSV {
		return correction.Form{Language: "en", Machine: true}
	}
	return correction.Form{Language: string(b.job.Report.Language)}
}

func (b *build) sumOfPart() (sum, form string, err error) {
	if b.rowSum == nil {
		return "", "", nil
	}
	sum, err = b.rowSum.State()
	return sum, b.form().String(), err
}

// checkParts holds the parts of a build against what they were. One that was not made with the
// period has nothing to be held against.
func (r correctionWriter) checkParts(ctx context.Context, b *build) error {
	if len(b.partCheck) == 0 {
		return nil
	}
	rows := report.NewPartCollector(b.dir, b.rows.Zone)
	defer func() { _ = rows.Close() }() // what it holds is in another one too
	checked, values := map[string]bool{}, b.rows.PartValues()
	check := func(value string) error {
		checked[value] = true
		err := ctx.Err()
		if one := b.partCheck[value]; err == nil && one != nil {
			err = r.checkPart(ctx, b, one, rows)
		}
		return errors.Join(err, rows.Reset())
	}
	part, some := uint32(0), false
	for row, err := range b.rows.PartRows() {
		if err == nil && some && row.Part != part {
			err = check(values[part])
		}
		if err == nil {
			err = rows.AddPartRow(row)
		}
		if err != nil {
			return err
		}
		part, some = row.Part, true
	}
	if some {
		if err := check(values[part]); err != nil {
			return err
		}
	}
	for _, value := range slices.Sorted(maps.Keys(b.partCheck)) {
		if !checked[value] {
			if err := check(value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r correctionWriter) checkPart(ctx context.Context, whole *build, one *PartCheck, rows *report.Collector) error {
	b := &build{job: one.Job, dir: whole.dir, now: whole.now, rows: rows, checkOnly: true, correct: correction.FormBasis(correction.FormNamed(one.Form), one.Zone)}
	if one.RowSum != "" {
		err := b.begin(r.lapse())
		if err == nil {
			err = r.write(ctx, b)
		}
		if err != nil || b.state == one.RowSum {
			return err
		}
	}
	full, err := one.Basis()
	if err != nil {
		one.Found = &Result{Job: one.Job, Now: b.now, Err: err}
		return nil
	}
	b = &build{job: one.Job, dir: whole.dir, now: whole.now, rows: rows, checkOnly: true, correct: full}
	err = b.begin(r.lapse())
	if err == nil {
		err = r.write(ctx, b)
	}
	found := b.corrected()
	found.Err = err
	one.Found = &found
	return nil
}

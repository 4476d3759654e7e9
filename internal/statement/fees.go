package statement

import (
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

// feeTotals are the totals of what Dintero tells of settlements.
type feeTotals struct{ *Figures }

// told tells whether Dintero has told of a fee of any row, and whether any row is not
// settled yet. A data type without settlements has neither.
func (fs feeTotals) told() (fees, unsettled bool) {
	if !fs.Layout.Income {
		return false, false
	}
	for _, f := range fs.Totals.Groups[report.PerCurrency] {
		fees = fees || f.Counts[report.FeeMeasure] > 0
		unsettled = unsettled || f.Counts[report.UnsettledMeasure] > 0
	}
	return fees, unsettled
}

// parts stand beside the answer of a currency: the fees known so far and what is not settled
// yet. What is left after fees is said only where nothing of it is still to come.
func (fs feeTotals) parts(f *report.Sums, code money.Currency) (list []content.Part, err error) {
	words := fs.Words
	fees, unsettled := f.Counts[report.FeeMeasure], f.Counts[report.UnsettledMeasure]
	number := func(minor int64) string { return words.Number(money.Amount{Minor: minor, Currency: code}) }
	if fees > 0 {
		list = append(list, content.Part{Label: words.Word("summary.fees_known"), Amount: number(f.Sums[report.FeeMeasure]), Count: words.Count("lead.settled", fees)})
	}
	switch {
	case unsettled > 0:
		list = append(list, content.Part{Label: words.Word("summary.unsettled"), Amount: number(f.Sums[report.UnsettledMeasure]), Count: words.Count("lead.items", unsettled)})
	case fees > 0:
		net, err := fs.answerOf(f)
		if err == nil {
			net, err = money.Sub(net, f.Sums[report.FeeMeasure])
		}
		if err != nil {
			return nil, err
		}
		list = append(list, content.Part{Label: words.Word("summary.after_fees"), Amount: number(net)})
	}
	return list, nil
}

// measuresOf are the columns of a table of totals: fees stand where any are known.
func (fs feeTotals) measuresOf(by report.Dimension) []report.Measure {
	fees, _ := fs.told()
	if !fees || by != report.PerMethod && by != report.PerCurrency {
		return fs.Layout.Measures
	}
	measures := append([]report.Measure(nil), fs.Layout.Measures...)
	return append(measures, report.Measure{Head: feesHead, Of: []int{report.FeeMeasure}})
}

const feesHead = "column.fees"

// isUntold tells whether a group has no fee that Dintero has told of, which is not one of 0.
func isUntold(m report.Measure, f *report.Sums) bool {
	return m.Head == feesHead && f.Counts[report.FeeMeasure] == 0
}

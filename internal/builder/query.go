package builder

import (
	"slices"
	"strings"
	"time"

	"rapport/internal/payment"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// An Question is what a job asks the source, as a comparable value: jobs with the same
// one are made of the same things.
type Question struct {
	data     reportconfig.DataType
	from, to time.Time // UTC; zero where the answer does not depend on it
	stores   string    // sorted, each once, NUL between them
}

func QuestionOf(j report.Job) Question {
	q := Question{data: j.Report.Data.DataType(), from: j.Period.From.UTC(), to: j.Period.To.UTC()}
	switch data := j.Report.Data.(type) {
	case reportconfig.Transactions:
		if !reconciles(j.Report) { // else the whole account is read, if that can be afforded
			q.stores = sameStores(data.Stores)
		}
	case reportconfig.Open:
		q.stores = sameStores(data.Stores)
	case reportconfig.Orders:
		q.to = time.Time{} // orders are listed by what changed since from
	case reportconfig.Wallets:
		q.from, q.to = time.Time{}, time.Time{} // every card is read to its end
	case reportconfig.Settlements:
		q.from, q.to = time.Time{}, time.Time{} // one goes on from the other, and all look far back
	}
	return q
}

func sameStores(stores []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(stores))), "\x00")
}

// maxStores is how many stores are asked for together: an address must not get too long.
const maxStores = 100

// storesOf are all stores that reports of a batch are cut to, sorted, each once; nil where
// one is not cut, or where they are too many.
func storesOf(batch []*build) (all []string) {
	for _, a := range batch {
		var stores []string
		switch data := a.job.Report.Data.(type) {
		case reportconfig.Transactions:
			stores = data.Stores
		case reportconfig.Open:
			stores = data.Stores
		}
		if len(stores) == 0 {
			return nil
		}
		all = append(all, stores...)
	}
	all = slices.Compact(slices.Sorted(slices.Values(all)))
	if len(batch) > 1 && len(all) > maxStores {
		return nil
	}
	return all
}

// query asks for all that a batch of one question needs.
func query(batch []*build) payment.Query {
	first := batch[0].job
	q := payment.Query{From: first.Period.From, To: first.Period.To}
	q.Open = first.Report.Data.DataType() == reportconfig.OpenTransactions
	q.Stores = storesOf(batch)
	for _, a := range batch[1:] {
		if p := a.job.Period; p.From.Before(q.From) {
			q.From = p.From
		}
		if p := a.job.Period; p.To.After(q.To) {
			q.To = p.To
		}
	}
	return q
}

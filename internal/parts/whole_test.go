package parts_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	"rapport/internal/split"
	"rapport/reportconfig"
)

// built are the parts that a builder made, and the whole.
func built(t *testing.T, r *reportconfig.Report, sales []payment.Transaction) (whole builder.Result, parts map[string]builder.Result) {
	t.Helper()
	plan, err := split.NewPlan(r, nil)
	paymenttest.Must(t, err)
	parts = map[string]builder.Result{}
	var mu sync.Mutex
	one := &builder.Split{
		Plan: plan,
		Begin: func(j report.Job) (builder.Request, bool, error) {
			return builder.Request{Job: j, Dir: t.TempDir()}, true, nil
		},
		Made: func(made builder.Result) error {
			mu.Lock()
			defer mu.Unlock()
			parts[made.Report.Part.Value] = made
			return nil
		},
	}
	if r.Split == "" {
		one = nil
	}
	b := shoptest.NewBuilder(t, paymenttest.Source{Sales: sales}, nil, slog.New(slog.DiscardHandler))
	job := report.Job{Report: r, Period: paymenttest.Period(t, "2026-11-19")}
	whole = b.Build(t.Context(), paymenttest.At(t, "2026-11-20T06:00:00+01:00"), []builder.Request{{Job: job, Dir: t.TempDir(), Split: one}})[0]
	return whole, parts
}

// perCurrency sums the totals by currency.
func perCurrency(r builder.Result, measures ...string) map[string]int64 {
	sums := map[string]int64{}
	for _, total := range r.Totals {
		for _, measure := range measures {
			if total.Dimension == "currency" && total.Measure == measure {
				sums[total.Currency] += total.Sum
			}
		}
	}
	return sums
}

// decided tells whether what everybody gets of a transaction can be told.
func decided(tx *payment.Transaction) bool {
	for i := range tx.Events {
		if _, err := payment.PartsOf(tx, &tx.Events[i]); err != nil {
			return false
		}
	}
	return true
}

// TestPartsAndWhatIsNobodysAreTheAccount splits random transactions of every shape, and holds each part against the
// report that is cut to it by a filter.
func TestPartsAndWhatIsNobodysAreTheAccount(t *testing.T) {
	rounds := 120
	if testing.Short() {
		rounds = 30
	}
	r := rand.New(rand.NewPCG(15, 1))
	made, nobodys := 0, 0
	for range rounds {
		var sales []payment.Transaction
		for i := range 1 + r.IntN(8) {
			tx := paymenttest.RandomTransaction(t, r)
			for !decided(&tx) {
				tx = paymenttest.RandomTransaction(t, r)
			}
			tx.ID = fmt.Sprint("t", i)
			if r.IntN(3) == 0 {
				tx.Currency = "EUR"
			}
			tx.Store.ID = []string{"", "s1", "s2"}[r.IntN(3)]
			sales = append(sales, tx)
		}
		for _, by := range []reportconfig.Split{reportconfig.SplitBySeller, reportconfig.SplitByStore} {
			rep := paymenttest.Report(reportconfig.Transactions{}, "no")
			rep.Split, rep.Reconcile = by, reportconfig.ReconcileOff
			whole, parts := built(t, rep, sales)
			paymenttest.Must(t, whole.Err)
			left := perCurrency(whole, "captured", "refunded")
			for value, part := range parts {
				made++
				for code, sum := range perCurrency(part, "captured", "refunded") {
					left[code] -= sum
				}
				alone := *report.PartOf(rep, "x", reportconfig.Part{Value: value})
				cut, _ := built(t, &alone, sales)
				if diff := cmp.Diff(cut.Totals, part.Totals); diff != "" {
					t.Fatalf("%s: the part is not the report of its filter (-filter +part):\n%s", value, diff)
				}
			}
			for code, sum := range expectedOfNobody(t, sales, by) {
				nobodys++
				left[code] -= sum
			}
			for code, sum := range left {
				if sum != 0 {
					t.Fatalf("by %s: parts and what is not assigned are off by %d %s\n%+v", by, sum, code, sales)
				}
			}
		}
	}
	if made < rounds || nobodys < rounds/10 {
		t.Errorf("%d parts, and %d times something of nobody: that tries little", made, nobodys)
	}
}

// expectedOfNobody is what is left under "", by currency.
func expectedOfNobody(t *testing.T, sales []payment.Transaction, by reportconfig.Split) map[string]int64 {
	t.Helper()
	sums := map[string]int64{}
	for i := range sales {
		for k := range sales[i].Events {
			e := &sales[i].Events[k]
			parts, err := payment.PartsOf(&sales[i], e)
			paymenttest.Must(t, err)
			if by == reportconfig.SplitByStore {
				parts = []payment.Split{{PayoutDestination: sales[i].Store.ID, Amount: e.Amount}}
			}
			for _, part := range parts {
				if part.PayoutDestination == "" && e.Type == payment.EventRefund {
					part.Amount = -part.Amount
				}
				if part.PayoutDestination == "" {
					sums[string(sales[i].Currency)] += part.Amount
				}
			}
		}
	}
	return sums
}

// TestOpenAmountsAreSplitToo: what remains of each transaction is somebody's, or nobody's.
func TestOpenAmountsAreSplitToo(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 2))
	made := 0
	for range 100 {
		var sales []payment.Transaction
		for i := range 1 + r.IntN(6) {
			tx := paymenttest.RandomTransaction(t, r)
			for !decided(&tx) {
				tx = paymenttest.RandomTransaction(t, r)
			}
			tx.ID, tx.Status = fmt.Sprint("t", i), "PARTIALLY_CAPTURED"
			tx.Events = append([]payment.Event{paymenttest.Event(t, payment.EventAuthorize, "2026-11-17T12:00:00+01:00", 0)}, tx.Events[:1]...)
			sales = append(sales, tx)
		}
		rep := paymenttest.Report(reportconfig.Open{}, "no")
		rep.Split = reportconfig.SplitBySeller
		whole, parts := built(t, rep, sales)
		if whole.Err != nil && strings.Contains(whole.Err.Error(), "cannot be told") {
			continue
		}
		paymenttest.Must(t, whole.Err)
		made += len(parts)
		left := perCurrency(whole, "remaining")["NOK"]
		for _, part := range parts {
			left -= perCurrency(part, "remaining")["NOK"]
		}
		if left < 0 {
			t.Fatalf("the parts have %d more than the account", -left)
		}
	}
	if made < 50 {
		t.Errorf("%d parts: that tries little", made)
	}
}

// TestWhatDoesNotAddUpIsSaidByHowMuch: the sheet refuses parts that are not the whole.
func TestWhatDoesNotAddUpIsSaidByHowMuch(t *testing.T) {
	plan, err := split.NewPlan(paymenttest.Report(reportconfig.Transactions{}, "no"), nil)
	paymenttest.Must(t, err)
	sums := map[split.Sum]report.PartSum{{Value: "a", Currency: "NOK"}: {Captures: 1, Captured: 70000}, {Value: "", Currency: "NOK"}: {Captures: 1, Captured: 29999}}
	_, err = split.NewSheet(plan, []string{"a", ""}, sums, map[string]report.PartSum{"NOK": {Captures: 2, Captured: 100000}})
	if err == nil || !strings.Contains(err.Error(), "999.99 NOK, the account to 1000.00 NOK, off by -0.01 NOK") {
		t.Errorf("got %v", err)
	}
	sums[split.Sum{Currency: "NOK"}] = report.PartSum{Captures: 1, Captured: 30000}
	sheet, err := split.NewSheet(plan, []string{"a", ""}, sums, map[string]report.PartSum{"NOK": {Captures: 2, Captured: 100000}})
	if err != nil || len(sheet.Parts) != 1 || len(sheet.Proof) != 3 {
		t.Errorf("got %v %+v", err, sheet)
	}
	if _, err := split.NewSheet(plan, []string{"a"}, map[split.Sum]report.PartSum{{Value: "a", Currency: "SEK"}: {Captured: 1}}, map[string]report.PartSum{"NOK": {}}); err == nil {
		t.Error("a part has a currency that the account has not")
	}
}

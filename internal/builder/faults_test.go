package builder

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/renderslots"
	"rapport/internal/report"
	"rapport/reportconfig"
)

func TestOneReportThatCannotBeToldStopsNoOther(t *testing.T) {
	untold := paymenttest.SplitTransaction(t)
	untold.Events[1].Amount = 200
	late := paymenttest.Captured(t, "late", 500)
	late.PayoutDestination = "z"
	src := paymenttest.Source{Sales: []payment.Transaction{untold, late}}
	batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{Sellers: []string{"a"}}, "en"), paymenttest.Report(reportconfig.Transactions{Sellers: []string{"z"}}, "en"), paymenttest.Report(reportconfig.Transactions{}, "xx"))
	newBuilder(t, src).buildAll(t.Context(), batch)
	if err := batch[0].err; err == nil || !strings.Contains(err.Error(), "cannot be told") {
		t.Errorf("the undecidable share: %v", err)
	}
	if batch[1].err != nil || batch[1].figures.Totals.Rows != 1 {
		t.Errorf("another seller's report waits too: %v", batch[1].err)
	}
	if batch[2].err == nil {
		t.Error("a language that nobody speaks was spoken")
	}
}

func TestATotalThatOverflowsIsItsReportsOwn(t *testing.T) {
	huge := func(id, store string) payment.Transaction {
		tx := paymenttest.Captured(t, id, 1<<62)
		tx.Store.ID = store
		return tx
	}
	src := paymenttest.Source{Sales: []payment.Transaction{huge("a", "s1"), huge("b", "s1"), paymenttest.Captured(t, "c", 100)}}
	whole, seller := paymenttest.Report(reportconfig.Transactions{}, "en"), paymenttest.Report(reportconfig.Transactions{Sellers: []string{"none"}}, "en")
	batch := batchOf(t, "2026-11-19", whole, seller)
	newBuilder(t, src).buildAll(t.Context(), batch)
	if batch[0].err == nil || batch[1].err != nil {
		t.Errorf("got %v and %v", batch[0].err, batch[1].err)
	}
}

func TestWhenTheSourceFailsNobodyHasAReport(t *testing.T) {
	broken := errors.New("page 2 could not be read")
	src := paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "a", 100), paymenttest.Captured(t, "b", 100)}, Err: broken}
	batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{}, "en"), paymenttest.Report(reportconfig.Transactions{Sellers: []string{"a"}}, "no"))
	newBuilder(t, src).buildAll(t.Context(), batch)
	for i, a := range batch {
		if !errors.Is(a.err, broken) || a.result().Files != nil {
			t.Errorf("report %d: %v", i, a.err)
		}
		if left, _ := os.ReadDir(a.dir); len(left) > 0 {
			t.Errorf("report %d left %d files", i, len(left))
		}
	}
}

// stages is a meter that notes what it is asked and does as each stage says.
type stages struct {
	seen []string
	at   func(stage string, nth int)
}

func (s *stages) Start(stage string) func() {
	s.seen = append(s.seen, stage)
	if s.at != nil {
		s.at(stage, len(s.seen))
	}
	return func() { s.seen = append(s.seen, stage+" done") }
}

func TestAPanicWhileOneIsWrittenIsItsOwn(t *testing.T) {
	r := newBuilder(t, paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "a", 100)}})
	r.Render = renderslots.New(1)
	r.Meter = &stages{at: func(stage string, nth int) {
		if stage == "render" && nth == 3 {
			panic("no ink")
		}
	}}
	batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{}, "en"), paymenttest.Report(reportconfig.Transactions{}, "no"))
	r.buildAll(t.Context(), batch)
	var fault *PanicError
	if !errors.As(batch[0].err, &fault) || fault.Value != "no ink" || !strings.Contains(string(fault.Stack), "faults_test.go") || batch[0].err.Error() != "internal fault: no ink" {
		t.Errorf("got %v", batch[0].err)
	}
	if batch[1].err != nil || r.Render.Taken() != 0 {
		t.Errorf("the other: %v, %d places still taken", batch[1].err, r.Render.Taken())
	}
}

// fussy panics at one transaction.
type fussy struct {
	report.Definition
	at string
}

func (k fussy) AppendRows(c *report.Collector, t *payment.Transaction) error {
	if t.ID == k.at {
		panic("not this one")
	}
	return k.Definition.(rowMaker[payment.Transaction]).AppendRows(c, t)
}

func TestWhoCannotTakeAThingIsOutAndWhenAllAreNothingMoreIsRead(t *testing.T) {
	list := []payment.Transaction{paymenttest.Captured(t, "a", 1), paymenttest.Captured(t, "b", 1), paymenttest.Captured(t, "c", 1), paymenttest.Captured(t, "d", 1)}
	batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{}, "en"), paymenttest.Report(reportconfig.Transactions{}, "en"))
	c := report.NewDedup(t.TempDir())
	for i, a := range batch {
		if err := a.begin(nil); err != nil {
			t.Fatal(err)
		}
		a.rows = report.NewCollector(a.dir, paymenttest.Oslo(t), c, len(batch))
		a.kind = fussy{a.kind, list[i].ID}
	}
	if err := fanOut(paymenttest.Listing(list, nil), func(tx *payment.Transaction) error {
		id, version := report.TransactionVersion(tx)
		return c.Add(id, version, nil)
	}, batch, func(bool) {}); err != nil {
		t.Fatal(err)
	}
	var fault *PanicError
	if !errors.As(batch[0].err, &fault) || !errors.As(batch[1].err, &fault) || c.Read != 2 {
		t.Errorf("%v, %v, %d things were read where 2 leave nobody", batch[0].err, batch[1].err, c.Read)
	}
	if err := c.Settle(func([]byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	n := 0
	for range batch[1].rows.Sorted() {
		n++
	}
	if n != 1 {
		t.Errorf("the one that goes on has %d rows of the thing that the other could not take", n)
	}
}

func TestWhoIsStoppedBeforeItIsWrittenIsNotWritten(t *testing.T) {
	r := newBuilder(t, paymenttest.Source{})
	ctx, stop := context.WithCancel(t.Context())
	r.Render = renderslots.New(1)
	r.Meter = &stages{at: func(stage string, nth int) {
		if nth == 3 {
			stop()
		}
	}}
	batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{}, "en"), paymenttest.Report(reportconfig.Transactions{}, "no"))
	r.buildAll(ctx, batch)
	if batch[0].err != nil || !errors.Is(batch[1].err, context.Canceled) {
		t.Errorf("got %v and %v", batch[0].err, batch[1].err)
	}
	for _, other := range []string{r.Account.ID, "other"} { // they write, and do not end
		if _, err := r.Render.Acquire(t.Context(), other); err != nil {
			t.Fatal(err)
		}
	}
	waiting, giveUp := context.WithCancel(t.Context())
	r.Meter = &stages{at: func(string, int) { go giveUp() }}
	batch = batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{}, "en"))
	if r.buildAll(waiting, batch); !errors.Is(batch[0].err, context.Canceled) {
		t.Errorf("who waits for a place: %v", batch[0].err)
	}
}

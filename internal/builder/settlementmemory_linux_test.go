package builder_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// measuredMovements is set in the process that is measured: how many payments wait for a settlement.
const measuredMovements = "RAPPORT_TEST_MOVEMENTS"

// waiting is a source of as many payments as are asked for, spread over 90 days, none of them settled.
type waiting struct {
	paymenttest.Source
	n     int
	until time.Time
}

func (w waiting) Settlements(context.Context, payment.SettlementQuery) iter.Seq2[payment.Settlement, error] {
	return func(func(payment.Settlement, error) bool) {}
}

func (w waiting) Transactions(context.Context, payment.Query) iter.Seq2[payment.Transaction, error] {
	return func(yield func(payment.Transaction, error) bool) {
		for i := range w.n {
			at := w.until.Add(-time.Duration(i) * 90 * 24 * time.Hour / time.Duration(w.n))
			one := payment.Transaction{ID: fmt.Sprintf("T12345678.%022d", i), Amount: 100, Currency: "NOK", Product: "vipps", UpdatedAt: at,
				Events: []payment.Event{{ID: "c", Type: payment.EventCapture, Success: true, Amount: 100, CreatedAt: at}}}
			if !yield(one, nil) {
				return
			}
		}
	}
}

// TestABridgeOverManyPaymentsTakesLittleMemory: what bridges have counted in 90 days is never held as
// a whole. RAPPORT_TEST_MOVEMENTS_BY_HAND asks for another number of payments than a test has time for.
func TestABridgeOverManyPaymentsTakesLittleMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("measures memory")
	}
	if n, err := strconv.Atoi(os.Getenv(measuredMovements)); err == nil {
		bridgeTwice(t, n)
		return
	}
	peak := func(n int) int {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestABridgeOverManyPaymentsTakesLittleMemory$", "-test.v")
		child.Env = append(os.Environ(), measuredMovements+"="+strconv.Itoa(n))
		begin := time.Now()
		out, err := child.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		_, hwm, _ := strings.Cut(string(out), "VmHWM:")
		kb, err := strconv.Atoi(strings.TrimSpace(strings.Split(hwm, "kB")[0]))
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Logf("%d payments: %d MB in %s", n, kb>>10, time.Since(begin).Round(time.Millisecond))
		return kb >> 10
	}
	many := 120_000
	if n, err := strconv.Atoi(os.Getenv("RAPPORT_TEST_MOVEMENTS_BY_HAND")); err == nil {
		many = n
	}
	few, all := peak(1000), peak(many)
	const each = 96 // bytes: a record of the first bridge, which has counted all of them at once, is packed in memory
	if grown := all - few; grown > 24+many*each>>20 {
		t.Errorf("%d MB more than for 1000", grown)
	}
}

// bridgeTwice makes a first bridge, which counts all payments, and one that goes on from it, and says
// what memory that took.
func bridgeTwice(t *testing.T, n int) {
	b := shoptest.NewBuilder(t, waiting{n: n, until: paymenttest.At(t, "2026-11-19T12:00:00+01:00")}, nil, slog.New(slog.NewTextHandler(io.Discard, nil)))
	b.Trials = map[string][][]byte{}
	rep := paymenttest.Report(reportconfig.Settlements{}, "no")
	for _, day := range []string{"2026-11-18", "2026-11-19"} {
		made := b.Build(t.Context(), paymenttest.Morning(t), []builder.Request{{Job: report.Job{Report: rep, Period: paymenttest.Period(t, day)}, Dir: t.TempDir(), Trial: true}})[0]
		paymenttest.Must(t, made.Err)
	}
	status, err := os.ReadFile("/proc/self/status")
	paymenttest.Must(t, err)
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Printf("VmHWM:%s\n", strings.SplitN(peak, "\n", 2)[0])
}

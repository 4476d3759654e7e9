package builder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/renderslots"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// build makes one report alone.
func (r *Builder) buildOne(ctx context.Context, j report.Job, dir string, now time.Time) (*build, error) {
	a := &build{job: j, dir: dir, now: now}
	r.buildAll(ctx, []*build{a})
	return a, a.err
}

// batchOf makes an assembly of each report, in a directory of its own.
func batchOf(t *testing.T, period string, reports ...*reportconfig.Report) (batch []*build) {
	t.Helper()
	for _, rep := range reports {
		batch = append(batch, &build{
			job: report.Job{Report: rep, Period: paymenttest.Period(t, period)}, dir: t.TempDir(), now: paymenttest.At(t, "2026-11-20T06:00:00+01:00"),
		})
	}
	return batch
}

// outcome is all that a report came to: its error, or its files by name, figures and story.
func outcome(t *testing.T, a *build) map[string]string {
	t.Helper()
	if a.err != nil {
		if made := a.result(); made.Files != nil || made.Totals != nil {
			t.Error("a report that failed is built all the same")
		}
		return map[string]string{"error": a.err.Error()}
	}
	out := map[string]string{"figures": fmt.Sprint(a.figures.Totals.List(a.figures.Layout)), "story": fmt.Sprint(a.statement, a.statement.Tables)}
	for _, f := range a.files {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); f.SHA256 != hex.EncodeToString(sum[:]) || f.Size != int64(len(data)) || f.Rows != a.figures.Totals.Rows {
			t.Errorf("%s is said to have %d bytes of %s and %d rows; it has %d of %x and %d", f.Path, f.Size, f.SHA256, f.Rows, len(data), sum, a.figures.Totals.Rows)
		}
		out[filepath.Base(f.Path)] = string(data)
	}
	return out
}

func TestReportsComeOutTogetherAsTheyDoAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 19))
	rows, failed := int64(0), 0
	for round := range 30 {
		src := paymenttest.RandomThings(t, r)
		var reports []*reportconfig.Report
		kind := r.IntN(4)
		for range 1 + r.IntN(6) {
			reports = append(reports, paymenttest.RandomReport(r, kind))
		}
		together := batchOf(t, "2026-11-19", reports...)
		newBuilder(t, src).buildAll(t.Context(), together)
		for i, a := range together {
			alone := batchOf(t, "2026-11-19", reports[i])
			newBuilder(t, src).buildAll(t.Context(), alone)
			want, got := outcome(t, alone[0]), outcome(t, a)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("round %d, report %d of %d, %+v: alone (-), together (+):\n%s", round, i, len(reports), reports[i].Data, diff)
			}
			if a.err != nil {
				failed++
				continue
			}
			rows += a.figures.Totals.Rows
		}
	}
	if rows < 500 || failed < 3 {
		t.Errorf("%d rows and %d failed reports are too few to prove anything", rows, failed)
	}
}

// asking is a source that looks around while it is read.
type asking struct {
	paymenttest.Source
	asked func(payment.Query)
}

func (s asking) Wallets(ctx context.Context, q payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	s.asked(q)
	return s.Source.Wallets(ctx, q)
}

func (s asking) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	s.asked(q)
	return s.Source.Transactions(ctx, q)
}

func TestTheSourceIsReadOnceAndAPlaceIsHeldOnlyToWrite(t *testing.T) {
	meter := &stages{}
	var r *Builder
	asked := 0
	r = newBuilder(t, asking{paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "a", 100), paymenttest.Captured(t, "b", 100)}}, func(payment.Query) {
		if asked++; r.Render.Taken() != 0 {
			t.Error("a place is held while the source is read")
		}
	}})
	r.Render, r.Meter = renderslots.New(1), meter
	meter.at = func(stage string, _ int) {
		if held := r.Render.Taken() == 1; held != (stage == "render") {
			t.Errorf("%s: a place is held: %v", stage, held)
		}
	}
	var told []string
	r.Read = func(report, period string, read int64, done bool) {
		told = append(told, fmt.Sprint(report, " ", period, " ", read, " ", done))
	}
	second := paymenttest.Report(reportconfig.Transactions{}, "no")
	second.ID = "second"
	batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{}, "en"), second)
	r.buildAll(t.Context(), batch)
	if asked != 1 || r.Render.Taken() != 0 || batch[0].err != nil || batch[1].err != nil {
		t.Errorf("asked %d times, %d places held: %v %v", asked, r.Render.Taken(), batch[0].err, batch[1].err)
	}
	if got := strings.Join(meter.seen, ", "); got != "fetch, fetch done, render, render done, render, render done" {
		t.Errorf("stages: %s", got)
	}
	if got := strings.Join(told, ", "); got != "test 2026-11-19 1 false, test 2026-11-19 2 false, test 2026-11-19 2 true" {
		t.Errorf("progress: %s", got)
	}
}

func TestJobsOfOneQuestionAskTheSameOfTheSource(t *testing.T) {
	job := func(data reportconfig.Data, period string) report.Job {
		return report.Job{Report: paymenttest.Report(data, "en"), Period: paymenttest.Period(t, period)}
	}
	type tx = reportconfig.Transactions
	for name, c := range map[string]struct {
		a, b report.Job
		same bool
	}{
		"sellers are cut here":               {job(tx{Sellers: []string{"a"}}, "2026-11-19"), job(tx{}, "2026-11-19"), true},
		"stores in another order, one twice": {job(tx{Stores: []string{"b", "a"}}, "2026-11-19"), job(tx{Stores: []string{"a", "b", "a"}}, "2026-11-19"), true},
		"other stores":                       {job(tx{Stores: []string{"a"}}, "2026-11-19"), job(tx{}, "2026-11-19"), false},
		"another period":                     {job(tx{}, "2026-11-19"), job(tx{}, "2026-11-18"), false},
		"a longer period":                    {job(tx{}, "2026-11-16"), job(tx{}, "2026-W47"), false},
		"another data type":                  {job(tx{}, "2026-11-19"), job(reportconfig.Open{}, "2026-11-19"), false},
		"the age is cut here":                {job(reportconfig.Open{OlderThanDays: 7}, "2026-11-19"), job(reportconfig.Open{}, "2026-11-19"), true},
		"orders are listed from an instant":  {job(reportconfig.Orders{Destinations: []string{"a"}}, "2026-11-16"), job(reportconfig.Orders{}, "2026-W47"), true},
		"orders from another":                {job(reportconfig.Orders{}, "2026-11-17"), job(reportconfig.Orders{}, "2026-W47"), false},
		"cards are read to their end":        {job(reportconfig.Wallets{}, "2026-11-17"), job(reportconfig.Wallets{}, "2026-10"), true},
	} {
		if same := QuestionOf(c.a) == QuestionOf(c.b); same != c.same {
			t.Errorf("%s: the same question: %v", name, same)
		}
	}
}

func TestPeriodsMadeTogetherAreAllAskedFor(t *testing.T) {
	load := func(id, when string) payment.WalletTransaction {
		return payment.WalletTransaction{ID: id, CardID: "card", Type: "fund", Amount: 100, Currency: "NOK", CreatedAt: paymenttest.At(t, when)}
	}
	var asked payment.Query
	r := newBuilder(t, asking{paymenttest.Source{Movements: []payment.WalletTransaction{load("1", "2026-10-01T00:00:00+02:00"), load("2", "2026-11-18T23:59:59+01:00"), load("3", "2026-11-19T12:00:00+01:00")}}, func(q payment.Query) { asked = q }})
	batch := slices.Concat(batchOf(t, "2026-11-18", paymenttest.Report(reportconfig.Wallets{}, "en")), batchOf(t, "2026-10", paymenttest.Report(reportconfig.Wallets{}, "en")), batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Wallets{}, "en")))
	r.buildAll(t.Context(), batch)
	for _, a := range batch {
		if a.err != nil || a.figures.Totals.Rows != 1 {
			t.Errorf("%s has one movement: %v", a.job.Period, a.err)
		}
	}
	if !asked.From.Equal(paymenttest.At(t, "2026-10-01T00:00:00+02:00")) || !asked.To.Equal(paymenttest.At(t, "2026-11-20T00:00:00+01:00")) {
		t.Errorf("asked from %s to %s", asked.From, asked.To)
	}
}

func TestTheNewestCopyCountsForEveryReport(t *testing.T) {
	old, moved := paymenttest.Captured(t, "a", 100), paymenttest.Captured(t, "a", 100)
	moved.PayoutDestination, moved.UpdatedAt = "z", old.UpdatedAt.Add(1)
	old.PayoutDestination = "y"
	for _, list := range [][]payment.Transaction{{old, moved}, {moved, old}, {moved, old, old, moved}} {
		batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{Sellers: []string{"y"}}, "en"), paymenttest.Report(reportconfig.Transactions{Sellers: []string{"z"}}, "en"), paymenttest.Report(reportconfig.Transactions{}, "en"))
		newBuilder(t, paymenttest.Source{Sales: list}).buildAll(t.Context(), batch)
		for i, want := range []int64{0, 1, 1} {
			if batch[i].err != nil || batch[i].figures.Totals.Rows != want {
				t.Errorf("report %d: %+v, %v, want %d rows", i, batch[i].figures.Totals, batch[i].err, want)
			}
		}
	}
}

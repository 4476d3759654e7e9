package builder

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/reconcile"
	"rapport/internal/statement"
	"rapport/locales"
	"rapport/reportconfig"
)

// audited builds a report with the policy warn of the tests' day.
func audited(t *testing.T, src Source, data reportconfig.Transactions, more ...func(*build)) *statement.Figures {
	t.Helper()
	rep := paymenttest.Report(data, "en")
	rep.Reconcile = reportconfig.ReconcileWarn
	batch := batchOf(t, "2026-11-19", rep)
	for _, change := range more {
		change(batch[0])
	}
	newBuilder(t, src).buildAll(t.Context(), batch)
	if batch[0].err != nil {
		t.Fatal(batch[0].err)
	}
	return &batch[0].figures
}

func said(fs *statement.Figures) string {
	check := fs.Check(fs.Words)
	return strings.Join(append([]string{check.Text}, check.Details...), "\n")
}

func TestTheTallyIsWhatTheNewestCopiesSumTo(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	tampered := 0
	for round := range 100 {
		src := &paymenttest.WithKeyFigures{Source: paymenttest.RandomThings(t, r)}
		for i := range src.Sales { // events by id, some twice, also around the UTC midnights
			tx := &src.Sales[i]
			for e := range tx.Events {
				tx.Events[e].ID = fmt.Sprint("e", e-r.IntN(2)*min(e, 1))
				tx.Events[e].CreatedAt = paymenttest.At(t, "2026-11-17T22:00:00Z").Add(time.Duration(r.IntN(76*60)) * time.Minute)
			}
			tx.UpdatedAt = tx.UpdatedAt.Add(time.Duration(i)) // no two copies of one version
		}
		want := paymenttest.KeyFiguresOf(src.Sales...)
		src.Figures = paymenttest.Always(want)
		if b := audited(t, src, reportconfig.Transactions{}); b.Reconciled.Verdict != reconcile.Agrees || src.Asked != 1 || len(src.Queries) != 1 {
			t.Fatalf("round %d: %s", round, said(b))
		}
		// The days that the period does not touch are nobody's business; any other figure is.
		for i := range want {
			if want[i].Day.Before(paymenttest.At(t, "2026-11-18T00:00:00Z")) || want[i].Day.After(paymenttest.At(t, "2026-11-19T00:00:00Z")) {
				continue
			}
			tampered++
			wrong := append([]payment.DayEvents(nil), want...)
			switch r.IntN(3) {
			case 0:
				wrong[i].Count += 1000 // more than there are events of no amount, which may be counted or not
			case 1:
				wrong[i].Sum--
			case 2:
				wrong = append(wrong[:i], wrong[i+1:]...)
			}
			src.Figures = paymenttest.Always(wrong)
			if b := audited(t, src, reportconfig.Transactions{}); b.Reconciled.Verdict != reconcile.Differs {
				t.Fatalf("round %d, figure %+v: %s", round, want[i], said(b))
			}
			break
		}
	}
	if tampered < 50 {
		t.Errorf("only %d figures were tampered with", tampered)
	}
}

func TestALatePartCaptureIsFoundByTheThoroughFetch(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	late := paymenttest.Captured(t, "b", 5000)
	late.Events = append(late.Events, paymenttest.Event(t, "CAPTURE", "18:00", 2500))
	src := &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: []payment.Transaction{tx}}, Late: []payment.Transaction{late}, Figures: paymenttest.Always(paymenttest.KeyFiguresOf(tx, late))}
	b := audited(t, src, reportconfig.Transactions{})
	if f := b.Totals.List(b.Layout)[0]; b.Reconciled.Verdict != reconcile.Agrees || f.Count != 3 || f.Sum != 17500 {
		t.Errorf("%+v, %s", f, said(b))
	}
	if want := "Reconciled with Dintero: the captures and refunds of the report agree with Dintero's own key figures."; said(b) != want {
		t.Errorf("says %q", said(b))
	}
	if len(src.Queries) != 2 || src.Queries[0].Thorough || !src.Queries[1].Thorough || src.Asked != 2 {
		t.Errorf("asked %+v, %d times for figures", src.Queries, src.Asked)
	}
	from, to := src.Queries[0].From, src.Queries[0].To
	if !from.Equal(paymenttest.At(t, "2026-11-18T00:00:00Z")) || !to.Equal(paymenttest.At(t, "2026-11-20T00:00:00Z")) {
		t.Errorf("the whole UTC days are asked for, not %s to %s", from, to)
	}
}

func TestWhatCannotBeReadThoroughlyGoesOutWithTheDifference(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	src := &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: []payment.Transaction{tx}}, Fail: errors.New("page 7: 400"), Figures: paymenttest.Always(paymenttest.KeyFiguresOf(tx, paymenttest.Captured(t, "b", 500)))}
	b := audited(t, src, reportconfig.Transactions{})
	if f := b.Totals.List(b.Layout)[0]; b.Reconciled.Verdict != reconcile.Differs || f.Sum != 10000 {
		t.Errorf("%+v, %s", f, said(b))
	}
	want := "Does not agree with Dintero's own key figures, whole days 18–19 November 2026 (UTC): net NOK 5.00 less than Dintero has.\n" +
		"19 Nov 2026, Vipps: 1 capture, NOK 100.00; Dintero has 2 captures, NOK 105.00\n" +
		"The transactions of the time before could not be gone through as well."
	if got := strings.ReplaceAll(said(b), "\u00a0", " "); got != want {
		t.Errorf("says %q", got)
	}
}

func TestFiguresThatCameLateAgreeTheSecondTime(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	src := &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: []payment.Transaction{tx}}}
	src.Figures = func(n int) ([]payment.DayEvents, error) {
		if n == 1 {
			return nil, nil
		}
		return paymenttest.KeyFiguresOf(tx), nil
	}
	if b := audited(t, src, reportconfig.Transactions{}); b.Reconciled.Verdict != reconcile.Agrees {
		t.Error(said(b))
	}
	src.Figures = paymenttest.Always(nil)
	if b := audited(t, src, reportconfig.Transactions{}); !strings.Contains(said(b), "19 Nov 2026: 1 event; Dintero has no figures of the day yet") {
		t.Error(said(b))
	}
}

func TestAFileHasNoSecondSource(t *testing.T) {
	if b := audited(t, paymenttest.OneSale(t), reportconfig.Transactions{}); b.Reconciled.Verdict != reconcile.NotChecked || said(b) != "Not reconciled: a file has no second source to be compared with." {
		t.Error(said(b))
	}
}

func TestADayThatIsNotOverIsNotCompared(t *testing.T) {
	src := &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t), Figures: paymenttest.Always(nil)}
	early := func(a *build) { a.now = paymenttest.At(t, "2026-11-20T00:30:00+01:00") } // the UTC day ends at 01:00
	b := audited(t, src, reportconfig.Transactions{}, early)
	if b.Reconciled.Verdict != reconcile.NotChecked || src.Asked != 0 || !strings.Contains(said(b), "the day 19 Nov 2026 (UTC) was not over") {
		t.Errorf("%s, asked %d times", said(b), src.Asked)
	}
	onTime := func(a *build) { a.now = paymenttest.At(t, "2026-11-20T01:00:00+01:00") }
	if audited(t, src, reportconfig.Transactions{}, onTime); src.Asked == 0 {
		t.Error("the day is over at the stroke of midnight")
	}
}

func TestFiguresThatAreNotToBeHadNeverTick(t *testing.T) {
	for says, err := range map[string]error{
		"access to its key figures is missing": &fetch.StatusError{Code: 403},
		"(answer 503)":                         fmt.Errorf("tried 8 times: %w", &fetch.StatusError{Code: 503}),
		"could not be read.":                   errors.New("element 1: count: -1 is negative"),
	} {
		src := &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t), Figures: func(int) ([]payment.DayEvents, error) { return nil, err }}
		if b := audited(t, src, reportconfig.Transactions{}); b.Reconciled.Verdict != reconcile.NotChecked || !strings.Contains(said(b), says) {
			t.Errorf("%v: %s", err, said(b))
		}
	}
	huge := []payment.DayEvents{
		{Day: paymenttest.At(t, "2026-11-19T00:00:00Z"), Type: "CAPTURE", ProductType: "vipps", Currency: "NOK", Count: math.MaxInt64, Sum: 1},
		{Day: paymenttest.At(t, "2026-11-19T00:00:00Z"), Type: "CAPTURE", ProductType: "swish", Currency: "SEK", Count: 1, Sum: 1},
	}
	if b := audited(t, &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t), Figures: paymenttest.Always(huge)}, reportconfig.Transactions{}); b.Reconciled.Verdict != reconcile.NotChecked {
		t.Error(said(b))
	}
}

func TestAnEventOfNoAmountMayBeCountedOrNot(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	tx.Events = append(tx.Events, paymenttest.Event(t, "CAPTURE", "18:00", 0))
	for count, want := range map[int64]reconcile.Verdict{0: reconcile.Differs, 1: reconcile.Agrees, 2: reconcile.Agrees, 3: reconcile.Differs} {
		figures := paymenttest.KeyFiguresOf(tx)
		figures[0].Count = count
		if b := audited(t, &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: []payment.Transaction{tx}}, Figures: paymenttest.Always(figures)}, reportconfig.Transactions{}); b.Reconciled.Verdict != want {
			t.Errorf("%d: %s", count, said(b))
		}
	}
}

func TestAFilteredReportIsReconciledOnTheWholeAccount(t *testing.T) {
	here, elsewhere := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 500)
	elsewhere.Store.ID = "sc031"
	src := &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: []payment.Transaction{here, elsewhere}}, Figures: paymenttest.Always(paymenttest.KeyFiguresOf(here, elsewhere))}
	b := audited(t, src, reportconfig.Transactions{Stores: []string{"sc029"}})
	if len(src.Queries) != 1 || src.Queries[0].Stores != nil || b.Totals.Rows != 1 {
		t.Errorf("asked %+v, %d rows", src.Queries, b.Totals.Rows)
	}
	if want := "Reconciled with Dintero: the account, of which this report is a selection, agrees with Dintero's own key figures."; said(b) != want {
		t.Errorf("says %q", said(b))
	}
	many := append(paymenttest.KeyFiguresOf(here, elsewhere), payment.DayEvents{Day: paymenttest.At(t, "2026-11-18T00:00:00Z"), Type: "REFUND", ProductType: "x", Currency: "NOK", Count: maxReadForFigures, Sum: 1})
	src = &paymenttest.WithKeyFigures{Source: src.Source, Figures: paymenttest.Always(many)}
	b = audited(t, src, reportconfig.Transactions{Stores: []string{"sc029"}})
	if len(src.Queries) != 1 || fmt.Sprint(src.Queries[0].Stores) != "[sc029]" || !src.Queries[0].From.Equal(paymenttest.At(t, "00:00")) {
		t.Errorf("asked %+v", src.Queries)
	}
	if b.Reconciled.Verdict != reconcile.NotChecked || !strings.Contains(said(b), "too many events to read") || strings.Contains(said(b), "20,002") { // how many is none of the store's
		t.Error(said(b))
	}
	src = &paymenttest.WithKeyFigures{Source: src.Source, Figures: paymenttest.Always(many)} // all is read anyway
	if b = audited(t, src, reportconfig.Transactions{Sellers: []string{"P1"}}); b.Reconciled.Verdict != reconcile.Differs {
		t.Error(said(b))
	}
}

func TestASellerIsToldNoFiguresOfTheAccount(t *testing.T) {
	list := []payment.Transaction{paymenttest.Captured(t, "a", 4711), paymenttest.Captured(t, "b", 815)}
	for want, figures := range map[string][]payment.DayEvents{
		"Reconciled with Dintero: the account, of which this report is a selection, agrees with Dintero's own key figures.":                              paymenttest.KeyFiguresOf(list...),
		"The account, of which this report is a selection, does not agree with Dintero's own key figures; the difference may lie outside of the report.": paymenttest.KeyFiguresOf(list[0]),
	} {
		b := audited(t, &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: list}, Figures: paymenttest.Always(figures)}, reportconfig.Transactions{Sellers: []string{"P1"}})
		if check := b.Check(b.Words); check.Text != want || len(check.Details) > 0 {
			t.Errorf("says %q", check)
		}
	}
	rep := paymenttest.Report(reportconfig.Transactions{Sellers: []string{"P1"}}, "en")
	rep.Reconcile = reportconfig.ReconcileHold
	batch := batchOf(t, "2026-11-19", rep)
	newBuilder(t, &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: list}, Figures: paymenttest.Always(paymenttest.KeyFiguresOf(list[0]))}).buildAll(t.Context(), batch)
	if err := batch[0].err; err == nil || !strings.Contains(err.Error(), "8.15") {
		t.Errorf("the operator is told all: %v", err)
	}
}

func TestReportsOfSeveralStoresShareOneFetchToBeReconciled(t *testing.T) {
	here, elsewhere := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 500)
	elsewhere.Store.ID = "sc031"
	list := []payment.Transaction{here, elsewhere}
	var reports []*reportconfig.Report
	for _, store := range []string{"sc031", "sc029"} {
		rep := paymenttest.Report(reportconfig.Transactions{Stores: []string{store}}, "en")
		rep.Reconcile = reportconfig.ReconcileWarn
		reports = append(reports, rep)
	}
	batch := batchOf(t, "2026-11-19", reports...)
	if QuestionOf(batch[0].job) != QuestionOf(batch[1].job) {
		t.Error("they are not of one question")
	}
	for _, figures := range []error{nil, &fetch.StatusError{Code: 403}} {
		src := &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: list}, Figures: func(int) ([]payment.DayEvents, error) { return paymenttest.KeyFiguresOf(list...), figures }}
		batch := batchOf(t, "2026-11-19", reports...)
		newBuilder(t, src).buildAll(t.Context(), batch)
		want := "[]"
		if figures != nil {
			want = "[sc029 sc031]"
		}
		if len(src.Queries) != 1 || fmt.Sprint(src.Queries[0].Stores) != want {
			t.Errorf("asked %+v", src.Queries)
		}
		for i, sum := range []int64{500, 10000} {
			if batch[i].err != nil || batch[i].figures.Totals.List(batch[i].figures.Layout)[0].Sum != sum {
				t.Errorf("report %d: %v", i, batch[i].err)
			}
		}
	}
}

func TestDifferencesAreNamedUpToSix(t *testing.T) {
	src := &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t)}
	events := paymenttest.KeyFiguresOf(src.Sales...)
	for i := range 9 {
		events = append(events, payment.DayEvents{Day: paymenttest.At(t, "2026-11-18T00:00:00Z"), Type: "REFUND", ProductType: fmt.Sprint("p", i), Currency: money.Currency("NOK"), Count: 1, Sum: 100})
	}
	src.Figures = paymenttest.Always(events)
	b := audited(t, src, reportconfig.Transactions{})
	lines := strings.Split(said(b), "\n")
	if len(lines) != 8 || lines[7] != "and 3 more differences" || !strings.HasPrefix(lines[1], "18 Nov 2026, p0: 0 refunds") || !strings.Contains(lines[0], "NOK\u00a09.00 more") {
		t.Errorf("%q", lines)
	}
}

func english(t *testing.T) *locales.Printer {
	t.Helper()
	words, err := locales.For("en")
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func TestAThoroughReadingThatIsTooMuchIsNotBegun(t *testing.T) {
	src := &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t)}
	src.Figures = paymenttest.Always([]payment.DayEvents{{Day: paymenttest.At(t, "2026-11-18T00:00:00Z"), Type: "CAPTURE", ProductType: "vipps", Currency: "NOK", Count: 2600, Sum: 1}})
	if b := audited(t, src, reportconfig.Transactions{}); len(src.Queries) != 1 || !b.Reconciled.NotReadThoroughly || b.Reconciled.Verdict != reconcile.Differs {
		t.Errorf("%d readings: %s", len(src.Queries), said(b))
	}
}

func TestWhatATerminalWouldObeyIsNotSaid(t *testing.T) {
	src := &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t)}
	hostile := payment.DayEvents{Day: paymenttest.At(t, "2026-11-19T00:00:00Z"), Type: "CAPTURE", ProductType: "x\x1b[31m\n\u202e" + strings.Repeat("y", 5000), Currency: "N\rK", Count: 1, Sum: 1}
	src.Figures = paymenttest.Always(append(paymenttest.KeyFiguresOf(src.Sales...), hostile))
	line := audited(t, src, reportconfig.Transactions{}).Check(english(t)).Details[0]
	if strings.ContainsAny(line, "\x1b\n\r\u202e") || len([]rune(line)) > 301 {
		t.Errorf("%q", line)
	}
}

// What agrees is not all that there is, where an event of the period is of a kind that nobody knows.
func TestMoneyOfUnknownKindIsNotReconciled(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	figures := paymenttest.Always(paymenttest.KeyFiguresOf(tx))
	for when, want := range map[string]content.CheckState{"12:30": content.NotChecked, "2026-11-18T12:30:00+01:00": content.Agrees} {
		odd := tx
		odd.Events = append(slices.Clone(tx.Events), paymenttest.Event(t, "CHARGEBACK", when, 7000))
		rep := paymenttest.Report(reportconfig.Transactions{}, "no")
		rep.Reconcile = reportconfig.ReconcileHold
		batch := batchOf(t, "2026-11-19", rep)
		newBuilder(t, &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: []payment.Transaction{odd}}, Figures: figures}).buildAll(t.Context(), batch)
		s := batch[0].statement
		if batch[0].err != nil || s.Check.State != want || strings.Contains(s.Subject, "avstemt") != (want == content.Agrees) || strings.Contains(s.Check.Text, "ukjent type") != (want != content.Agrees) {
			t.Errorf("%s: %s, %q, %v", when, s.Subject, s.Check.Text, batch[0].err)
		}
	}
}

// A movement that cannot be read and is not the report's stops nothing, but nobody can say
// that the days agree.
func TestAFaultBesideThePeriodIsNotReconciled(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	for _, when := range []string{"2026-11-18T12:00:00+01:00", "2026-11-17T12:00:00+01:00"} {
		beside := paymenttest.Captured(t, "b", 500)
		beside.Events[1].CreatedAt, beside.Events[1].Fault = paymenttest.At(t, when), errors.New("amount: 1.5 is not an integer")
		src := &paymenttest.WithKeyFigures{Source: paymenttest.Source{Sales: []payment.Transaction{tx, beside}}, Figures: paymenttest.Always(paymenttest.KeyFiguresOf(tx))}
		b := audited(t, src, reportconfig.Transactions{})
		if inDays := strings.Contains(when, "-18T"); (b.Reconciled.Reason == "faulty") != inDays || (b.Reconciled.Verdict == reconcile.Agrees) == inDays || b.Totals.Rows != 1 {
			t.Errorf("%s: %+v, %s", when, b.Reconciled, said(b))
		}
	}
}

package pipeline

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/money"
	"rapport/locales"
	"rapport/reportconfig"
)

// ledgered is a source that also says what it counts, and remembers what it was asked.
type ledgered struct {
	things
	late    []fetch.Transaction                    // what only a thorough query finds
	figures func(n int) ([]fetch.DayEvents, error) // the n-th answer
	asked   int
	queries []fetch.Query
	fail    error // of the thorough query
}

func (s *ledgered) Transactions(ctx context.Context, q fetch.Query) iter.Seq2[fetch.Transaction, error] {
	s.queries = append(s.queries, q)
	if !q.Thorough {
		return s.things.Transactions(ctx, q)
	}
	return all(append(append([]fetch.Transaction(nil), s.late...), s.transactions...), s.fail)
}

func (s *ledgered) Events(context.Context, time.Time) ([]fetch.DayEvents, error) {
	s.asked++
	return s.figures(s.asked)
}

// naively counts as Dintero would: events of the newest copies, by UTC day.
func naively(list ...fetch.Transaction) (events []fetch.DayEvents) {
	newest := map[string]fetch.Transaction{}
	for _, tx := range list {
		if old, found := newest[tx.ID]; !found || !tx.UpdatedAt.Before(old.UpdatedAt) {
			newest[tx.ID] = tx
		}
	}
	at := map[string]int{}
	for _, tx := range newest {
		seen := map[string]bool{}
		for _, e := range tx.Events {
			kind := e.Type + e.ID
			if !e.Success || e.Type != "CAPTURE" && e.Type != "REFUND" || e.ID != "" && seen[kind] {
				continue
			}
			if seen[kind] = true; e.Amount == 0 {
				continue
			}
			y, m, d := e.CreatedAt.UTC().Date()
			key := fmt.Sprint(y, m, d, e.Type, tx.ProductType, tx.Currency)
			i, found := at[key]
			if !found {
				i = len(events)
				at[key] = i
				events = append(events, fetch.DayEvents{Day: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), Type: e.Type, ProductType: tx.ProductType, Currency: tx.Currency})
			}
			events[i].Count++
			events[i].Sum += e.Amount
		}
	}
	return events
}

func always(events []fetch.DayEvents) func(int) ([]fetch.DayEvents, error) {
	return func(int) ([]fetch.DayEvents, error) { return events, nil }
}

// audited builds a report with the policy warn of the tests' day.
func audited(t *testing.T, src Source, data reportconfig.Transactions, more ...func(*build)) *Figures {
	t.Helper()
	rep := report(data, "en")
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

func said(fs *Figures) string {
	check := fs.check(fs.words)
	return strings.Join(append([]string{check.Text}, check.Details...), "\n")
}

func TestTheTallyIsWhatTheNewestCopiesSumTo(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	tampered := 0
	for round := range 100 {
		src := &ledgered{things: randomThings(t, r)}
		for i := range src.transactions { // events by id, some twice, also around the UTC midnights
			tx := &src.transactions[i]
			for e := range tx.Events {
				tx.Events[e].ID = fmt.Sprint("e", e-r.IntN(2)*min(e, 1))
				tx.Events[e].CreatedAt = at(t, "2026-11-17T22:00:00Z").Add(time.Duration(r.IntN(76*60)) * time.Minute)
			}
			tx.UpdatedAt = tx.UpdatedAt.Add(time.Duration(i)) // no two copies of one version
		}
		want := naively(src.transactions...)
		src.figures = always(want)
		if b := audited(t, src, reportconfig.Transactions{}); b.reconciliation.verdict != agrees || src.asked != 1 || len(src.queries) != 1 {
			t.Fatalf("round %d: %s", round, said(b))
		}
		// The days that the period does not touch are nobody's business; any other figure is.
		for i := range want {
			if want[i].Day.Before(at(t, "2026-11-18T00:00:00Z")) || want[i].Day.After(at(t, "2026-11-19T00:00:00Z")) {
				continue
			}
			tampered++
			wrong := append([]fetch.DayEvents(nil), want...)
			switch r.IntN(3) {
			case 0:
				wrong[i].Count += 1000 // more than there are events of no amount, which may be counted or not
			case 1:
				wrong[i].Sum--
			case 2:
				wrong = append(wrong[:i], wrong[i+1:]...)
			}
			src.figures = always(wrong)
			if b := audited(t, src, reportconfig.Transactions{}); b.reconciliation.verdict != differs {
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
	tx := captured(t, "a", 10000)
	late := captured(t, "b", 5000)
	late.Events = append(late.Events, event(t, "CAPTURE", "18:00", 2500))
	src := &ledgered{things: things{transactions: []fetch.Transaction{tx}}, late: []fetch.Transaction{late}, figures: always(naively(tx, late))}
	b := audited(t, src, reportconfig.Transactions{})
	if f := b.totals.list(b.shape)[0]; b.reconciliation.verdict != agrees || f.Count != 3 || f.Sum != 17500 {
		t.Errorf("%+v, %s", f, said(b))
	}
	if want := "Reconciled with Dintero: 3 captures and 0 refunds, whole days 18–19 November 2026 (UTC)."; said(b) != want {
		t.Errorf("says %q", said(b))
	}
	if len(src.queries) != 2 || src.queries[0].Thorough || !src.queries[1].Thorough || src.asked != 2 {
		t.Errorf("asked %+v, %d times for figures", src.queries, src.asked)
	}
	from, to := src.queries[0].From, src.queries[0].To
	if !from.Equal(at(t, "2026-11-18T00:00:00Z")) || !to.Equal(at(t, "2026-11-20T00:00:00Z")) {
		t.Errorf("the whole UTC days are asked for, not %s to %s", from, to)
	}
}

func TestWhatCannotBeReadThoroughlyGoesOutWithTheDifference(t *testing.T) {
	tx := captured(t, "a", 10000)
	src := &ledgered{things: things{transactions: []fetch.Transaction{tx}}, fail: errors.New("page 7: 400"), figures: always(naively(tx, captured(t, "b", 500)))}
	b := audited(t, src, reportconfig.Transactions{})
	if f := b.totals.list(b.shape)[0]; b.reconciliation.verdict != differs || f.Sum != 10000 {
		t.Errorf("%+v, %s", f, said(b))
	}
	want := "Does not agree with Dintero, whole days 18–19 November 2026 (UTC): net NOK 5.00 less than Dintero has.\n" +
		"19 Nov 2026, vipps: 1 capture, NOK 100.00; Dintero has 2 captures, NOK 105.00\n" +
		"The transactions of the time before could not be gone through as well."
	if got := strings.ReplaceAll(said(b), "\u00a0", " "); got != want {
		t.Errorf("says %q", got)
	}
}

func TestFiguresThatCameLateAgreeTheSecondTime(t *testing.T) {
	tx := captured(t, "a", 10000)
	src := &ledgered{things: things{transactions: []fetch.Transaction{tx}}}
	src.figures = func(n int) ([]fetch.DayEvents, error) {
		if n == 1 {
			return nil, nil
		}
		return naively(tx), nil
	}
	if b := audited(t, src, reportconfig.Transactions{}); b.reconciliation.verdict != agrees {
		t.Error(said(b))
	}
	src.figures = always(nil)
	if b := audited(t, src, reportconfig.Transactions{}); !strings.Contains(said(b), "19 Nov 2026: 1 event; Dintero has no figures of the day yet") {
		t.Error(said(b))
	}
}

func TestAFileHasNoSecondSource(t *testing.T) {
	if b := audited(t, oneSale(t), reportconfig.Transactions{}); b.reconciliation.verdict != unchecked || said(b) != "Not reconciled: a file has no second source to be compared with." {
		t.Error(said(b))
	}
}

func TestADayThatIsNotOverIsNotCompared(t *testing.T) {
	src := &ledgered{things: oneSale(t), figures: always(nil)}
	early := func(a *build) { a.now = at(t, "2026-11-20T00:30:00+01:00") } // the UTC day ends at 01:00
	b := audited(t, src, reportconfig.Transactions{}, early)
	if b.reconciliation.verdict != unchecked || src.asked != 0 || !strings.Contains(said(b), "the day 19 Nov 2026 (UTC) was not over") {
		t.Errorf("%s, asked %d times", said(b), src.asked)
	}
	onTime := func(a *build) { a.now = at(t, "2026-11-20T01:00:00+01:00") }
	if audited(t, src, reportconfig.Transactions{}, onTime); src.asked == 0 {
		t.Error("the day is over at the stroke of midnight")
	}
}

func TestFiguresThatAreNotToBeHadNeverTick(t *testing.T) {
	for says, err := range map[string]error{
		"access to its key figures is missing": &fetch.StatusError{Code: 403},
		"(answer 503)":                         fmt.Errorf("tried 8 times: %w", &fetch.StatusError{Code: 503}),
		"could not be read.":                   errors.New("element 1: count: -1 is negative"),
	} {
		src := &ledgered{things: oneSale(t), figures: func(int) ([]fetch.DayEvents, error) { return nil, err }}
		if b := audited(t, src, reportconfig.Transactions{}); b.reconciliation.verdict != unchecked || !strings.Contains(said(b), says) {
			t.Errorf("%v: %s", err, said(b))
		}
	}
	huge := []fetch.DayEvents{
		{Day: at(t, "2026-11-19T00:00:00Z"), Type: "CAPTURE", ProductType: "vipps", Currency: "NOK", Count: math.MaxInt64, Sum: 1},
		{Day: at(t, "2026-11-19T00:00:00Z"), Type: "CAPTURE", ProductType: "swish", Currency: "SEK", Count: 1, Sum: 1},
	}
	if b := audited(t, &ledgered{things: oneSale(t), figures: always(huge)}, reportconfig.Transactions{}); b.reconciliation.verdict != unchecked {
		t.Error(said(b))
	}
}

func TestAnEventOfNoAmountMayBeCountedOrNot(t *testing.T) {
	tx := captured(t, "a", 10000)
	tx.Events = append(tx.Events, event(t, "CAPTURE", "18:00", 0))
	for count, want := range map[int64]verdict{0: differs, 1: agrees, 2: agrees, 3: differs} {
		figures := naively(tx)
		figures[0].Count = count
		if b := audited(t, &ledgered{things: things{transactions: []fetch.Transaction{tx}}, figures: always(figures)}, reportconfig.Transactions{}); b.reconciliation.verdict != want {
			t.Errorf("%d: %s", count, said(b))
		}
	}
}

func TestAFilteredReportIsReconciledOnTheWholeAccount(t *testing.T) {
	here, elsewhere := captured(t, "a", 10000), captured(t, "b", 500)
	elsewhere.Store.ID = "sc031"
	src := &ledgered{things: things{transactions: []fetch.Transaction{here, elsewhere}}, figures: always(naively(here, elsewhere))}
	b := audited(t, src, reportconfig.Transactions{Stores: []string{"sc029"}})
	if len(src.queries) != 1 || src.queries[0].Stores != nil || b.totals.rows != 1 {
		t.Errorf("asked %+v, %d rows", src.queries, b.totals.rows)
	}
	if want := "Reconciled with Dintero for the whole account: 2 captures and 0 refunds, whole days 18–19 November 2026 (UTC)."; said(b) != want {
		t.Errorf("says %q", said(b))
	}
	many := append(naively(here, elsewhere), fetch.DayEvents{Day: at(t, "2026-11-18T00:00:00Z"), Type: "REFUND", ProductType: "x", Currency: "NOK", Count: affordable, Sum: 1})
	src = &ledgered{things: src.things, figures: always(many)}
	b = audited(t, src, reportconfig.Transactions{Stores: []string{"sc029"}})
	if len(src.queries) != 1 || fmt.Sprint(src.queries[0].Stores) != "[sc029]" || !src.queries[0].From.Equal(at(t, "00:00")) {
		t.Errorf("asked %+v", src.queries)
	}
	if b.reconciliation.verdict != unchecked || !strings.Contains(said(b), "too many events (20,002)") {
		t.Error(said(b))
	}
	src = &ledgered{things: src.things, figures: always(many)} // all is read anyway
	if b = audited(t, src, reportconfig.Transactions{Sellers: []string{"P1"}}); b.reconciliation.verdict != differs {
		t.Error(said(b))
	}
}

func TestASellerIsToldNoFiguresOfTheAccount(t *testing.T) {
	list := []fetch.Transaction{captured(t, "a", 4711), captured(t, "b", 815)}
	for want, figures := range map[string][]fetch.DayEvents{
		"Reconciled with Dintero for the whole account, whole days 18–19 November 2026 (UTC).":                                       naively(list...),
		"The account does not agree with Dintero, whole days 18–19 November 2026 (UTC); the difference may lie outside this report.": naively(list[0]),
	} {
		b := audited(t, &ledgered{things: things{transactions: list}, figures: always(figures)}, reportconfig.Transactions{Sellers: []string{"P1"}})
		if check := b.check(b.words); check.Text != want || len(check.Details) > 0 {
			t.Errorf("says %q", check)
		}
	}
	rep := report(reportconfig.Transactions{Sellers: []string{"P1"}}, "en")
	rep.Reconcile = reportconfig.ReconcileHold
	batch := batchOf(t, "2026-11-19", rep)
	newBuilder(t, &ledgered{things: things{transactions: list}, figures: always(naively(list[0]))}).buildAll(t.Context(), batch)
	if err := batch[0].err; err == nil || !strings.Contains(err.Error(), "8.15") {
		t.Errorf("the operator is told all: %v", err)
	}
}

func TestReportsOfSeveralStoresShareOneFetchToBeReconciled(t *testing.T) {
	here, elsewhere := captured(t, "a", 10000), captured(t, "b", 500)
	elsewhere.Store.ID = "sc031"
	list := []fetch.Transaction{here, elsewhere}
	var reports []*reportconfig.Report
	for _, store := range []string{"sc031", "sc029"} {
		rep := report(reportconfig.Transactions{Stores: []string{store}}, "en")
		rep.Reconcile = reportconfig.ReconcileWarn
		reports = append(reports, rep)
	}
	batch := batchOf(t, "2026-11-19", reports...)
	if question(batch[0].job) != question(batch[1].job) {
		t.Error("they are not of one question")
	}
	for _, figures := range []error{nil, &fetch.StatusError{Code: 403}} {
		src := &ledgered{things: things{transactions: list}, figures: func(int) ([]fetch.DayEvents, error) { return naively(list...), figures }}
		batch := batchOf(t, "2026-11-19", reports...)
		newBuilder(t, src).buildAll(t.Context(), batch)
		want := "[]"
		if figures != nil {
			want = "[sc029 sc031]"
		}
		if len(src.queries) != 1 || fmt.Sprint(src.queries[0].Stores) != want {
			t.Errorf("asked %+v", src.queries)
		}
		for i, sum := range []int64{500, 10000} {
			if batch[i].err != nil || batch[i].figures.totals.list(batch[i].figures.shape)[0].Sum != sum {
				t.Errorf("report %d: %v", i, batch[i].err)
			}
		}
	}
}

func TestDifferencesAreNamedUpToSix(t *testing.T) {
	src := &ledgered{things: oneSale(t)}
	events := naively(src.transactions...)
	for i := range 9 {
		events = append(events, fetch.DayEvents{Day: at(t, "2026-11-18T00:00:00Z"), Type: "REFUND", ProductType: fmt.Sprint("p", i), Currency: money.Currency("NOK"), Count: 1, Sum: 100})
	}
	src.figures = always(events)
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

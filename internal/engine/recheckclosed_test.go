package engine_test

import (
	"context"
	"encoding/csv"
	"iter"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// correcting is a shop whose report of the tests' day was made of list, and whose recipients get corrections.
func correcting(t *testing.T, rep *reportconfig.Report, list ...payment.Transaction) *shoptest.Shop {
	t.Helper()
	s := shoptest.New(t, paymenttest.Source{Sales: list}, rep)
	s.Operator = &mail.Address{Address: "drift@x.no"}
	s.Run()
	s.Letters()
	return s
}

func corrected(to ...string) *reportconfig.Report {
	rep := paymenttest.Mailed(to...)
	rep.Corrections = reportconfig.CorrectRecipients
	return rep
}

// nextDay runs a day later, when the source has list, and gives what it mailed of corrections.
func nextDay(s *shoptest.Shop, list ...payment.Transaction) (corrections []string) {
	s.T.Helper()
	s.Days(1)
	s.Source = paymenttest.Source{Sales: list}
	if o := s.Run(); o != (builder.Outcome{}) {
		s.T.Fatalf("%+v: %s", o, s.Said())
	}
	for _, m := range s.Letters() {
		if subject, _ := shoptest.SubjectAndText(s.T, m); strings.Contains(subject, "rettelse") {
			corrections = append(corrections, m.To+": "+subject)
		}
	}
	return corrections
}

func changesIn(t *testing.T, s *shoptest.Shop, period, n string) (out []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Archive, "test", period, "transactions_"+period+"_correction-"+n+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		out = append(out, row[2]+" "+row[16]+" "+row[len(row)-1])
	}
	return out
}

func TestRecipientsGetOneCorrectionOfEachChange(t *testing.T) {
	t.Parallel()
	a, b, c := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000), paymenttest.Captured(t, "c", 700)
	s := correcting(t, corrected("a@x.no", "b@x.no"), a, b)
	if got := nextDay(s, a, b); got != nil {
		t.Fatalf("nothing changed: %q", got)
	}
	dearer := paymenttest.Captured(t, "b", 6000)
	got := nextDay(s, a, dearer, c)
	if len(got) != 2 || !strings.Contains(got[0]+got[1], "rettelse til rapport nr. 1, +17,00 kr") || !strings.Contains(got[0], "nr. 1-1") {
		t.Fatalf("%q", got)
	}
	want := "Transaksjons-ID Netto Endring, b 50,00 Fjernet, b 60,00 Lagt til, c 7,00 Lagt til"
	if got := strings.Join(changesIn(t, s, "2026-11-19", "1"), ", "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for range 3 {
		if got := nextDay(s, c, dearer, a); got != nil {
			t.Errorf("again: %q", got)
		}
	}
	if got := nextDay(s, a, c); len(got) != 2 || !strings.Contains(got[0], "nr. 1-2") {
		t.Errorf("%q", got)
	}
	if got := strings.Join(changesIn(t, s, "2026-11-19", "2"), ", "); got != "Transaksjons-ID Netto Endring, b 60,00 Fjernet" {
		t.Error(got)
	}
	if got := s.Alarms(); got != "" {
		t.Errorf("the operator is told: %s", got)
	}
}

func TestTheOperatorIsToldWhatChanged(t *testing.T) {
	t.Parallel()
	a, b, c := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000), paymenttest.Captured(t, "c", 700)
	rep := paymenttest.Mailed("a@x.no")
	rep.Corrections = reportconfig.TellOperator
	s := correcting(t, rep, a, b)
	nextDay(s, a, c)
	want := "changed: test 2026-11-19 was made 20 Nov 2026 06:00, and has changed since: " +
		"− Innløsning b, 2026-11-19 12:00:00, NOK 50.00; + Innløsning c, 2026-11-19 12:00:00, NOK 7.00; NOK 150.00 → 107.00 (-43.00)"
	if got := s.Alarms(); got != want {
		t.Errorf("told %q", got)
	}
	nextDay(s, a, c)
	if got := s.Alarms(); got != "" {
		t.Errorf("told again: %q", got)
	}
}

func TestASourceThatWaversIsBelievedOnceADay(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	s := correcting(t, corrected("a@x.no"), a)
	mailed := 0
	for range 6 {
		mailed += len(nextDay(s, a, b))
		s.Clock.Time = s.Clock.Add(time.Hour)
		s.Source = paymenttest.Source{Sales: []payment.Transaction{a}}
		s.Run() // within a day of the change
		mailed += len(s.Letters())
		s.Clock.Time = s.Clock.Add(-time.Hour)
	}
	if mailed != 1 {
		t.Errorf("b is there in the morning and gone an hour later, and %d mails tell of it", mailed)
	}
	s = correcting(t, corrected("a@x.no"), a)
	var got []string
	for range 5 {
		got = append(got, nextDay(s, a, b)...)
		got = append(got, nextDay(s, a)...)
	}
	if len(got) != 3 {
		t.Errorf("recipients hear of it %d times: %q", len(got), got)
	}
	if alarms := s.Alarms(); !strings.Contains(alarms, "changes to and fro") {
		t.Errorf("the operator is told %q", alarms)
	}
}

func TestAChangeThatIsGoneWhenTheCorrectionIsMadeIsNone(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	s := correcting(t, corrected("a@x.no"), a)
	s.Days(1)
	s.Source = &once{paymenttest.Source{Sales: []payment.Transaction{a}}, b, 3} // the day, the check, and its confirmation
	s.Run()
	for _, m := range s.Letters() {
		if subject, _ := shoptest.SubjectAndText(t, m); strings.Contains(subject, "rettelse") {
			t.Errorf("mailed %s", subject)
		}
	}
	if got := nextDay(s, a, b); len(got) != 1 || !strings.Contains(got[0], "nr. 1-1") {
		t.Errorf("when it is there again: %q", got)
	}
}

// once is a source that has one more transaction for some readings.
type once struct {
	paymenttest.Source
	more  payment.Transaction
	times int
}

func (o *once) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	list := o.Sales
	if o.times--; o.times >= 0 {
		list = append(slices.Clone(list), o.more)
	}
	return paymenttest.Listing(list, nil)
}

func TestAReportWithoutACSVIsCorrectedToo(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	rep := corrected("a@x.no")
	rep.ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.XLSX}
	s := correcting(t, rep, a, b)
	if got := nextDay(s, a); len(got) != 1 || !strings.Contains(got[0], "−50,00") && !strings.Contains(got[0], "-50,00") {
		t.Fatalf("%q", got)
	}
	text := shoptest.PdfText(t, filepath.Join(s.Archive, "test", "2026-11-19", "transactions_2026-11-19_correction-1.pdf"))
	if !strings.Contains(text, "Fjernet") || !strings.Contains(text, "Rettelse 1 til rapport nr. 1") {
		t.Errorf("%s", text)
	}
	if _, err := os.Stat(filepath.Join(s.Archive, "test", "2026-11-19", "transactions_2026-11-19_correction-1.xlsx")); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Archive, ".recheck-*")); left != nil {
		t.Errorf("left %q", left)
	}
}

func TestARowWhoseReportIsLostIsNotGuessed(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	s := correcting(t, corrected("a@x.no"), a)
	if err := os.Remove(filepath.Join(s.Archive, "test", "2026-11-19", "transactions_2026-11-19.csv")); err != nil {
		t.Fatal(err)
	}
	if got := nextDay(s, a, b); got != nil {
		t.Errorf("guessed: %q", got)
	}
	if got := s.Alarms(); !strings.Contains(got, "cannot be read") {
		t.Errorf("the operator is told %q", got)
	}
}

func TestAnotherZoneIsNoChange(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	s := correcting(t, corrected("a@x.no"), a)
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	s.Zone = helsinki
	if got := nextDay(s, a); got != nil {
		t.Fatalf("%q", got)
	}
	if got := nextDay(s, a, b); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	if got := strings.Join(changesIn(t, s, "2026-11-19", "1"), ", "); got != "Transaksjons-ID Netto Endring, b 50,00 Lagt til" {
		t.Error(got)
	}
}

func TestARenamedReportIsCorrectedWhereItsFilesAre(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	s := correcting(t, corrected("a@x.no"), a)
	if got := nextDay(s, a, b); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	s.Reports[0].Was, s.Reports[0].ID = "test", "other"
	if got := nextDay(s, b); len(got) != 1 || !strings.Contains(got[0], "nr. 1-2") {
		t.Fatalf("%q", got)
	}
	if got := strings.Join(changesIn(t, s, "2026-11-19", "2"), ", "); got != "Transaksjons-ID Netto Endring, a 100,00 Fjernet" {
		t.Error(got)
	}
}

func TestOffIsTheLogAlone(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	rep := paymenttest.Mailed("a@x.no")
	rep.Corrections = reportconfig.CorrectionsOff
	s := correcting(t, rep, a)
	var log strings.Builder
	s.Log = &log
	if got := nextDay(s, a, b); got != nil || s.Alarms() != "" {
		t.Errorf("%q, %s", got, s.Alarms())
	}
	if !strings.Contains(log.String(), "a closed period changed") {
		t.Error(log.String())
	}
}

func TestTheNextPeriodIsComparedWithWhatWasCorrected(t *testing.T) {
	t.Parallel()
	thursday := paymenttest.Captured(t, "a", 10000)
	s := correcting(t, corrected("a@x.no"), thursday)
	dearer := paymenttest.Captured(t, "a", 20000)
	if got := nextDay(s, dearer); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	s.Days(5)
	week := paymenttest.Captured(t, "w", 20000)
	for i := range week.Events {
		week.Events[i].CreatedAt = week.Events[i].CreatedAt.AddDate(0, 0, 7)
	}
	s.Days(1)
	s.Source = paymenttest.Source{Sales: []payment.Transaction{dearer, week}}
	s.Run()
	letters := s.Letters()
	subject, text := shoptest.SubjectAndText(t, letters[len(letters)-1])
	if !strings.Contains(subject, "uendret fra forrige torsdag") || !strings.Contains(text, "etter rettelser") {
		t.Errorf("%s\n%s", subject, text)
	}
}

func TestADaemonReadsClosedPeriodsOnceANight(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000)
	s := shoptest.New(t, paymenttest.Source{Sales: []payment.Transaction{a}}, corrected("a@x.no"))
	src := &changing{Source: paymenttest.Source{Sales: []payment.Transaction{a}}}
	s.Source = src
	d, pokes := daemon(s)
	next := wake(s, d, pokes)
	night := paymenttest.At(t, "2026-11-21T03:00:00+01:00")
	if got := s.Sent(); got != "2026-11-19 a@x.no" || next.After(night) {
		t.Fatalf("sent %s, next %s", got, next)
	}
	src.set(a, b)
	s.Clock.Time = s.Clock.Add(time.Hour)
	wake(s, d, pokes)
	if got := s.Sent(); got != "" {
		t.Errorf("by day: %s", got)
	}
	s.Clock.Time = night
	wake(s, d, pokes)
	if got := s.Sent(); got != "2026-11-19_correction-1 a@x.no" {
		t.Errorf("at night: %q", got)
	}
	asked := src.asked.Load()
	for range 3 {
		s.Clock.Time = s.Clock.Add(10 * time.Minute)
		wake(s, d, pokes)
	}
	if got := s.Sent(); got != "" || src.asked.Load() != asked {
		t.Errorf("later that night: %q, asked %d times more", got, src.asked.Load()-asked)
	}
}

// changing is a source whose answer changes while a daemon runs.
type changing struct {
	paymenttest.Source
	mu    sync.Mutex
	asked atomic.Int64
}

func (c *changing) set(list ...payment.Transaction) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Sales = list
}

func (c *changing) Transactions(context.Context, payment.Query) iter.Seq2[payment.Transaction, error] {
	c.asked.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	return paymenttest.Listing(slices.Clone(c.Sales), nil)
}

package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/ledger"
	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

func TestStoresOfOneNameAreToldApart(t *testing.T) {
	a, b := sold(t, "a", "2026-11-19", "Torget", 1000), sold(t, "b", "2026-11-19", "Torget", 2000)
	a.Store.ID, b.Store.ID = "sc1", "sc2"
	s := newShop(t, things{transactions: []fetch.Transaction{a, b, sold(t, "c", "2026-11-12", "Oslo", 1)}}, mailed("a@x.no"))
	_, text := s.read("2026-11-12", "2026-11-19")
	for _, want := range []string{"Torget (sc1)", "Torget (sc2)"} {
		if strings.Count(text, want) != 2 {
			t.Errorf("%q is not among the changes and the stores:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Oslo (") {
		t.Errorf("there is one Oslo:\n%s", text)
	}
}

func TestAStoreThatWasRenamedHasTheSameNameEachTime(t *testing.T) {
	var sales things
	for i := range 9 {
		tx := sold(t, fmt.Sprint("n", i), "2026-11-19", "", 100)
		tx.Store = fetch.Store{ID: "sc1", Name: fmt.Sprintf("Navn %d", i)}
		sales.transactions = append(sales.transactions, tx)
	}
	sales.transactions = append(sales.transactions, sold(t, "m", "2026-11-19", "Bergen", 100), sold(t, "o", "2026-11-12", "Bergen", 100))
	for range 5 {
		s := newShop(t, sales, mailed("a@x.no"))
		_, text := s.read("2026-11-12", "2026-11-19")
		_, changes, _ := strings.Cut(text, "Største endringer")
		changes, _, _ = strings.Cut(changes, "Per betalingsmåte")
		if !strings.Contains(changes, "Navn 8") || strings.Contains(changes, "Navn 7") {
			t.Fatalf("the store has another name among the changes:\n%s", text)
		}
	}
}

func TestWhatIsComparedNamesItsCurrencyAsTheRestDoes(t *testing.T) {
	euro := sold(t, "e", "2026-11-19", "Oslo", 700)
	euro.Currency = "EUR"
	was, euroWas := sold(t, "o", "2026-11-12", "Oslo", 1), sold(t, "f", "2026-11-12", "Oslo", 1)
	euroWas.Currency = "EUR"
	s := newShop(t, things{transactions: []fetch.Transaction{sold(t, "n", "2026-11-19", "Oslo", 900), euro, was, euroWas}}, mailed("a@x.no"))
	if o := s.run("2026-11-12"); o != (Outcome{}) {
		t.Fatal(s.said())
	}
	s.letters()
	s.run("2026-11-19")
	letter := s.letters()[0]
	_, text := subjectAndText(t, letter)
	if !strings.Contains(text, "(forrige torsdag: NOK 0,01)") || strings.Contains(text, "0,01 kr") {
		t.Errorf("kroner by two names:\n%s", text)
	}
	_, preview, _ := strings.Cut(strings.ReplaceAll(string(letter.HTML), "\u00a0", " "), `class="preview"`)
	if preview, _, _ = strings.Cut(preview, "</div>"); !strings.Contains(preview, "EUR: Innløst 7,00 (1 innløsning)") || !strings.Contains(preview, "NOK: Innløst 9,00") {
		t.Errorf("amounts of several currencies in the preview are of none: %s", preview)
	}
}

func TestAnEmptyReportSaysInItsSubjectWhetherItAgrees(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	fs := &Figures{words: words, totals: newTotals()}
	for state, want := range map[render.CheckState]string{render.Differs: "ingen, avvik mot Dintero", render.Agrees: "ingen, avstemt", render.NotChecked: "ingen"} {
		if got := strings.Join(answered(fs, Statement{lead: "Ingen.", check: render.Check{State: state}}, words), ", "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAReportNumberIsNoAmount(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	fs, s := &Figures{words: words}, Statement{number: 1234}
	if got := s.numbered(words); got != "Rapport nr. 1234" {
		t.Error(got)
	}
	j := Job{Report: report(reportconfig.Transactions{}, "no"), Period: parsePeriod(t, "2026-11-19")}
	if got := subject(render.Organization{}, j, fs, s); !strings.HasSuffix(got, "nr. 1234") {
		t.Error(got)
	}
}

func TestAFirstTrialHasTheNumberOfTheFirstReport(t *testing.T) {
	s := newShop(t, fourThursdays(t), mailed("a@x.no"))
	number := func(day string) int {
		p := parsePeriod(t, day)
		n, err := Unwritten{s.archive, time.UTC}.NextNumber(t.Context(), ledger.Key{Report: "test", From: p.From, To: p.To})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := number("2026-11-19"); n != 1 {
		t.Errorf("nothing was made, and it is number %d", n)
	}
	s.read("2026-11-17", "2026-11-18")
	if n := number("2026-11-19"); n != 3 {
		t.Errorf("two are in the archive, and it is number %d", n)
	}
}

func TestCurrenciesThatHaveNoRoomAreCounted(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	fs := &Figures{words: words, totals: newTotals()}
	fs.totals.rows = 1
	s := Statement{headlines: []render.Headline{{Amount: "A"}, {Amount: "B"}, {Amount: "C"}, {Amount: "D"}}}
	if got, want := strings.Join(answered(fs, s, words), ", "), "A, B, C og 1 valuta til"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEachDayIsOnceOnTheAxisOfAChart(t *testing.T) {
	for zone, week := range map[string]string{"Europe/Oslo": "2026-03-23", "America/Santiago": "2026-08-31", "Africa/Cairo": "2026-04-20", "America/Havana": "2026-03-02", "Asia/Beirut": "2026-03-23"} {
		where, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		monday, err := time.ParseInLocation(dayLayout, week, where)
		if err != nil {
			t.Fatal(err)
		}
		p := reportconfig.Weekly.Containing(monday.Add(84*time.Hour), where)
		var days []string
		for _, noon := range noons(p) {
			if day := noon.Format(dayLayout); len(days) == 0 || days[len(days)-1] != day {
				days = append(days, day)
			} else {
				t.Errorf("%s: %s comes twice", zone, day)
			}
		}
		if len(days) != 7 {
			t.Errorf("%s: %v", zone, days)
		}
	}
	apia, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(noons(reportconfig.Monthly.Containing(time.Date(2011, 12, 5, 12, 0, 0, 0, apia), apia))); n != 30 {
		t.Errorf("December 2011 had 30 days in Apia, not %d", n)
	}
}

func TestWhatIsAuthorisedAndThenCapturedIsNotSummed(t *testing.T) {
	o := order(t, operation(t, fetch.Authorization, "a1", 5000), operation(t, fetch.Capture, "c1", 5000))
	rep := mailed("a@x.no")
	rep.Data, rep.ContentTypes = reportconfig.Orders{}, []reportconfig.ContentType{reportconfig.CSV}
	s := newShop(t, things{orders: []fetch.Order{o}}, rep)
	s.run("2026-11-19")
	letter := s.letters()[0]
	if html := strings.ReplaceAll(string(letter.HTML), "\u00a0", " "); !strings.Contains(html, "50,00") || strings.Contains(html, "100,00") || strings.Contains(html, ">Sum<") {
		t.Error("the same money is summed twice")
	}
}

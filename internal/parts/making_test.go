package parts_test

import (
	"context"
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// sheet are the lines of the control sheet of a period, by their first and fourth cell.
func sheet(t *testing.T, s *shoptest.Shop, period string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Archive, "torget", period, "salg_"+period+"_control.csv"))
	paymenttest.Must(t, err)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\xEF\xBB\xBF")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	paymenttest.Must(t, err)
	lines := map[string][]string{}
	for _, row := range rows {
		lines[strings.TrimSpace(row[0]+" "+row[3])] = row
	}
	return lines
}

// got are the messages since the last call, as "recipient: Message-ID".
func got(s *shoptest.Shop) (to []string) {
	for _, f := range s.Letters() {
		to = append(to, f.To)
	}
	slices.Sort(to)
	return to
}

const twoSellers = "value,name,emails,language\na,Kari,kari@a.example,\nb,Ola,ola@b.example ola2@b.example,en\n"

func TestEachPartIsAReportOfItsOwn(t *testing.T) {
	s := market(t, twoSellers+"idle,Ingen,ingen@idle.example,\n", paymenttest.SplitTransaction(t), paymenttest.Captured(t, "n", 500), shared(t, "x", map[string]int64{"unlisted": 250}, "unlisted"))
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Fatalf("%+v %s", o, s.Said())
	}
	if to := got(s); !slices.Equal(to, []string{"drift@torget.example", "ingen@idle.example", "kari@a.example", "ola2@b.example", "ola@b.example"}) {
		t.Errorf("mailed %q", to)
	}
	lines := sheet(t, s, "2026-11-19")
	for key, want := range map[string]string{
		"Del Valuta":       "Del;Navn;Mottakere;Valuta;Innløsninger;Innløst;Refusjoner;Refundert;Netto",
		"a NOK":            "a;Kari;kari@a.example;NOK;1;7,00;0;0,00;7,00",
		"b NOK":            "b;Ola;ola@b.example ola2@b.example;NOK;1;3,00;0;0,00;3,00",
		"idle NOK":         "idle;Ingen;ingen@idle.example;NOK;0;0,00;0;0,00;0,00",
		"unlisted NOK":     "unlisted;;;NOK;1;2,50;0;0,00;2,50",
		"Ikke fordelt NOK": "Ikke fordelt;;;NOK;1;5,00;0;0,00;5,00",
		"Sum NOK":          "Sum;;;NOK;4;17,50;0;0,00;17,50",
		"Konto NOK":        "Konto;;;NOK;3;17,50;0;0,00;17,50",
	} {
		if line := strings.Join(lines[key], ";"); line != want {
			t.Errorf("%s: got %s, want %s", key, line, want)
		}
	}
	if len(lines) != 8 {
		t.Errorf("%d lines: %q", len(lines), slices.Sorted(maps.Keys(lines)))
	}
	english, err := os.ReadFile(filepath.Join(s.Archive, "torget", "b", "2026-11-19", "salg_2026-11-19.csv"))
	if err != nil || !strings.Contains(string(english), "Captured") || !strings.Contains(string(english), "3.00") {
		t.Errorf("the part of b, in its own language: %v %s", err, english)
	}
	if o := s.Run(); o != (builder.Outcome{}) || len(got(s)) != 0 {
		t.Errorf("and nothing twice: %+v %s", o, s.Said())
	}
	book := s.Open()
	defer book.Close()
	for id, want := range map[string]int{"torget": 1, "torget.a": 1, "torget.b": 1, "torget.unlisted": 1} {
		rows, err := book.Periods(t.Context(), ledger.Filter{Report: id})
		if err != nil || len(rows) != 1 || rows[0].Number != want || rows[0].State != ledger.Made {
			t.Errorf("%s: %v %+v", id, err, rows)
		}
	}
}

func TestNumbersOfAPartRunByThemselves(t *testing.T) {
	early := shared(t, "early", map[string]int64{"a": 100}, "a")
	late := shared(t, "late", map[string]int64{"a": 100, "c": 300}, "a", "c")
	for i := range late.Events {
		late.Events[i].CreatedAt = late.Events[i].CreatedAt.AddDate(0, 0, 1)
	}
	s := market(t, "value,emails\na,kari@a.example\nc,c@c.example\n", early)
	s.Reports[0].SkipEmpty = true
	s.Run()
	if to := got(s); !slices.Equal(to, []string{"drift@torget.example", "kari@a.example"}) {
		t.Errorf("a part without rows is mailed as the report wants it: %q", to)
	}
	s.Source = paymenttest.Source{Sales: []payment.Transaction{early, late}}
	list(t, s.Reports[0], "value,emails\na,kari@a.example\n") // c is taken off the list
	s.Days(1)
	s.Run()
	if to := got(s); !slices.Equal(to, []string{"drift@torget.example", "kari@a.example"}) {
		t.Errorf("whose address was removed gets nothing more: %q", to)
	}
	if line := strings.Join(sheet(t, s, "2026-11-20")["c NOK"], ";"); line != "c;;;NOK;1;3,00;0;0,00;3,00" {
		t.Errorf("and is a line: %q", line)
	}
	book := s.Open()
	defer book.Close()
	for _, id := range []string{"torget.a", "torget.c"} {
		rows, err := book.Periods(t.Context(), ledger.Filter{Report: id})
		if err != nil || len(rows) != 2 || rows[0].Number != 2 {
			t.Errorf("%s: %v %+v", id, err, rows)
		}
	}
}

func TestAFaultInTheAddressesKeepsAllBack(t *testing.T) {
	s := market(t, twoSellers, paymenttest.SplitTransaction(t))
	list(t, s.Reports[0], "value;name;emails\r\na;Kari;kari@a.example\r\nb;Ola;ola at b\r\n")
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) || len(got(s)) != 0 {
		t.Errorf("%+v %s", o, s.Said())
	}
	if fault := s.Events[len(s.Events)-1].Error; !strings.Contains(fault, "sellers.csv:3:7: emails: ") {
		t.Errorf("said %q", fault)
	}
	if held, err := filepath.Glob(filepath.Join(s.Archive, "torget", "*")); err != nil || len(held) != 0 {
		t.Errorf("left %q, %v", held, err)
	}
	list(t, s.Reports[0], twoSellers)
	if o := s.Run(); o != (builder.Outcome{}) || len(got(s)) != 4 {
		t.Errorf("once it is mended: %+v %s", o, s.Said())
	}
}

func TestNamesThatAreAlikeNeverChangePlaces(t *testing.T) {
	sale := func(seller string) payment.Transaction {
		return shared(t, "t"+seller, map[string]int64{seller: 100}, seller)
	}
	s := market(t, "value,emails\nTorsk AS,first@t.example\n", sale("Torsk AS"), sale("2026-11-19"), sale("Æ"), sale("con"))
	s.Run()
	for _, name := range []string{"torsk-as", "2026-11-19-2", "ae", "con-2"} {
		if _, err := os.Stat(filepath.Join(s.Archive, "torget", name, "2026-11-19")); err != nil {
			t.Error(err)
		}
	}
	list(t, s.Reports[0], "value,emails\nTORSK-AS,second@t.example\nTorsk AS,first@t.example\n") // comes first in every order
	next := []payment.Transaction{sale("TORSK-AS"), sale("Torsk AS")}
	for i := range next {
		for j := range next[i].Events {
			next[i].Events[j].CreatedAt = next[i].Events[j].CreatedAt.AddDate(0, 0, 1)
		}
	}
	s.Source = paymenttest.Source{Sales: next}
	s.Days(1)
	s.Letters()
	s.Run()
	book := s.Open()
	defer book.Close()
	for id, to := range map[string]string{"torget.torsk-as": "first@t.example", "torget.torsk-as-2": "second@t.example"} {
		rows, err := book.Deliveries(t.Context(), ledger.Filter{Report: id, Period: "2026-11-20"})
		if err != nil || len(rows) != 1 || rows[0].Recipient != to {
			t.Errorf("%s: %v %+v", id, err, rows)
		}
	}
}

// TestADeathBetweenPartsLosesNothingAndSendsNothingTwice ends the process at every message.
func TestADeathBetweenPartsLosesNothingAndSendsNothingTwice(t *testing.T) {
	for dies := range 5 {
		s := market(t, twoSellers, paymenttest.SplitTransaction(t))
		book := s.Open()
		d := s.Engine(book, nil)
		sent := 0
		s.Box.During = func(ourmail.Frozen) {
			if sent++; sent == dies+1 {
				book.Close()
			}
		}
		_, _ = d.Run(context.Background(), engine.Selection{})
		book.Close()
		s.Box.During = nil
		s.Run()
		byID := map[string]int{}
		for _, f := range s.Letters() {
			byID[f.To]++
		}
		if len(byID) != 4 {
			t.Errorf("dies at %d: %v", dies, byID)
		}
		for to, n := range byID {
			if n > 2 || n == 2 && s.Delivery(to).Uncertain == 0 {
				t.Errorf("dies at %d: %s got it %d times, and nobody counted", dies, to, n)
			}
		}
	}
}

func TestAPartIsAskedForByItsID(t *testing.T) {
	s := market(t, twoSellers, paymenttest.SplitTransaction(t))
	run := func(reports []string, jobs ...report.Job) {
		t.Helper()
		book := s.Open()
		defer book.Close()
		s.Events = nil
		if o, err := s.Engine(book, nil).Run(t.Context(), engine.Selection{Reports: reports, Jobs: jobs}); err != nil || o != (builder.Outcome{}) {
			t.Fatalf("%+v %v %s", o, err, s.Said())
		}
	}
	run([]string{"torget.a"})
	if to := got(s); !slices.Equal(to, []string{"kari@a.example"}) {
		t.Errorf("a alone: %q", to)
	}
	part := report.PartOf(s.Reports[0], "b", reportconfig.Part{Value: "b"})
	run(nil, report.Job{Report: part, Period: paymenttest.Period(t, "2026-11-19")})
	if to := got(s); !slices.Equal(to, []string{"ola2@b.example", "ola@b.example"}) {
		t.Errorf("b by its period: %q", to)
	}
	run([]string{"torget"})
	if to := got(s); !slices.Equal(to, []string{"drift@torget.example"}) {
		t.Errorf("the whole: %q", to)
	}
}

package parts_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// correctingMarket is a market whose recipients get corrections, and whose first day is made.
func correctingMarket(t *testing.T, sales ...payment.Transaction) *shoptest.Shop {
	t.Helper()
	s := market(t, twoSellers, sales...)
	s.Operator = &mail.Address{Address: "ops@torget.example"}
	s.Reports[0].Corrections = reportconfig.CorrectRecipients
	s.Run()
	s.Letters()
	return s
}

// corrections runs a day later, when the source has other sales, and gives who was mailed a correction.
func corrections(t *testing.T, s *shoptest.Shop, sales ...payment.Transaction) (to []string) {
	t.Helper()
	s.Days(1)
	s.Source = paymenttest.Source{Sales: sales}
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Fatalf("%+v %s", o, s.Said())
	}
	for _, m := range s.Letters() {
		if subject, _ := shoptest.SubjectAndText(t, m); strings.Contains(subject, "rettelse") || strings.Contains(subject, "correction") {
			to = append(to, m.To)
		}
	}
	slices.Sort(to)
	return to
}

// changed sums what a correction has added, and removed, in øre; found is false where there is none.
func changed(t *testing.T, s *shoptest.Shop, part string, n int) (sum int64, found bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Archive, "torget", part, "2026-11-19", fmt.Sprintf("salg_2026-11-19_correction-%d.csv", n)))
	if os.IsNotExist(err) {
		return 0, false
	}
	paymenttest.Must(t, err)
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if r.Comma = ';'; bytes.Contains(data[:40], []byte(",")) {
		r.Comma = ','
	}
	rows, err := r.ReadAll()
	paymenttest.Must(t, err)
	net := max(slices.Index(rows[0], "Netto"), slices.Index(rows[0], "Net"))
	for _, row := range rows[1:] {
		minor, err := strconv.ParseInt(strings.NewReplacer(",", "", ".", "").Replace(row[net]), 10, 64)
		paymenttest.Must(t, err)
		switch row[len(row)-1] {
		case "Fjernet", "Removed":
			minor = -minor
		case "Lagt til", "Added":
		default:
			t.Fatalf("%s: %q", part, row)
		}
		sum += minor
	}
	return sum, true
}

func TestASellerGetsACorrectionOfTheirPartOnce(t *testing.T) {
	both, alone := shared(t, "both", map[string]int64{"a": 700, "b": 300}, "a", "b"), shared(t, "alone", map[string]int64{"a": 50}, "a")
	s := correctingMarket(t, both, alone)
	if to := corrections(t, s, both, alone); to != nil {
		t.Errorf("nothing changed: %q", to)
	}
	dearer := shared(t, "both", map[string]int64{"a": 700, "b": 410}, "a", "b")
	if to := corrections(t, s, dearer, alone); !slices.Equal(to, []string{"drift@torget.example", "ola2@b.example", "ola@b.example"}) {
		t.Errorf("b's share is another, and mailed is %q: %s", to, s.Said())
	}
	for part, want := range map[string]int64{"": 110, "b": 110} {
		if sum, found := changed(t, s, part, 1); !found || sum != want {
			t.Errorf("%q: %d, %t", part, sum, found)
		}
	}
	for range 2 {
		if to := corrections(t, s, alone, dearer); to != nil {
			t.Errorf("again: %q", to)
		}
	}
	if to := corrections(t, s, alone); !slices.Equal(to, []string{"drift@torget.example", "kari@a.example", "ola2@b.example", "ola@b.example"}) {
		t.Errorf("the sale is gone: %q", to)
	}
	if sum, found := changed(t, s, "b", 2); !found || sum != -410 {
		t.Errorf("the second of b: %d, %t", sum, found)
	}
	if sum, found := changed(t, s, "a", 1); !found || sum != -700 {
		t.Errorf("the first of a: %d, %t", sum, found)
	}
	if told := s.Alarms(); told != "" {
		t.Errorf("the operator is told %q", told)
	}
}

// TestWhatGoesToAnotherSellerIsTheirsAlone: the account has what it had.
func TestWhatGoesToAnotherSellerIsTheirsAlone(t *testing.T) {
	s := correctingMarket(t, shared(t, "x", map[string]int64{"a": 700, "b": 300}, "a", "b"))
	moved := shared(t, "x", map[string]int64{"a": 600, "b": 400}, "a", "b")
	for i, want := range [][]string{{"kari@a.example", "ola2@b.example", "ola@b.example"}, nil} {
		if to := corrections(t, s, moved); !slices.Equal(to, want) {
			t.Errorf("night %d: %q", i, to)
		}
	}
	a, _ := changed(t, s, "a", 1)
	b, _ := changed(t, s, "b", 1)
	if _, found := changed(t, s, "", 1); found || a != -100 || b != 100 {
		t.Errorf("a %d, b %d, the whole %t", a, b, found)
	}
}

func TestTheOperatorIsToldOfPartsWhereTheWholeIsAsItWas(t *testing.T) {
	s := correctingMarket(t, shared(t, "x", map[string]int64{"a": 700, "b": 300}, "a", "b"))
	s.Reports[0].Corrections = reportconfig.TellOperator
	moved := shared(t, "x", map[string]int64{"a": 600, "b": 400}, "a", "b")
	if to := corrections(t, s, moved); to != nil {
		t.Errorf("mailed %q", to)
	}
	if told := s.Alarms(); !strings.Contains(told, "torget.a 2026-11-19") || !strings.Contains(told, "torget.b 2026-11-19") {
		t.Errorf("told %q", told)
	}
	dearer := shared(t, "x", map[string]int64{"a": 600, "b": 500}, "a", "b")
	corrections(t, s, dearer)
	if told := s.Alarms(); !strings.Contains(told, "torget 2026-11-19") || strings.Contains(told, "torget.b") {
		t.Errorf("of the whole: told %q", told)
	}
	corrections(t, s, dearer)
	if told := s.Alarms(); told != "" {
		t.Errorf("told again %q", told)
	}
}

// TestACorrectionOfAPartHasNothingOfAnother searches its files and its mail.
func TestACorrectionOfAPartHasNothingOfAnother(t *testing.T) {
	s := correctingMarket(t, shared(t, "x", map[string]int64{"a": 71100, "b": 52200}, "a", "b"))
	s.Reports[0].ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV, reportconfig.XLSX}
	s.Days(1)
	s.Source = paymenttest.Source{Sales: []payment.Transaction{shared(t, "x", map[string]int64{"a": 81100, "b": 52200}, "a", "b"), shared(t, "new", map[string]int64{"b": 333300}, "b")}}
	s.Run()
	seen := 0
	for _, m := range s.Letters() {
		subject, text := shoptest.SubjectAndText(t, m)
		if m.To != "kari@a.example" || !strings.Contains(subject, "rettelse") {
			continue
		}
		seen++
		for _, word := range append(ofMail(t, m.Bytes()), subject, text) {
			for _, other := range []string{"Ola", "b.example", "3333,00", "3 333,00", "522,00", "4 666,00"} {
				if strings.Contains(strings.ReplaceAll(word, "\u00a0", " "), other) {
					t.Errorf("%q stands in %.300s", other, around(word, other))
				}
			}
		}
	}
	if seen != 1 {
		t.Errorf("%d corrections", seen)
	}
	paths, err := filepath.Glob(filepath.Join(s.Archive, "torget", "a", "2026-11-19", "*correction-1.*"))
	if err != nil || len(paths) != 3 {
		t.Fatalf("%q, %v", paths, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		paymenttest.Must(t, err)
		for _, word := range unpacked(t, path, data) {
			if strings.Contains(word, "333300") || strings.Contains(word, "Ola") || strings.Contains(word, "3333,00") {
				t.Errorf("%s: %.300s", path, word)
			}
		}
	}
}

// TestCorrectionsOfPartsAddUpToTheWholes: whatever changes, with what is nobody's.
func TestCorrectionsOfPartsAddUpToTheWholes(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 4
	}
	r := rand.New(rand.NewPCG(15, 9))
	random := func(id int) payment.Transaction {
		shares, order := map[string]int64{}, []string{"a", "b", "idle", ""}
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		order = order[:1+r.IntN(3)]
		for _, seller := range order {
			shares[seller] = 100 + r.Int64N(900)
		}
		return shared(t, fmt.Sprint("t", id), shares, order...)
	}
	seen := 0
	for round := range rounds {
		var sales []payment.Transaction
		for i := range 2 + r.IntN(4) {
			sales = append(sales, random(i))
		}
		s := market(t, twoSellers+"idle,Ingen,ingen@idle.example,\n", sales...)
		s.Reports[0].Corrections = reportconfig.CorrectRecipients
		s.Run()
		nobodys := func(list []payment.Transaction) (sum int64) {
			for _, tx := range list {
				for _, line := range tx.Lines {
					if line.Splits[0].PayoutDestination == "" {
						sum += line.Amount
					}
				}
			}
			return sum
		}
		for n := range 2 {
			before := slices.Clone(sales)
			for range 1 + r.IntN(3) {
				switch i := r.IntN(len(sales)); r.IntN(3) {
				case 0:
					sales = append(sales, random(100*(n+1)+len(sales)))
				default:
					sales[i] = random(i)
				}
			}
			was := map[string]int{}
			for _, part := range []string{"", "a", "b", "idle"} {
				for _, found := changed(t, s, part, was[part]+1); found; _, found = changed(t, s, part, was[part]+1) {
					was[part]++
				}
			}
			corrections(t, s, sales...)
			whole, _ := changed(t, s, "", was[""]+1)
			parts := nobodys(sales) - nobodys(before)
			for _, part := range []string{"a", "b", "idle"} {
				sum, found := changed(t, s, part, was[part]+1)
				if parts += sum; found {
					seen++
				}
			}
			if parts != whole {
				t.Fatalf("round %d.%d: the parts and what is nobody's come to %d, the whole to %d", round, n, parts, whole)
			}
		}
	}
	if seen < rounds {
		t.Errorf("%d corrections of parts: that tries little", seen)
	}
}

// TestAPartWhoseFileIsGoneIsToldOf: that it may have changed is known to nobody but the operator then.
func TestAPartWhoseFileIsGoneIsToldOf(t *testing.T) {
	s := correctingMarket(t, shared(t, "x", map[string]int64{"a": 700, "b": 300}, "a", "b"))
	paymenttest.Must(t, os.Remove(filepath.Join(s.Archive, "torget", "a", "2026-11-19", "salg_2026-11-19.csv")))
	moved := shared(t, "x", map[string]int64{"a": 600, "b": 400}, "a", "b")
	for i, want := range [][]string{{"ola2@b.example", "ola@b.example"}, nil, nil} {
		if to := corrections(t, s, moved); !slices.Equal(to, want) {
			t.Errorf("night %d: %q", i, to)
		}
		if told := s.Alarms(); strings.Contains(told, "torget.a 2026-11-19") != (i == 0) {
			t.Errorf("night %d: the operator is told %q", i, told)
		}
	}
}

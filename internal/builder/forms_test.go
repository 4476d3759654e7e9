package builder_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"rapport/internal/archive"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

// endings are those of the files of a report.
func endings(files []archive.File) string {
	var out []string
	for _, f := range files {
		out = append(out, f.Path[strings.LastIndexByte(f.Path, '.')+1:])
	}
	return strings.Join(out, " ")
}

// unzipped is a file of a spreadsheet.
func unzipped(t *testing.T, book, name string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := io.Copy(&out, f); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestASpreadsheetHasTheRowsOfTheCSVAndTheTotals(t *testing.T) {
	lines := []string{paid("t1", 1_234_50, ""), instead(paid("t2", 100_00, ""), `"merchant_reference":"ORD-t2"`, `"merchant_reference":"00123"`)}
	both := []reportconfig.ContentType{reportconfig.CSV, reportconfig.XLSX}
	for data, report := range map[string]*reportconfig.Report{
		"transactions": paymenttest.Report(reportconfig.Transactions{}, "no"), "open": paymenttest.Report(reportconfig.Open{}, "no"),
	} {
		s := setting{report: report, forms: both}.make(t, lines...)
		if s.Err != nil || endings(s.Files) != "csv xlsx" || !slices.Equal(s.attached, []string{"dagsoppgjoer_2026-11-19.csv", "dagsoppgjoer_2026-11-19.xlsx"}) {
			t.Fatalf("%s: %v, %v, attached %v", data, s.Err, s.Files, s.attached)
		}
	}
	s := setting{forms: []reportconfig.ContentType{reportconfig.XLSX}}.make(t, lines...)
	if s.Err != nil || endings(s.Files) != "xlsx" {
		t.Fatal(s.Err, s.Files)
	}
	rows, totals := unzipped(t, s.csv, "xl/worksheets/sheet1.xml"), unzipped(t, s.csv, "xl/worksheets/sheet2.xml")
	for _, want := range []string{">Tidspunkt<", ">00123<", "<v>1234.50</v>", ">payex.creditcard<"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the rows lack %s", want)
		}
	}
	if strings.Count(rows, "<row ") != 3 {
		t.Errorf("%d rows with the header", strings.Count(rows, "<row "))
	}
	for _, want := range []string{"<v>1334.50</v>", ">Kort · Swedbank Pay<", ">T12345678<"} {
		if !strings.Contains(totals, want) {
			t.Errorf("the totals lack %s", want)
		}
	}
	again := setting{forms: []reportconfig.ContentType{reportconfig.XLSX}}.make(t, lines...)
	if again.csv != s.csv {
		t.Error("the same data made another file")
	}
}

func TestAPDFOfTotalsLeavesTheRowsToOthers(t *testing.T) {
	var lines []string
	for i := range 200 {
		lines = append(lines, paid(fmt.Sprintf("t%05d", i), 100+i, ""))
	}
	for said, forms := range map[string][]reportconfig.ContentType{
		"De 200 radene står i CSV-filen":      {reportconfig.PDF, reportconfig.CSV},
		"de 200 radene er utelatt":            {reportconfig.PDF},
		"Dette dokumentet har summene; de 20": {reportconfig.PDF, reportconfig.XLSX},
	} {
		rep := paymenttest.Report(reportconfig.Transactions{}, "no")
		rep.TotalsPDF = true
		s := setting{report: rep, forms: forms}.make(t, lines...)
		if s.Err != nil || len(s.Files) != len(forms) {
			t.Fatal(s.Err, s.Files)
		}
		if text := strings.Join(strings.Fields(s.copied(t)), " "); !strings.Contains(text, said) || strings.Contains(text, "ORD-t00100") || strings.Contains(text, "Side 1 av 3") {
			t.Errorf("%v: %s", forms, text)
		}
	}
}

func TestWhatTheBankDoesNotGetIsSaid(t *testing.T) {
	gift := instead(paid("t2", 250_00, ""), `"payex.creditcard"`, `"dintero.wallets"`)
	s := setting{}.make(t, paid("t1", 1_000_00, ""), gift)
	want := "I netto inngår betalinger som Dintero ikke utbetaler til banken: Gavekort NOK 250,00."
	for _, text := range []string{s.copied(t), s.text} {
		if flat := strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " "); !strings.Contains(flat, want) || !strings.Contains(flat, "Kort · Swedbank Pay") || strings.Contains(flat, "payex.") {
			t.Errorf("%s", flat)
		}
	}
	if plain := (setting{}).make(t, paid("t1", 1_000_00, "")); strings.Contains(plain.text, "utbetaler") {
		t.Errorf("it is said of nothing: %s", plain.text)
	}
}

func TestASellerReadsOnPageOneThatItIsNoPayout(t *testing.T) {
	s := setting{report: paymenttest.Report(reportconfig.Transactions{Sellers: []string{"P1"}}, "no")}.make(t, paid("t1", 1_000_00, ""))
	first, _, _ := strings.Cut(s.copied(t), "\f")
	if want := "Andelen til P1, før gebyrer – ikke en utbetaling"; s.Err != nil || !strings.Contains(first, want) {
		t.Errorf("%v: page one does not say %q:\n%s", s.Err, want, first)
	}
}

package builder

import (
	"fmt"
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/split"
	"rapport/reportconfig"
)

func TestAVoucherPastTheCapOfThePDFSaysThatTheArchiveHasTheRows(t *testing.T) {
	var src paymenttest.Source
	for i := range MaxPDFRows + 1 {
		src.Sales = append(src.Sales, paymenttest.Captured(t, fmt.Sprintf("t%06d", i), 100))
	}
	for asVoucher, want := range map[bool]string{true: "archive", false: "attached"} {
		r := newBuilder(t, src)
		rep := paymenttest.Voucher(reportconfig.PDF)
		rep.Voucher, rep.Language = asVoucher, "en"
		a := batchOf(t, "2026-11-19", rep)
		r.buildAll(t.Context(), a)
		if a[0].err != nil || len(a[0].files) != 2 {
			t.Fatalf("%v: %+v", a[0].err, a[0].files)
		}
		if says := r.document(a[0]).RowsElsewhere; !strings.Contains(says, want) || !strings.Contains(says, "20,001") {
			t.Errorf("voucher %v: %s", asVoucher, says)
		}
		p, err := letterOf(t, a[0]).Attach(a[0].files, 10_000_000)
		if err != nil || len(p.Omitted) > 0 || (len(p.Attachments) == 1) != asVoucher {
			t.Errorf("voucher %v: %d files are attached, %v left: %v", asVoucher, len(p.Attachments), p.Omitted, err)
		}
	}
}

// TestAVoucherNamesNoSpreadsheet: it is mailed alone, though one is made.
func TestAVoucherNamesNoSpreadsheet(t *testing.T) {
	for asVoucher, want := range map[bool]string{true: "document.columns_left_out", false: "document.columns_in_xlsx"} {
		r := newBuilder(t, paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "t1", 100)}})
		rep := paymenttest.Voucher(reportconfig.PDF, reportconfig.XLSX)
		rep.Voucher = asVoucher
		a := batchOf(t, "2026-11-19", rep)
		r.buildAll(t.Context(), a)
		if a[0].err != nil {
			t.Fatal(a[0].err)
		}
		characters := map[bool]string{false: "document.characters_in_xlsx"}[asVoucher]
		if d := r.document(a[0]); d.ColumnsElsewhere != want || d.CharactersElsewhere != characters {
			t.Errorf("voucher %v: %s, %s", asVoucher, d.ColumnsElsewhere, d.CharactersElsewhere)
		}
	}
}

// TestADocumentAloneNamesNoCSV that its reader does not get; a control sheet has always one.
func TestADocumentAloneNamesNoCSV(t *testing.T) {
	for csv, want := range map[bool]string{true: "document.characters_in_csv", false: ""} {
		r := newBuilder(t, paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "t1", 100)}})
		rep := paymenttest.Voucher(reportconfig.PDF)
		if rep.Voucher = false; csv {
			rep.ContentTypes = append(rep.ContentTypes, reportconfig.CSV)
		}
		a := batchOf(t, "2026-11-19", rep)
		r.buildAll(t.Context(), a)
		if a[0].err != nil {
			t.Fatal(a[0].err)
		}
		if d := r.document(a[0]); d.CharactersElsewhere != want {
			t.Errorf("with a CSV %v: %q", csv, d.CharactersElsewhere)
		}
		a[0].sheet = &split.Sheet{}
		d, err := r.sheetDocument(a[0])
		if err != nil || d.ColumnsElsewhere != "document.columns_in_csv" || d.CharactersElsewhere != "document.characters_in_csv" {
			t.Errorf("a control sheet: %v, %q, %q", err, d.ColumnsElsewhere, d.CharactersElsewhere)
		}
	}
}

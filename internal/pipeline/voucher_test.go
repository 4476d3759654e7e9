package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/reportconfig"
)

// voucher is a daily report to an inbox that makes a voucher of each attachment.
func voucher(types ...reportconfig.ContentType) *reportconfig.Report {
	rep := mailed("bilag@x.no")
	rep.ContentTypes, rep.Voucher = types, true
	return rep
}

// filesOf are the names of a message's attachments.
func filesOf(message []byte) string {
	var names []string
	for _, part := range strings.Split(string(message), `filename="`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestAVoucherIsThePDFAloneAndTheArchiveHasAll(t *testing.T) {
	s := newShop(t, oneSale(t), voucher(reportconfig.PDF, reportconfig.CSV))
	s.box.failing("bilag@x.no", unknown())
	if o := s.run(); o != (Outcome{Waiting: true}) {
		t.Fatalf("%+v: %s", o, s.said())
	}
	s.box.fail = nil
	must(t, os.RemoveAll(filepath.Join(s.archive, "test", "2026-11-19", outgoing)))
	if o := s.run(); o != (Outcome{}) || len(s.box.got) != 2 || !cmp.Equal(s.box.got[0], s.box.got[1]) {
		t.Errorf("%+v: a voucher that is composed again is the same: %s", o, s.said())
	}
	for _, f := range s.box.got {
		if got := filesOf(f.Bytes); got != "transactions_2026-11-19.pdf" {
			t.Errorf("attached: %s", got)
		}
		if body := string(f.HTML); strings.Contains(body, "vedlagt") || strings.Contains(strings.ToLower(body), "csv") {
			t.Errorf("the mail speaks of what it does not carry:\n%s", body)
		}
	}
	for _, kind := range []string{".pdf", ".csv"} {
		if !exists(filepath.Join(s.archive, "test", "2026-11-19", "transactions_2026-11-19"+kind)) {
			t.Errorf("the archive has no %s", kind)
		}
	}
}

func TestAVoucherThatIsSentOnceMoreIsAVoucher(t *testing.T) {
	s := newShop(t, oneSale(t), voucher(reportconfig.CSV, reportconfig.PDF))
	s.run()
	id := s.delivery("bilag@x.no").ID
	book := s.open()
	_, err := book.Resend(t.Context(), id, s.clock.now())
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	s.reports[0].Voucher = false // what was made stays as it was made
	if o := s.run(); o != (Outcome{}) || len(s.box.got) != 2 || filesOf(s.box.got[1].Bytes) != "transactions_2026-11-19.pdf" {
		t.Errorf("%+v: %s", o, s.said())
	}
}

func TestATrialOfAVoucherIsOne(t *testing.T) {
	for _, asVoucher := range []bool{true, false} {
		box := &outbox{}
		rep := voucher(reportconfig.PDF, reportconfig.CSV)
		rep.Voucher = asVoucher
		p := previewOf(t, oneSale(t), t.TempDir(), box)
		p.To = &rep.Emails[0]
		o := p.All(t.Context(), []Job{{Report: rep, Period: parsePeriod(t, "2026-11-19")}}, func() {})
		if o != (Outcome{}) || len(box.got) != 1 {
			t.Fatal(o)
		}
		if got := filesOf(box.got[0].Bytes); strings.Contains(got, ".csv") == asVoucher || !strings.Contains(got, ".pdf") {
			t.Errorf("voucher %v: attached %s", asVoucher, got)
		}
	}
}

func TestAVoucherTooLargeForAMailIsSaidAsAnyFile(t *testing.T) {
	s := newShop(t, oneSale(t), voucher(reportconfig.PDF, reportconfig.CSV))
	s.max = bodyBytes + 5000
	s.run()
	if html := string(s.box.got[0].HTML); filesOf(s.box.got[0].Bytes) != "" || !strings.Contains(html, "transactions_2026-11-19.pdf") || strings.Contains(html, ".csv") {
		t.Errorf("attached %s, said:\n%s", filesOf(s.box.got[0].Bytes), html)
	}
}

func TestAVoucherPastTheCapOfThePDFSaysThatTheArchiveHasTheRows(t *testing.T) {
	var src things
	for i := range pdfRows + 1 {
		src.transactions = append(src.transactions, captured(t, fmt.Sprintf("t%06d", i), 100))
	}
	for asVoucher, want := range map[bool]string{true: "archive", false: "attached"} {
		r := newBuilder(t, src)
		rep := voucher(reportconfig.PDF)
		rep.Voucher, rep.Language = asVoucher, "en"
		a := batchOf(t, "2026-11-19", rep)
		r.buildAll(t.Context(), a)
		if a[0].err != nil || len(a[0].files) != 2 {
			t.Fatalf("%v: %+v", a[0].err, a[0].files)
		}
		if says := r.document(a[0]).RowsElsewhere; !strings.Contains(says, want) || !strings.Contains(says, "20,001") {
			t.Errorf("voucher %v: %s", asVoucher, says)
		}
		p, err := letterOf(t, a[0]).enclose(a[0].files, 10_000_000)
		if err != nil || len(p.left) > 0 || (len(p.attachments) == 1) != asVoucher {
			t.Errorf("voucher %v: %d files are attached, %v left: %v", asVoucher, len(p.attachments), p.left, err)
		}
	}
}

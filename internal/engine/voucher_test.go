package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

func TestAVoucherIsThePDFAloneAndTheArchiveHasAll(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Voucher(reportconfig.PDF, reportconfig.CSV))
	s.Box.Failing("bilag@x.no", shoptest.Unknown())
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	s.Box.Fail = nil
	paymenttest.Must(t, os.RemoveAll(filepath.Join(s.Archive, "test", "2026-11-19", archive.MadeDir)))
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || !cmp.Equal(s.Box.Got[0], s.Box.Got[1]) {
		t.Errorf("%+v: a voucher that is composed again is the same: %s", o, s.Said())
	}
	for _, f := range s.Box.Got {
		if got := shoptest.FilesOf(f.Bytes()); got != "transactions_2026-11-19.pdf" {
			t.Errorf("attached: %s", got)
		}
		if body := string(f.HTML); strings.Contains(body, "vedlagt") || strings.Contains(strings.ToLower(body), "csv") {
			t.Errorf("the mail speaks of what it does not carry:\n%s", body)
		}
	}
	for _, kind := range []string{".pdf", ".csv"} {
		if !archive.Exists(filepath.Join(s.Archive, "test", "2026-11-19", "transactions_2026-11-19"+kind)) {
			t.Errorf("the archive has no %s", kind)
		}
	}
}

func TestAVoucherThatIsSentOnceMoreIsAVoucher(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Voucher(reportconfig.CSV, reportconfig.PDF))
	s.Run()
	id := s.Delivery("bilag@x.no").ID
	book := s.Open()
	_, err := book.Resend(t.Context(), id, s.Clock.Now())
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	s.Reports[0].Voucher = false // what was made stays as it was made
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || shoptest.FilesOf(s.Box.Got[1].Bytes()) != "transactions_2026-11-19.pdf" {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

func TestAVoucherTooLargeForAMailIsSaidAsAnyFile(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Voucher(reportconfig.PDF, reportconfig.CSV))
	s.Max = message.BodyBytes + 5000
	s.Run()
	if html := string(s.Box.Got[0].HTML); shoptest.FilesOf(s.Box.Got[0].Bytes()) != "" || !strings.Contains(html, "transactions_2026-11-19.pdf") || strings.Contains(html, ".csv") {
		t.Errorf("attached %s, said:\n%s", shoptest.FilesOf(s.Box.Got[0].Bytes()), html)
	}
}

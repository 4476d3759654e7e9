package preview_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/builder"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/preview"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// TestATrialShowsAllThatWouldGoOut, with the numbers that it will have, and owes it still.
func TestATrialShowsAllThatWouldGoOut(t *testing.T) {
	s := shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	s.Letters()
	s.Days(3)
	book := s.Open()
	d := s.Engine(book, nil)
	jobs, err := d.Owing(t.Context(), s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	preview := previewOf(t, nil, s.Archive, s.Box)
	preview.Builder, preview.Clock = d.Builder, s.Clock.Now
	if o := preview.All(t.Context(), jobs, func() {}); o != (builder.Outcome{}) {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(s.Archive, "test", "*", "trial", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var tried, sent []string
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		subject, _ := shoptest.SubjectAndText(t, ourmail.Frozen{Pieces: [][]byte{data}})
		tried = append(tried, subject)
	}
	if len(s.Letters()) != 0 {
		t.Error("a trial sent something")
	}
	s.Run()
	for _, f := range s.Letters() {
		subject, _ := shoptest.SubjectAndText(t, f)
		sent = append(sent, subject)
	}
	slices.Sort(tried)
	slices.Sort(sent)
	if diff := cmp.Diff(sent, tried); diff != "" || len(sent) != 3 {
		t.Errorf("-sent +tried:\n%s", diff)
	}
}

// previewOf is of a source, into an archive; what it sends goes to sender.
func previewOf(t *testing.T, src builder.Source, archive string, sender message.Sender) *preview.Preview {
	t.Helper()
	return &preview.Preview{
		Archive: archive, MaxMessage: 10_000_000, Builder: shoptest.NewBuilder(t, src, nil, slog.New(slog.DiscardHandler)), Composer: shoptest.NewComposer(t), Sender: sender,
		Clock: func() time.Time { return paymenttest.Morning(t) }, Log: slog.New(slog.DiscardHandler), Emit: func(builder.Event) {},
	}
}

func TestATrialOfAVoucherIsOne(t *testing.T) {
	for _, asVoucher := range []bool{true, false} {
		box := &shoptest.Relay{}
		rep := paymenttest.Voucher(reportconfig.PDF, reportconfig.CSV)
		rep.Voucher = asVoucher
		p := previewOf(t, paymenttest.OneSale(t), t.TempDir(), box)
		p.To = &rep.Emails[0]
		o := p.All(t.Context(), []report.Job{{Report: rep, Period: paymenttest.Period(t, "2026-11-19")}}, func() {})
		if o != (builder.Outcome{}) || len(box.Got) != 1 {
			t.Fatal(o)
		}
		subject, text := shoptest.SubjectAndText(t, box.Got[0])
		if !strings.HasPrefix(subject, "Prøve: ") || !strings.Contains(strings.Join(strings.Fields(text), " "), "Dette er en prøve, laget 20.11.2026 06:00 og sendt bare til") {
			t.Errorf("nobody sees that it is a trial: %s\n%s", subject, text)
		}
		if got := shoptest.FilesOf(box.Got[0].Bytes()); strings.Contains(got, ".csv") == asVoucher || !strings.Contains(got, ".pdf") {
			t.Errorf("voucher %v: attached %s", asVoucher, got)
		}
	}
}

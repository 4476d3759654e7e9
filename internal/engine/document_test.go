package engine_test

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

func TestPastItsCapThePDFSaysThatTheRowsAreInTheCSV(t *testing.T) {
	t.Parallel()
	var src paymenttest.Source
	for i := range builder.MaxPDFRows + 1 {
		src.Sales = append(src.Sales, paymenttest.Captured(t, fmt.Sprintf("t%06d", i), 100))
	}
	rep := paymenttest.Report(reportconfig.Transactions{}, "en")
	rep.ContentTypes, rep.Emails = []reportconfig.ContentType{reportconfig.PDF}, []mail.Address{{Address: "a@x.no"}}
	s := shoptest.New(t, src, rep)
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Fatal(o)
	}
	message := string(s.Box.Got[0].Bytes())
	if !strings.Contains(message, "transactions_2026-11-19.csv") || !strings.Contains(message, "transactions_2026-11-19.pdf") {
		t.Error("the CSV is attached though only the PDF was asked for")
	}
}

func TestMailDocumentAndTotalsSayTheSame(t *testing.T) {
	t.Parallel()
	refund := paymenttest.Event(t, "REFUND", "12:30", 2345)
	tx := paymenttest.Captured(t, "a", 12345)
	tx.Events = append(tx.Events, refund)
	euro := paymenttest.Captured(t, "b", 700)
	euro.Currency = "EUR"
	s := shoptest.New(t, paymenttest.Source{Sales: []payment.Transaction{tx, euro}}, paymenttest.Mailed("a@x.no"))
	s.Run()
	html := strings.ReplaceAll(string(s.Box.Got[0].HTML), "\u00a0", " ")
	for _, figure := range []string{"NOK 100,00, EUR 7,00", "123,45", "-23,45", "100,00"} {
		if !strings.Contains(html, figure) {
			t.Errorf("the mail does not say %s", figure)
		}
	}
}

func TestBodiesThatLeaveNoRoomCostTheAttachmentsNotTheMail(t *testing.T) {
	t.Parallel()
	var src paymenttest.Source
	for i := range 30 {
		tx := paymenttest.Captured(t, fmt.Sprint("t", i), 100)
		tx.ProductType = strings.Repeat("Å", 2000) + fmt.Sprint(i)
		src.Sales = append(src.Sales, tx)
	}
	s := shoptest.New(t, src, paymenttest.Mailed("a@x.no"))
	s.Max = 320_000
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Fatal(o)
	}
	message := string(s.Box.Got[0].Bytes())
	if int64(len(message)) > s.Max || strings.Contains(message, "filename=") {
		t.Fatalf("%d bytes with attachments: %v", len(message), strings.Contains(message, "filename="))
	}
	if n := strings.Count(string(s.Box.Got[0].HTML), "transactions_2026-11-19.csv"); n != 1 {
		t.Errorf("the mail names the file that is left out %d times", n)
	}
}

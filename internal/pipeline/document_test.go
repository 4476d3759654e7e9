package pipeline

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/fetch"
	"rapport/reportconfig"
)

func TestALongTableIsCutInTheMailAndKeepsItsSum(t *testing.T) {
	long := table{Head: []string{"Salgssted", "Netto"}, Total: true}
	for i := range 100 {
		long.Rows = append(long.Rows, []string{fmt.Sprint("Butikk ", i), "1,00"})
	}
	long.Rows = append(long.Rows, []string{"Sum", "100,00"})
	short := shortened(long)
	if n := len(short.Rows); n != mailRows || short.More != 70 || short.Rows[n-1][1] != "100,00" || len(long.Rows) != 101 {
		t.Errorf("%d rows: %v", n, short.Rows[n-3:])
	}
}

func TestAFileTooLargeForAMailIsCompressedOrLeftOutAndSaid(t *testing.T) {
	dir := t.TempDir()
	csv, pdf := filepath.Join(dir, "a.csv"), filepath.Join(dir, "a.pdf")
	text := strings.Repeat("2026-11-19 12:00:00;Innløsning\r\n", 10_000)
	noise := make([]byte, 200_000)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	for path, data := range map[string][]byte{csv: []byte(text), pdf: noise} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files := []file{{path: pdf, contentType: string(reportconfig.PDF)}, {path: csv, contentType: string(reportconfig.CSV)}}
	for max, want := range map[int64]string{1_000_000: "a.pdf a.csv |", 600_000: "a.pdf a.csv.gz |", 200_000: "a.csv.gz | a.pdf", 10_000: "| a.pdf a.csv"} {
		attachments, left, err := attach(files, max)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, a := range attachments {
			names = append(names, a.Name)
		}
		if got := strings.TrimSpace(strings.Join(names, " ") + " | " + strings.Join(left, " ")); got != want {
			t.Errorf("at most %d bytes: got %q, want %q", max, got, want)
		}
		for _, a := range attachments {
			if strings.HasSuffix(a.Name, ".gz") {
				unzip, err := gzip.NewReader(bytes.NewReader(a.Data))
				if err != nil {
					t.Fatal(err)
				}
				if back, err := io.ReadAll(unzip); err != nil || string(back) != text {
					t.Errorf("the compressed CSV is not the CSV: %v", err)
				}
			}
		}
	}
}

func TestPastItsCapThePDFSaysThatTheRowsAreInTheCSV(t *testing.T) {
	var src things
	for i := range pdfRows + 1 {
		src.transactions = append(src.transactions, captured(t, fmt.Sprintf("t%06d", i), 100))
	}
	rep := report(reportconfig.Transactions{}, "en")
	rep.ContentTypes, rep.Emails = []reportconfig.ContentType{reportconfig.PDF}, []mail.Address{{Address: "a@x.no"}}
	s := newShop(t, src, rep)
	if o := s.run(); o != (Outcome{}) {
		t.Fatal(o)
	}
	message := string(s.box.got[0].Bytes)
	if !strings.Contains(message, "transactions_2026-11-19.csv") || !strings.Contains(message, "transactions_2026-11-19.pdf") {
		t.Error("the CSV is attached though only the PDF was asked for")
	}
}

func TestMailDocumentAndTotalsSayTheSame(t *testing.T) {
	refund := event(t, "REFUND", "12:30", 2345)
	tx := captured(t, "a", 12345)
	tx.Events = append(tx.Events, refund)
	euro := captured(t, "b", 700)
	euro.Currency = "EUR"
	s := newShop(t, things{transactions: []fetch.Transaction{tx, euro}}, mailed("a@x.no"))
	s.run()
	html := strings.ReplaceAll(string(s.box.got[0].HTML), "\u00a0", " ")
	for _, figure := range []string{"NOK 100,00, EUR 7,00", "123,45", "−23,45", "100,00"} {
		if !strings.Contains(html, figure) {
			t.Errorf("the mail does not say %s", figure)
		}
	}
}

func TestBodiesThatLeaveNoRoomCostTheAttachmentsNotTheMail(t *testing.T) {
	var src things
	for i := range 30 {
		tx := captured(t, fmt.Sprint("t", i), 100)
		tx.Store = fetch.Store{ID: fmt.Sprint("s", i), Name: strings.Repeat("Å", 2000) + fmt.Sprint(i)}
		src.transactions = append(src.transactions, tx)
	}
	s := newShop(t, src, mailed("a@x.no"))
	s.max = 400_000
	if o := s.run(); o != (Outcome{}) {
		t.Fatal(o)
	}
	message := string(s.box.got[0].Bytes)
	if int64(len(message)) > s.max || strings.Contains(message, "filename=") {
		t.Fatalf("%d bytes with attachments: %v", len(message), strings.Contains(message, "filename="))
	}
	if n := strings.Count(string(s.box.got[0].HTML), "transactions_2026-11-19.csv"); n != 1 {
		t.Errorf("the mail names the file that is left out %d times", n)
	}
}

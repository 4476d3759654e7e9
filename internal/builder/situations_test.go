package builder_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"log/slog"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rapport/fetch"
	"rapport/internal/builder"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// What people met with reports like these, from the file to what they read. Each situation
// is one that somebody told of another program.

// paid is a transaction of a file: captured on the tests' day, with more members.
func paid(id string, minor int, more string) string {
	return sold(id, minor, more, movement("CAPTURE", id+"-c", fmt.Sprint(minor), "2026-11-19T10:00:00Z"))
}

// sold is a transaction with events of its own.
func sold(id string, minor int, more string, events ...string) string {
	return fmt.Sprintf(`{"id":"T12345678.%s","amount":%d,"currency":"NOK","created_at":"2026-11-19T07:00:00Z","merchant_reference":"ORD-%s","payment_product":"payex","payment_product_type":"payex.creditcard","status":"CAPTURED",`+
		`"store":{"id":"s1","name":"Oslo"},"events":[{"id":"a","event":"AUTHORIZE","created_at":"2026-11-19T07:00:00Z"},%s]%s}`, id, minor, id, strings.Join(events, ","), more)
}

func movement(kind, id, amount, at string) string {
	return fmt.Sprintf(`{"event":%q,"id":%q,"amount":%s,"created_at":%q}`, kind, id, amount, at)
}

// instead is a text with one member of it in another form.
func instead(text, old, new string) string {
	if !strings.Contains(text, old) {
		panic(old + " is not in " + text)
	}
	return strings.Replace(text, old, new, 1)
}

// situation is a report that was made of a file.
type situation struct {
	builder.Result
	csv, pdf, subject, text string
	attached                []string
	draft                   message.Draft
}

// setting is how it is made; the zero one is a daily report in Norwegian.
type setting struct {
	report *reportconfig.Report
	change func(*builder.Builder)
	period string
	room   int64
	forms  []reportconfig.ContentType // PDF and CSV, where there are none
}

// make makes the report of a file's lines, and reads all of it as its readers do.
func (s setting) make(t *testing.T, lines ...string) situation {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.ndjson")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.report == nil {
		s.report = paymenttest.Report(reportconfig.Transactions{}, "no")
	}
	if s.report.Name == "" {
		s.report.Name = "Dagsoppgjør"
	}
	if len(s.forms) > 0 {
		s.report.ContentTypes = s.forms
	} else if s.report.Data.DataType() != reportconfig.OrderOperations {
		s.report.ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}
	}
	b := shoptest.NewBuilder(t, fetch.Files{TransactionsFile: path, OrdersFile: path, WalletsFile: path}, nil, slog.New(slog.DiscardHandler))
	if s.change != nil {
		s.change(b)
	}
	if s.period == "" {
		s.period = "2026-11-19"
	}
	made := situation{Result: b.Build(t.Context(), paymenttest.Morning(t), []builder.Request{{Job: report.Job{Report: s.report, Period: paymenttest.Period(t, s.period)}, Dir: t.TempDir()}})[0]}
	if made.Err != nil {
		return made
	}
	for _, f := range made.Files {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if made.csv = string(data); f.ContentType == string(reportconfig.PDF) {
			made.pdf = string(data)
		}
	}
	composer := &message.Composer{Account: b.Account, From: mail.Address{Address: "rapport@fjordfisk.example"}, Envelope: "rapport@fjordfisk.example", Log: b.Log}
	var err error
	if made.draft, err = composer.Draft(made.Job, made.Statement, made.Now); err != nil {
		t.Fatal(err)
	}
	room := s.room
	if room == 0 {
		room = 10_000_000
	}
	files, err := made.draft.Attach(made.Files, room)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range files.Attachments {
		made.attached = append(made.attached, a.Name)
		if a.ContentType == "application/zip" {
			in, err := zip.NewReader(bytes.NewReader(a.Data), int64(len(a.Data)))
			if err != nil || len(in.File) != 1 {
				t.Fatalf("%s: %v", a.Name, err)
			}
			made.attached = append(made.attached, "("+in.File[0].Name+")")
		}
	}
	frozen, _, err := composer.Freeze(made.draft, files, made.Job, mail.Address{Address: "regnskap@fjordfisk.example"}, "")
	if err != nil {
		t.Fatal(err)
	}
	made.subject, made.text = shoptest.SubjectAndText(t, frozen.Frozen)
	made.text = strings.ReplaceAll(made.text, "\r\n", "\n")
	return made
}

// copied is the text of the PDF as one copies it.
func (s *situation) copied(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	read := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	read.Stdin = strings.NewReader(s.pdf)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\u00a0", " ")
}

func (s *situation) rows(t *testing.T) []map[string]string {
	t.Helper()
	if s.Err != nil {
		t.Fatal(s.Err)
	}
	return paymenttest.RowsOf(t, s.csv)
}

// column is a column of the CSV, with blanks between the cells.
func (s *situation) column(t *testing.T, name string) string {
	t.Helper()
	var cells []string
	for _, row := range s.rows(t) {
		cells = append(cells, row[name])
	}
	return strings.Join(cells, " ")
}

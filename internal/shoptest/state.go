package shoptest

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rapport/internal/ledger"
)

// Alarms are those that were raised and not forgotten: "changed …".
func (s *Shop) Alarms() string {
	s.T.Helper()
	book := s.Open()
	defer book.Close()
	all, err := book.OpenAlarms(context.Background(), "T12345678")
	if err != nil {
		s.T.Fatal(err)
	}
	var out []string
	for _, a := range all {
		out = append(out, a.Kind+": "+strings.ReplaceAll(a.Text, "\u00a0", " "))
	}
	return strings.Join(out, "\n")
}

// Archived are the files of a period of the first report, by their ending.
func (s *Shop) Archived(period string) map[string]string {
	s.T.Helper()
	paths, err := filepath.Glob(filepath.Join(s.Archive, s.Reports[0].ID, period, "*.*"))
	if err != nil {
		s.T.Fatal(err)
	}
	files := map[string]string{}
	for _, path := range paths {
		files[strings.TrimPrefix(filepath.Ext(path), ".")] = path
	}
	return files
}

func PdfText(t testing.TB, path string) string {
	t.Helper()
	text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\u00a0", " ")
}

// SumOf adds a column of a Norwegian CSV up, as a spreadsheet does.
func SumOf(t testing.TB, path, column string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at, sum := slices.Index(rows[0], column), int64(0)
	for _, row := range rows[1:] {
		minor, err := strconv.ParseInt(strings.Replace(row[at], ",", "", 1), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += minor
	}
	return fmt.Sprintf("%d,%02d", sum/100, sum%100)
}

// Lose deletes the ledger.
func (s *Shop) Lose() {
	s.T.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(s.state + suffix); err != nil && !os.IsNotExist(err) {
			s.T.Fatal(err)
		}
	}
}

// Deliveries is what the ledger says: "a@x.no sent".
func (s *Shop) Deliveries() string {
	book := s.Open()
	defer book.Close()
	rows, err := book.Deliveries(context.Background(), ledger.Filter{})
	if err != nil {
		s.T.Fatal(err)
	}
	var out []string
	for _, row := range rows {
		out = append(out, row.Period+" "+row.Recipient+" "+string(row.State))
	}
	return strings.Join(out, ", ")
}

// Delivery is the one that the ledger has to a recipient.
func (s *Shop) Delivery(recipient string) ledger.Delivery {
	s.T.Helper()
	book := s.Open()
	defer book.Close()
	rows, err := book.Deliveries(context.Background(), ledger.Filter{Recipient: recipient})
	if err != nil || len(rows) != 1 {
		s.T.Fatalf("deliveries to %s: %d, %v", recipient, len(rows), err)
	}
	return rows[0]
}

// DeliveryOf is the one of a period.
func (s *Shop) DeliveryOf(period string) ledger.Delivery {
	s.T.Helper()
	book := s.Open()
	defer book.Close()
	rows, err := book.Deliveries(context.Background(), ledger.Filter{Period: period})
	if err != nil || len(rows) != 1 {
		s.T.Fatalf("deliveries of %s: %d, %v", period, len(rows), err)
	}
	return rows[0]
}

package message

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/archive"
	"rapport/reportconfig"
)

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
	files := []archive.File{{Path: pdf, ContentType: string(reportconfig.PDF)}, {Path: csv, ContentType: string(reportconfig.CSV)}}
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

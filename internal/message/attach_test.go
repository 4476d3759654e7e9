package message

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	for max, want := range map[int64]string{1_000_000: "a.pdf a.csv | in  |", 600_000: "a.pdf a.zip | in a.zip |", 200_000: "a.zip | in a.zip | a.pdf", 10_000: "| in  | a.pdf a.csv"} {
		attachments, packed, left, err := attach(files, max, time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, a := range attachments {
			names = append(names, a.Name)
		}
		if got := strings.TrimSpace(strings.Join(names, " ") + " | in " + strings.Join(packed, " ") + " | " + strings.Join(left, " ")); got != want {
			t.Errorf("at most %d bytes: got %q, want %q", max, got, want)
		}
		for _, a := range attachments {
			if strings.HasSuffix(a.Name, ".zip") {
				in, err := zip.NewReader(bytes.NewReader(a.Data), int64(len(a.Data)))
				if err != nil || len(in.File) != 1 || in.File[0].Name != "a.csv" || a.ContentType != "application/zip" {
					t.Fatalf("%s, %v", a.ContentType, err)
				}
				file, err := in.File[0].Open()
				if err != nil {
					t.Fatal(err)
				}
				if back, err := io.ReadAll(file); err != nil || string(back) != text {
					t.Errorf("the packed CSV is not the CSV: %v", err)
				}
			}
		}
	}
}

// TestAVoucherGoesAlone, also where a settlement has a PDF of its own.
func TestAVoucherGoesAlone(t *testing.T) {
	dir := t.TempDir()
	var files []archive.File
	for _, name := range []string{"own.pdf", "provider.pdf", "rows.csv"} {
		f := archive.File{Path: filepath.Join(dir, name), ContentType: string(reportconfig.PDF)}
		if strings.HasSuffix(name, "csv") {
			f.ContentType = string(reportconfig.CSV)
		}
		if err := os.WriteFile(f.Path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	for voucher, want := range map[bool]int{true: 1, false: 3} {
		p, err := Draft{Voucher: voucher}.Attach(files, 1_000_000)
		if err != nil || len(p.Attachments) != want || p.Attachments[0].Name != "own.pdf" {
			t.Errorf("voucher %t: %d files, %v", voucher, len(p.Attachments), err)
		}
	}
}

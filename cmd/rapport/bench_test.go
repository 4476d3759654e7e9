//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkFileToCSV runs the built program on 100,000 transactions of about 4 KB each and
// reports its peak memory, and its time as a ratio to the naive way in the same run:
// decoding each line with encoding/json and keeping nothing.
func BenchmarkFileToCSV(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "rapport")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	data := filepath.Join(dir, "transactions.ndjson")
	size := writeTransactions(b, data, 100_000)
	config := filepath.Join(dir, "shop.yaml")
	text := "account: T12345678\nsource: {files: {transactions: transactions.ndjson}}\nreports:\n" +
		"  - {id: all, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [text/csv]}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	var peak int64
	var ours, naive time.Duration
	for b.Loop() {
		if err := os.RemoveAll(filepath.Join(dir, "archive")); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		cmd := exec.Command(program, "run", config, "--now", sourcesNow)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		ours += time.Since(start)
		peak = max(peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
		b.StopTimer()
		start = time.Now()
		decodeNaively(b, data)
		naive += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(peak)/1024, "peak-MB")
	b.ReportMetric(ours.Seconds()/naive.Seconds(), "of-naive")
}

// writeTransactions writes n transactions of the simulated Dintero's making, each under an id of its own.
func writeTransactions(b *testing.B, path string, n int) (size int64) {
	b.Helper()
	source := startSandbox(b)
	_, rest, _ := strings.Cut(source, "api_url: ")
	base, _, _ := strings.Cut(rest, "\n")
	d := dumper{t: b, base: base}
	d.login()
	var models [][]byte
	var ids []string
	for _, row := range d.get("/transactions?limit=100&status=CAPTURED&captured_at.gte=2026-11-18T23:00:00Z").([]any) {
		text, err := json.Marshal(row)
		if err != nil {
			b.Fatal(err)
		}
		models, ids = append(models, text), append(ids, row.(map[string]any)["id"].(string))
	}
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for i := range n {
		id := fmt.Sprintf("T12345678.%022d", i*7919%n)
		line := bytes.ReplaceAll(models[i%len(models)], []byte(ids[i%len(ids)]), []byte(id))
		size += int64(len(line)) + 1
		w.Write(line)
		w.WriteByte('\n')
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return size
}

func decodeNaively(b *testing.B, path string) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for rows := json.NewDecoder(f); rows.More(); {
		var row map[string]any
		if err := rows.Decode(&row); err != nil {
			b.Fatal(err)
		}
	}
}

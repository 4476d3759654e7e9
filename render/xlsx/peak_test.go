package xlsx

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
)

// manyRows is a month of a busy shop.
const manyRows = 100_000

// childFile is where the process that is measured writes to: this test again, in a process of its own.
const childFile = "RAPPORT_TEST_XLSX"

func TestChildWritesManyRows(t *testing.T) {
	path := os.Getenv(childFile)
	if path == "" {
		return // it runs in a process of its own, see TestManyRowsTakeLittleMemory
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	b := NewBook(file, "Dagsoppgjør", "Fjordfisk AS")
	if err := b.Sheet("Detaljer", columns()); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	for i := range manyRows {
		if err := b.Row(content.TimeOf(at), content.TextOf("T12345678.abcdefghij"), content.MoneyOf(int64(i), "NOK"), content.DecimalOf("25"), content.IntegerOf(int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	os.Stdout.Write(status) //nolint:errcheck // who reads it says what is missing
}

var peakLine = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)

// peak runs a program and returns the most memory that it had, in bytes, as it says itself.
func peak(t testing.TB, c *exec.Cmd) int64 {
	t.Helper()
	c.Stderr = io.Discard
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := peakLine.FindSubmatch(out)
	if found == nil {
		t.Skip("this machine does not tell a process's peak of memory")
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

func ours(t testing.TB) *exec.Cmd {
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildWritesManyRows$", "-test.v")
	c.Env = append(os.Environ(), childFile+"="+filepath.Join(t.TempDir(), "a.xlsx"))
	return c
}

func TestManyRowsTakeLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	if got := peak(t, ours(t)); got > 100<<20 {
		t.Errorf("%d MB at the peak", got>>20)
	}
}

// others write the same rows; each skips where it is not installed.
var others = map[string]func(testing.TB) *exec.Cmd{"ours": ours, "openpyxl": openpyxl, "excelize": excelize}

func openpyxl(t testing.TB) *exec.Cmd {
	python, err := exec.LookPath("python3")
	if err != nil || exec.CommandContext(t.Context(), python, "-c", "import openpyxl").Run() != nil {
		t.Skip("openpyxl is not installed")
	}
	return exec.CommandContext(t.Context(), python, "-c", fmt.Sprintf(`
import datetime, openpyxl
book = openpyxl.Workbook()
at = datetime.datetime(2026, 11, 19, 12)
for i in range(%d):
    book.active.append([at, "T12345678.abcdefghij", i / 100, 25, i])
book.save(%q)
print(open("/proc/self/status").read())`, manyRows, filepath.Join(t.TempDir(), "a.xlsx")))
}

// excelize builds a program of its plain form, from what is on this machine.
func excelize(t testing.TB) *exec.Cmd {
	dir := t.TempDir()
	source := fmt.Sprintf(`package main

import ("fmt"; "os"; "time"; "github.com/xuri/excelize/v2")

func main() {
	f := excelize.NewFile()
	at := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	for i := range %d {
		f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &[]any{at, "T12345678.abcdefghij", float64(i) / 100, 25.0, i})
	}
	if err := f.SaveAs(%q); err != nil { panic(err) }
	status, _ := os.ReadFile("/proc/self/status")
	os.Stdout.Write(status)
}
`, manyRows, filepath.Join(dir, "a.xlsx"))
	for name, text := range map[string]string{"main.go": source, "go.mod": "module plain\n\ngo 1.24\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range []string{"mod edit -require=github.com/xuri/excelize/v2@v2.11.1", "mod tidy", "build -o plain ."} {
		c := exec.CommandContext(t.Context(), "go", strings.Fields(args)...)
		c.Dir, c.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local")
		if c.Run() != nil {
			t.Skip("excelize is not installed")
		}
	}
	return exec.CommandContext(t.Context(), filepath.Join(dir, "plain"))
}

// BenchmarkManyRows is beside what others make spreadsheets with.
func BenchmarkManyRows(b *testing.B) {
	for _, name := range []string{"ours", "openpyxl", "excelize"} {
		b.Run(name, func(b *testing.B) {
			most := int64(0)
			for b.Loop() {
				b.StopTimer()
				c := others[name](b)
				b.StartTimer()
				most = max(most, peak(b, c))
			}
			b.ReportMetric(float64(most)/(1<<20), "MB-peak")
		})
	}
}

package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
)

func columns() []content.Column {
	return []content.Column{{Title: "Tidspunkt", Kind: content.Time}, {Title: "Ordrereferanse", Kind: content.Text}, {Title: "Innløst", Kind: content.Money}, {Title: "Sats", Kind: content.Decimal}, {Title: "Antall", Kind: content.Integer}}
}

func write(t testing.TB, rows [][]content.Value, most int) []byte {
	t.Helper()
	var out bytes.Buffer
	b := NewBook(&out, "Dagsoppgjør <& \"1\"", "Fjordfisk AS")
	b.max = most
	if err := b.Sheet("Detaljer", columns()); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := b.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{b.Sheet("Summer", nil), b.Heading("Per betalingsmåte"), b.Row(content.TextOf("Vipps"), content.MoneyOf(-12345, "NOK")), b.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// readSheet is what a sheet holds: for each cell its type, style and value.
func readSheet(t *testing.T, file []byte, name string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/" + name + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var sheet struct {
		Rows []struct {
			Cells []struct {
				R string `xml:"r,attr"`
				S string `xml:"s,attr"`
				T string `xml:"t,attr"`
				V string `xml:"v"`
				I string `xml:"is>t"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := xml.Unmarshal(data, &sheet); err != nil {
		t.Fatal(err)
	}
	cells := map[string]string{}
	for _, row := range sheet.Rows {
		for _, c := range row.Cells {
			cells[c.R] = c.T + "/" + c.S + "/" + c.V + c.I
		}
	}
	return cells
}

func TestCellsKeepTheirKind(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 19, 12, 0, 30, 0, oslo)
	file := write(t, [][]content.Value{
		{content.TimeOf(at), content.TextOf("00123"), content.MoneyOf(123456, "NOK"), content.DecimalOf("12.5"), content.IntegerOf(-7)},
		{{}, content.TextOf("=1+1 <&> _x0041_ \x00\x1b\ttab\nline 👩‍👧 \xff"), content.MoneyOf(1000, "JPY"), content.DecimalOf("15 + 25"), {}},
		{{}, content.TextOf("1E5"), content.MoneyOf(1234567, "KWD"), content.DecimalOf("1.2.3"), {}},
		{{}, content.TextOf(strings.Repeat("👩", 40_000)), content.MoneyOf(9_223_372_036_854_775_807, "NOK"), content.DecimalOf("12345678901234567890"), {}},
	}, MaxRows)
	cells := readSheet(t, file, "sheet1")
	for at, want := range map[string]string{
		"A1": "inlineStr/1/Tidspunkt", "C1": "inlineStr/1/Innløst",
		"A2": "/3/46345.50034722222", "B2": "inlineStr/2/00123", "C2": "/8/1234.56", "D2": "/5/12.5", "E2": "/4/-7",
		"A3": "", "B3": "inlineStr/2/=1+1 <&> _x005F_x0041_ \ttab\nline 👩‍👧 \ufffd", "C3": "/6/1000", "D3": "inlineStr/2/15 + 25",
		"B4": "inlineStr/2/1E5", "C4": "/9/1234.567", "D4": "inlineStr/2/1.2.3",
		"C5": "inlineStr/2/92233720368547758.07", "D5": "inlineStr/2/12345678901234567890",
	} {
		if cells[at] != want {
			t.Errorf("%s is %q, not %q", at, cells[at], want)
		}
	}
	if n := len([]rune(cells["B5"])); n > 16_500 {
		t.Errorf("a cell of %d characters", n)
	}
	if totals := readSheet(t, file, "sheet2"); totals["A1"] != "inlineStr/1/Per betalingsmåte" || totals["B2"] != "/8/-123.45" {
		t.Errorf("%v", totals)
	}
}

func TestTheSameDataMakesTheSameBytes(t *testing.T) {
	rows := [][]content.Value{{{}, content.TextOf("a"), content.MoneyOf(1, "NOK"), {}, {}}}
	if !bytes.Equal(write(t, rows, MaxRows), write(t, rows, MaxRows)) {
		t.Error("two files differ")
	}
}

func TestWhatASheetHasNoRoomForIsOnAnother(t *testing.T) {
	rows := make([][]content.Value, 7)
	for i := range rows {
		rows[i] = []content.Value{{}, content.TextOf(fmt.Sprint(i)), {}, {}, {}}
	}
	file := write(t, rows, 4) // a header and three rows
	for sheet, want := range map[string]string{"sheet1": "inlineStr/2/2", "sheet2": "inlineStr/2/5", "sheet3": "inlineStr/2/6"} {
		cells, at := readSheet(t, file, sheet), "B4"
		if sheet == "sheet3" {
			at = "B2"
		}
		if cells["B1"] != "inlineStr/1/Ordrereferanse" || cells[at] != want {
			t.Errorf("%s: %v", sheet, cells)
		}
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/workbook.xml")
	if err != nil {
		t.Fatal(err)
	}
	book, err := io.ReadAll(f)
	if first, second, third := bytes.Index(book, []byte(`"Detaljer"`)), bytes.Index(book, []byte(`"Summer"`)), bytes.Index(book, []byte(`"Detaljer (2)"`)); err != nil || first < 0 || second < first || third < second {
		t.Errorf("%s %v", book, err)
	}
}

func TestARowThatDoesNotFitIsRefused(t *testing.T) {
	b := NewBook(io.Discard, "", "")
	if err := b.Sheet("x", columns()); err != nil {
		t.Fatal(err)
	}
	if err := b.Row(content.TextOf("a")); err == nil || b.Close() == nil {
		t.Error("a row of one cell is taken")
	}
}

// TestMemoryStaysFlat writes 100,000 rows.
func TestMemoryStaysFlat(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b, peak := NewBook(io.Discard, "", ""), uint64(0)
	if err := b.Sheet("x", columns()); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	for i := range 100_000 {
		if err := b.Row(content.TimeOf(at), content.TextOf("T12345678.abcdefghij"), content.MoneyOf(int64(i), "NOK"), content.DecimalOf("25"), content.IntegerOf(int64(i))); err != nil {
			t.Fatal(err)
		}
		if i%1000 == 0 {
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapAlloc)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if used := int64(peak) - int64(before.HeapAlloc); used > 20<<20 {
		t.Errorf("%d bytes at the peak", used)
	}
}

// TestLibreOfficeReadsIt asks the program itself, where it is installed.
func TestLibreOfficeReadsIt(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "a.xlsx")
	row := []content.Value{content.TimeOf(time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)), content.TextOf("00123"), content.MoneyOf(123456, "NOK"), content.DecimalOf("12.5"), content.IntegerOf(7)}
	if err := os.WriteFile(file, write(t, [][]content.Value{row}, MaxRows), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "csv", "--outdir", dir, file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	csv, err := os.ReadFile(filepath.Join(dir, "a.csv"))
	shown := strings.ReplaceAll(string(csv), `"1,234.56"`, "1234.56") // grouped where the machine's language does
	if want := "2026-11-19 12:00:00,00123,1234.56,12.5,7"; err != nil || !strings.Contains(shown, want) {
		t.Errorf("%s %v", shown, err)
	}
}

func BenchmarkRows(b *testing.B) {
	at := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	row := []content.Value{content.TimeOf(at), content.TextOf("T12345678.abcdefghij"), content.MoneyOf(123456, "NOK"), content.DecimalOf("25"), content.IntegerOf(7)}
	book := NewBook(io.Discard, "", "")
	if err := book.Sheet("x", columns()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := book.Row(row...); err != nil {
			b.Fatal(err)
		}
	}
}

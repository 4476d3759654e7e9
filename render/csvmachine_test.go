package render

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
)

// machineCSV is a CSV for programs with the given rows.
func machineCSV(t testing.TB, columns []content.Column, rows ...[]content.Value) string {
	t.Helper()
	f, err := MachineCSV(columns)
	if err != nil {
		t.Fatal(err)
	}
	return encodeCSV(t, f, rows...)
}

func TestAMachineCSVBeginsWithItsHeaderAndHasCommasPointsAndCRLF(t *testing.T) {
	got := machineCSV(t, textColumns(5), []content.Value{content.TextOf("a,b"), content.TextOf("a;b"), content.MoneyOf(-123450, "NOK"), content.DecimalOf("0.50"), content.IntegerOf(-7)})
	if want := "c0,c1,c2,c3,c4\r\n\"a,b\",\"a;b\",-1234.50,0.5,-7\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := machineCSV(t, textColumns(2)); got != "c0,c1\r\n" {
		t.Errorf("without rows: %q", got)
	}
}

func TestTimesInAMachineCSVSayTheirOffset(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for instant, want := range map[string]string{
		"2026-11-19T13:05:09.999Z": "2026-11-19T14:05:09+01:00",
		"2026-10-25T00:30:00Z":     "2026-10-25T02:30:00+02:00", // the hour that comes twice
		"2026-10-25T01:30:00Z":     "2026-10-25T02:30:00+01:00",
	} {
		at, err := time.Parse(time.RFC3339Nano, instant)
		if err != nil {
			t.Fatal(err)
		}
		line := machineCSV(t, textColumns(2), []content.Value{content.TimeOf(at.In(zone)), content.TimeOf(at.UTC())})
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "c0,c1\r\n"), "\r\n"), ",")
		if cells[0] != want || !strings.HasSuffix(cells[1], "+00:00") {
			t.Errorf("%s is written as %q, not %q and one of UTC", instant, cells, want)
		}
		for _, cell := range cells {
			if back, err := time.Parse(time.RFC3339, cell); err != nil || !back.Equal(at.Truncate(time.Second)) {
				t.Errorf("%s is read back as %v, %v", cell, back, err)
			}
		}
	}
}

func TestAMachineCSVIsNoWayAroundTheGuard(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "+47": "'+47", "-10": "'-10", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "'=1": "''=1", "x\t=1": "x\t=1", "0012": "0012"} {
		out := machineCSV(t, textColumns(2), []content.Value{content.TextOf(text), content.DecimalOf(text)})
		lines, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(lines) != 2 || lines[1][0] != want {
			t.Errorf("%q is read as %q, not %q: %v", text, lines, want, err)
		}
	}
}

func TestAMachineCSVWithoutColumnsIsRefused(t *testing.T) {
	f, err := MachineCSV(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.AppendHead(nil); err == nil {
		t.Error("it was begun")
	}
}

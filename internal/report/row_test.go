package report

import (
	"bytes"
	"fmt"
	"rapport/internal/content"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRowsSurviveTheWayThroughTheSorter(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 19, 23, 59, 59, 999_999_999, oslo)
	want := Row{
		at: at, tie: "tx", thing: "order", copy: -5, ordinal: 3, class: classRefund, repeats: true,
		Cells: []content.Value{content.TimeOf(at), content.TextOf("Ærlig\x00"), {}, content.MoneyOf(-1234, "NOK"), content.IntegerOf(7), content.DecimalOf("2.5"), content.DateOf(time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC))},
	}
	got := Row{at: want.at, tie: want.tie, copy: want.copy, ordinal: want.ordinal}
	if err := ReadRow(string(want.AppendValue(nil)), oslo, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)); diff != "" {
		t.Error(diff)
	}
	raw := want.AppendValue(nil)
	for cut := range raw {
		if err := ReadRow(string(raw[:cut]), oslo, &got); err == nil {
			t.Errorf("a row cut after %d of %d bytes was read", cut, len(raw))
		}
	}
}

func TestKeysSortByInstantThenIDThenOrder(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	rows := []Row{
		{at: at("1969-12-31T23:59:59Z"), tie: "z"},
		{at: at("2026-11-19T22:59:59.999Z"), tie: "z"},
		{at: at("2026-11-19T23:00:00Z"), tie: "a", ordinal: 2},
		{at: at("2026-11-19T23:00:00Z"), tie: "a", ordinal: 300},
		{at: at("2026-11-19T23:00:00Z"), tie: "a-longer"},
		{at: at("2026-11-20T00:00:00.000000001+01:00"), tie: "A"},
	}
	for i := range rows[1:] {
		if bytes.Compare(rows[i].appendKey(nil), rows[i+1].appendKey(nil)) >= 0 {
			t.Errorf("row %d does not sort before row %d", i, i+1)
		}
	}
}

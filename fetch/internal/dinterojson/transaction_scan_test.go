package dinterojson

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The scanner's tables and the library's tags must name the same fields.
func TestTheScannerKnowsTheFieldsOfTheTags(t *testing.T) {
	same(t, transactionFields)
	same(t, cardFields)
	same(t, storeFields)
	same(t, lineFields)
	same(t, splitFields)
	same(t, eventFields)
	same(t, settlementsFields)
	same(t, settlementFields)
}

func same[R any](t *testing.T, fields []field[R]) {
	t.Helper()
	var got, want []string
	for _, f := range fields {
		got = append(got, f.name)
	}
	for f := range reflect.TypeFor[R]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		want = append(want, name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s:\nscanner %v\ntags    %v", reflect.TypeFor[R](), got, want)
	}
}

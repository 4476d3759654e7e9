package statement

import (
	"testing"

	"rapport/internal/money"
	"rapport/locales"
)

func TestAChangeIsSaidInPercentWhereThatMeansSomething(t *testing.T) {
	words, err := locales.For("en")
	if err != nil {
		t.Fatal(err)
	}
	const most = 1<<63 - 1
	for _, c := range []struct {
		now, then int64
		want      string
	}{
		{112, 100, "+12% vs x"}, {88, 100, "\u221212% vs x"}, {0, 100, "\u2212100% vs x"}, {1042, 1000, "+4.2% vs x"}, {10001, 10000, "about the same as x"},
		{100, 100, "unchanged from x"}, {0, 0, "unchanged from x"}, {1000, 3, "x: NOK\u00a00.03"}, {5, 0, "x: NOK\u00a00.00"},
		{5, -100, "x: NOK\u00a0\u22121.00"}, {-5, 100, "x: NOK\u00a01.00"}, {most, most - 1, "about the same as x"}, {most, 1, "x: NOK\u00a00.01"}, {0, most, "\u2212100% vs x"},
		{1105, 1000, "+11% vs x"}, {895, 1000, "\u221211% vs x"},
	} {
		if got := changeText(words, money.Amount{Minor: c.now, Currency: "NOK"}, money.Amount{Minor: c.then, Currency: "NOK"}, "x", words.Money); got != c.want {
			t.Errorf("%d after %d: got %q, want %q", c.now, c.then, got, c.want)
		}
	}
}

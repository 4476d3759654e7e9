package pipeline

import (
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/locales"
	"rapport/reportconfig"
)

func TestWhatAPeriodIsComparedWith(t *testing.T) {
	for period, want := range map[string]string{
		"2026-11-19": "2026-11-12", "2026-03-29": "2026-03-22", "2026-04-05": "2026-03-29", // a day of 23 hours
		"2026-10-25": "2026-10-18", "2026-11-01": "2026-10-25", // one of 25
		"2026-03-05": "2026-02-26", "2026-01-03": "2025-12-27",
		"2026-W47": "2026-W46", "2026-W01": "2025-W52", "2026-03": "2026-02", "2026-01": "2025-12",
		"2026-11-H1": "2026-10-H1", "2026-11-H2": "2026-10-H2", "2026-01-H1": "2025-12-H1",
	} {
		if got := comparable(parsePeriod(t, period)); got.String() != want {
			t.Errorf("%s is compared with %s, want %s", period, got, want)
		} else if whole := parsePeriod(t, want); !got.From.Equal(whole.From) || !got.To.Equal(whole.To) {
			t.Errorf("%s: %s – %s is not all of it", want, got.From, got.To)
		}
	}
	// A day that a zone left out has no day after it that lies a week further.
	apia, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	p := parsePeriod(t, "2012-01-06")
	p.From, p.To = time.Date(2012, 1, 6, 0, 0, 0, 0, apia), time.Date(2012, 1, 7, 0, 0, 0, 0, apia)
	if got := comparable(p); !got.From.Before(got.To) || got.To.After(p.From) {
		t.Errorf("in Apia %s is compared with %s – %s", p, got.From, got.To)
	}
}

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
		if got := change(words, money.Amount{Minor: c.now, Currency: "NOK"}, money.Amount{Minor: c.then, Currency: "NOK"}, "x", words.Money); got != c.want {
			t.Errorf("%d after %d: got %q, want %q", c.now, c.then, got, c.want)
		}
	}
}

func TestTheUsualIsTheMedianOfWhatWasThereEachTime(t *testing.T) {
	day := func(counts map[string]int64) past {
		p := past{}
		for name, n := range counts {
			for _, code := range []string{"NOK", "EUR"} { // half in each
				total := pastTotal("store", name, code, "captured")
				total.Count, total.Label = n/2, "the "+name
				p[pastTotal("store", name, code, "captured")] = total
			}
		}
		return p
	}
	m := memory{before: []past{day(map[string]int64{"a": 40, "b": 10, "c": 2}), day(map[string]int64{"a": 60, "c": 2}), day(map[string]int64{"a": 44, "b": 10, "c": 0})}}
	counts, labels := usual(m, "store", "captured")
	if len(counts) != 1 || counts["a"] != 44 || labels["a"] != "the a" {
		t.Errorf("got %v %v, want a's median of 44 alone: b and c were away once", counts, labels)
	}
}

func TestAPaymentMethodsTimeIsTheNearestLimit(t *testing.T) {
	limits := append(limitsOf("vipps", 3, "klarna.invoice", 9), defaultLapse()...)
	for method, want := range map[string]int{
		"vipps": 3, "vipps.card": 3, "vippsy": 0, "klarna.invoice": 9, "klarna.klarna": 28, "payex.creditcard": 7, "payex": 0, "": 0, "swish.swish": 0, "collector.invoice": 90,
	} {
		if got := lapseLimit(limits, method); got != want {
			t.Errorf("%s: %d days, want %d", method, got, want)
		}
	}
}

func pastTotal(dimension, name, currency, measure string) ledger.Total {
	return ledger.Total{Dimension: dimension, Name: name, Currency: currency, Measure: measure}
}

func limitsOf(first string, days int, second string, others int) []reportconfig.LapseLimit {
	return []reportconfig.LapseLimit{{Method: first, Days: days}, {Method: second, Days: others}}
}

// TestAnHourEndsWhereTheClockChanges: rows of one hour are named once, and never by the
// hour before.
func TestAnHourEndsWhereTheClockChanges(t *testing.T) {
	for zone, around := range map[string]string{
		"Europe/Oslo": "2026-10-25T01:00:00Z", "Australia/Lord_Howe": "2026-04-04T15:00:00Z", "Asia/Kathmandu": "2026-01-01T00:00:00Z", "America/St_Johns": "2026-03-08T05:30:00Z",
	} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		totals, period := newTotals(), parsePeriod(t, "2026-10-25")
		for minute := -400; minute < 400; minute += 7 {
			when := at(t, around).Add(time.Duration(minute) * time.Minute).In(loc)
			var p places
			totals.along(&p, period, when)
			if p[perDay].name != when.Format(dayLayout) || p[perHour].name != when.Format(hourLayout) {
				t.Errorf("%s is counted in hour %s of %s", when, p[perHour].name, p[perDay].name)
			}
		}
	}
}

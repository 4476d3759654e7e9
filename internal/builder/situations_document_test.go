package builder_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func TestTheOwnCurrencyLeadsEverywhere(t *testing.T) {
	in := func(id, code string, minor int) string {
		return instead(paid(id, minor, ""), `"NOK"`, fmt.Sprintf("%q", code))
	}
	lines := []string{in("t1", "DKK", 5), in("t2", "NOK", 100_000_00), in("t3", "SEK", 7), in("t4", "SEK", 8)}
	for zone, want := range map[string][]string{"Europe/Oslo": {"NOK", "SEK", "DKK"}, "Europe/Copenhagen": {"DKK", "SEK", "NOK"}, "America/New_York": {"SEK", "DKK", "NOK"}} {
		s := setting{change: func(b *builder.Builder) {
			b.Account.Zone = zone
			if zone != "Europe/Oslo" {
				b.Account.Organization.Number = ""
			}
		}}.make(t, lines...)
		order := func(text string) bool {
			at := -1
			for _, code := range want {
				next := strings.Index(text, code)
				if next <= at {
					return false
				}
				at = next
			}
			return true
		}
		copied := s.copied(t)
		_, sums, _ := strings.Cut(copied, "\nSum ")
		if !order(s.subject) || !order(s.text) || !order(copied) || !order(sums) {
			t.Errorf("%s: want %v in\n%s\n%s\n%s", zone, want, s.subject, s.text, copied)
		}
	}
}

func TestAMinusThatIsCopiedIsANumber(t *testing.T) {
	s := setting{}.make(t, paid("t1", 100_00, ""), sold("t2", 20_00, "", movement("REFUND", "r", "252875", "2026-11-19T12:00:00Z")))
	if copied := s.copied(t); !strings.Contains(copied, "-2 528,75") || strings.ContainsRune(copied, '−') {
		t.Errorf("the PDF:\n%s", copied)
	}
	if !strings.Contains(s.text, "-2 528,75") || strings.ContainsRune(s.text+s.subject, '−') {
		t.Errorf("the mail: %s\n%s", s.subject, s.text)
	}
}

func TestACSVThatHasNoRoomArrivesAsAnArchiveThatEverybodyOpens(t *testing.T) {
	var lines []string
	for i := range 3000 {
		lines = append(lines, paid(fmt.Sprintf("t%05d", i), i, ""))
	}
	rep := paymenttest.Report(reportconfig.Transactions{}, "no")
	s := setting{report: rep, room: 1_100_000}.make(t, lines...)
	if want := "dagsoppgjoer_2026-11-19.pdf dagsoppgjoer_2026-11-19.zip (dagsoppgjoer_2026-11-19.csv)"; strings.Join(s.attached, " ") != want {
		t.Errorf("attached: %q", s.attached)
	}
	if flat := strings.Join(strings.Fields(s.text), " "); !strings.Contains(flat, "CSV-filen er pakket i dagsoppgjoer_2026-11-19.zip") {
		t.Errorf("the mail does not say so:\n%s", s.text)
	}
	none := setting{report: rep, room: 140_000}.make(t, lines...)
	if flat := strings.Join(strings.Fields(none.text), " "); len(none.attached) > 0 || !strings.Contains(flat, "! For store for e-post og derfor ikke vedlagt: dagsoppgjoer_2026-11-19.pdf, dagsoppgjoer_2026-11-19.csv. Avsenderen har filene i arkivet.") ||
		strings.Index(flat, "For store") > strings.Index(flat, "Per betalingsmåte") {
		t.Errorf("%q\n%.1500s", none.attached, none.text)
	}
}

func TestWhatAMailHasNoRoomForHasItsSums(t *testing.T) {
	var lines []string
	for i := range 46 {
		minor, name := 10_00+i, fmt.Sprintf("Butikk %02d", i)
		if i == 45 {
			minor, name = 999_999_00, "Ørsta hovedlager"
		}
		lines = append(lines, instead(paid(fmt.Sprint("t", i), minor, ""), `{"id":"s1","name":"Oslo"}`, fmt.Sprintf(`{"id":"s%d","name":%q}`, i, name)))
	}
	s := setting{}.make(t, lines...)
	_, stores, _ := strings.Cut(strings.ReplaceAll(s.text, "\u00a0", " "), "Per salgssted")
	if !strings.Contains(stores, "Ørsta hovedlager") || !strings.Contains(strings.Join(strings.Fields(stores), " "), "og 16 til 161,20 Innløsninger 16 · Innløst 161,20 -") || strings.Contains(stores, ": \n") || strings.Contains(stores, ":\n\n") {
		t.Errorf("%s", stores)
	}
	for _, table := range s.draft.Content.Tables {
		for _, most := range []int{30, 20, 12, 6, 3, 1} {
			if short := table.Shortened(most); len(table.Rows) > 3 && (len(short.Rows) != most+2 || !contains(short, "Ørsta hovedlager") || short.More != 0) {
				t.Errorf("of %d: %v", most, short.Rows)
			}
		}
	}
}

func contains(t content.Table, cell string) bool {
	return slices.ContainsFunc(t.Rows, func(row []string) bool { return slices.Contains(row, cell) })
}

func TestTwiceCapturedIsCountedTwiceAndSaid(t *testing.T) {
	again := movement("CAPTURE", "c1", "10000", "2026-11-19T10:00:00Z")
	s := setting{}.make(t, sold("t1", 100_00, "", again, again), sold("t2", 100_00, "", movement("CAPTURE", "c1", "10000", "2026-11-19T11:00:00.001Z"), movement("CAPTURE", "c2", "10000", "2026-11-19T11:00:00.073Z")))
	if got := s.column(t, "Innløst"); got != "100,00 100,00 100,00" || !strings.Contains(strings.Join(s.Statement.Remarks, " "), "1 innløsning tok mer enn det som var autorisert: ORD-t2.") {
		t.Errorf("got %s, %q", got, s.Statement.Remarks)
	}
}

func TestALogoThatNobodySeesIsTheOperatorsMatter(t *testing.T) {
	s := setting{change: func(b *builder.Builder) { b.Account.Organization.Logo = []byte("RIFF\x00\x00\x00\x00WEBPVP8 ") }}.make(t, paid("t1", 1, ""))
	if s.Err != nil || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "WebP") || strings.Contains(s.copied(t), "ogo") {
		t.Errorf("%q, %v", s.Warnings, s.Err)
	}
}

func TestMoreCurrenciesThanThereAreWaitAndSaySo(t *testing.T) {
	var lines []string
	for i := range 1001 {
		lines = append(lines, instead(paid(fmt.Sprint("t", i), 1, ""), `"NOK"`, fmt.Sprintf(`"X%d"`, i)))
	}
	if s := (setting{}).make(t, lines...); s.Err == nil || !strings.Contains(s.Err.Error(), "totals by currency: more than there is room for") {
		t.Errorf("got %v", s.Err)
	}
}

func TestAMonthOfManyCurrenciesSaysOnEachPageWhatItIs(t *testing.T) {
	codes := strings.Fields("NOK SEK DKK EUR USD GBP PLN ISK CHF CAD AUD JPY CNY CZK HUF RON BGN TRY INR BRL MXN ZAR SGD HKD NZD THB ILS AED SAR KWD QAR CLP COP PEN UAH")
	var lines []string
	for d := range 28 {
		for i, code := range codes {
			lines = append(lines, instead(sold(fmt.Sprintf("t%d-%d", d, i), 100, "", movement("CAPTURE", "c", "100", time.Date(2026, 11, 1+d, 10, 0, i, 0, time.UTC).Format(time.RFC3339))), `"NOK"`, fmt.Sprintf("%q", code)))
		}
	}
	rep := paymenttest.Report(reportconfig.Transactions{}, "no")
	rep.Schedule = calendar.Monthly
	s := setting{report: rep, period: "2026-11"}.make(t, lines...)
	pages := strings.Split(s.copied(t), "\f")
	for i, page := range pages {
		for _, line := range strings.Split(page, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "USD ") && i > 0 && !strings.Contains(page, "fortsettelse") && !strings.Contains(page, "Sum") && !strings.Contains(page, "2026 ") {
				t.Errorf("page %d does not say of what its sums are:\n%s", i+1, page)
			}
		}
	}
}

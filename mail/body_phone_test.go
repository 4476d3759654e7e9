package mail_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"rapport/internal/content"
	"rapport/locales"
	"rapport/mail"
)

// busy is the day of a shop with so many payment methods and stores.
func busy(t *testing.T, language string, methods, stores int) mail.Message {
	t.Helper()
	v, m := localizerFor(t, language), daily()
	m.Content = frame(v)
	transactions(v, &m.Content)
	table := func(title, head, name string, rows int) content.Table {
		out := content.Table{
			Title: v.Word(title) + " (NOK)", Head: []string{v.Word(head), v.Word("summary.captures"), v.Word("summary.captured"), v.Word("summary.refunds"), v.Word("summary.refunded"), v.Word("summary.net")},
			Right: []bool{false, true, true, true, true, true}, Total: true,
		}
		for i := range rows + 1 {
			label, n := fmt.Sprint(name, " ", i+1), int64(i)
			if i == rows {
				label, n = v.Word("summary.sum"), int64(rows*(rows-1)/2)
			}
			out.Rows = append(out.Rows, []string{label, v.Int(14 * n), v.n(1845950 * n), v.Int(n), v.n(-125000 * n), v.n(1720950 * n)})
		}
		return out
	}
	m.Content.Tables = append(m.Content.Tables[:1], table("summary.by_method", "column.payment_method", v.or("Bedriftsfaktura · Walley", "Business invoice · Walley"), methods),
		table("summary.by_store", "column.store", "Fjordfisk Torget", stores))
	return m
}

func TestAMessageStaysBelowWhatGmailShowsWhateverTheData(t *testing.T) {
	for _, language := range locales.Languages() {
		m := busy(t, language, 3000, 3000)
		for range 100 {
			m.Content.Remarks = append(m.Content.Remarks, m.Content.Remarks[0])
		}
		m.Content.Urgent = []content.Table{m.Content.Tables[1]}
		frozen := compose(t, m)
		if len(frozen.HTML) > 60_000 {
			t.Errorf("%s: %d bytes of HTML", language, len(frozen.HTML))
		}
		if more := (map[string]string{"no": "til</th>", "en": "more</th>"})[language]; strings.Count(string(frozen.HTML), more) < 2 {
			t.Errorf("%s: it does not say what was left out", language)
		}
	}
}

// A day of 14 payment methods and 6 stores is some screens of a phone, not a scroll.
func TestADayIsReadOnAPhoneWithoutEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	var page strings.Builder
	page.WriteString("<!DOCTYPE html><meta charset=utf-8><body>")
	for _, language := range locales.Languages() {
		for _, width := range []int{320, 360, 700} {
			page.WriteString(look{fmt.Sprint(width), width, false, nil}.frame(t, language, busy(t, language, 14, 6)))
		}
	}
	page.WriteString(`<pre id="result"></pre><script>window.onload = () => { const all = {};
for (const f of document.querySelectorAll("iframe")) all[f.id] = [f.contentDocument.documentElement.scrollHeight, f.contentDocument.documentElement.scrollWidth - f.clientWidth,
  [...f.contentDocument.querySelectorAll(".wide td")].filter(e => e.getClientRects().length).length];
result.textContent = JSON.stringify(all) }</script>`)
	found := map[string][3]int{}
	if err := json.Unmarshal([]byte(browse(t, page.String())), &found); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		height, over, cells := found[name][0], found[name][1], found[name][2]
		t.Logf("%s: %d px high, %d cells", name, height, cells)
		if over != 0 || height > 3000 {
			t.Errorf("%s: %d px high, %d too wide", name, height, over)
		}
		if wide := strings.HasSuffix(name, "700"); wide != (cells == 22*5) || !wide && cells != 22 {
			t.Errorf("%s: %d cells are shown", name, cells)
		}
	}
	if len(found) != 6 {
		t.Errorf("the browser measured %d pages", len(found))
	}
}

func localizerFor(t testing.TB, language string) localizer {
	t.Helper()
	printer, err := locales.For(language)
	if err != nil {
		t.Fatal(err)
	}
	return localizer{printer}
}

// TestNoTextMakesAMailTooLong: whatever is long, tables, texts or both, it stays below what Gmail shows.
func TestNoTextMakesAMailTooLong(t *testing.T) {
	pages := everything(t)
	long := hostile()
	for i := range long.Content.Tables {
		for j := range long.Content.Tables[i].Rows {
			long.Content.Tables[i].Rows[j][0] = strings.Repeat("<&> ", 5000)
		}
	}
	long.Content.Lead, long.Content.Notes = strings.Repeat("å", 90_000), []string{strings.Repeat("<", 70_000), strings.Repeat("x ", 30_000)}
	pages["long"] = long
	for name, m := range pages {
		frozen := compose(t, m)
		if n := len(frozen.HTML); n > 60_000 {
			t.Errorf("%s: %d bytes of HTML", name, n)
		}
	}
	long.Content.Remarks = []string{"NOK\u00a01\u00a0580\u00a0867,05 venter"} // a figure stays whole, whatever is cut
	if html := string(compose(t, long).HTML); !strings.Contains(html, long.Content.Remarks[0]) {
		t.Error("a figure may be broken into two lines")
	}
}

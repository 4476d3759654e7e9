package webpage

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// measure tells what is wrong with a page: that it scrolls sideways, that an element sticks out,
// that letters hardly differ from what is behind them, that a control is small or has no name.
const measure = `
const luminance = c => { const f = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2] };
const colour = s => s.match(/[\d.]+/g).map(Number);
function behind(e, w) { for (; e; e = e.parentElement) { const c = colour(w.getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c } return [255, 255, 255] }
function look(f) {
  const d = f.contentDocument, w = f.contentWindow, found = [];
  if (d.documentElement.scrollWidth > f.clientWidth) found.push("is " + d.documentElement.scrollWidth + " wide");
  const ids = {};
  for (const e of d.querySelectorAll("body *")) {
    if (e.id) { if (ids[e.id]) found.push("two have the id " + e.id); ids[e.id] = 1 }
    if (e.closest(".scroll, .hidden, .skip, thead, details:not([open]), datalist, select") && !e.matches(".scroll")) continue;
    const r = e.getBoundingClientRect();
    if (r.width > 0 && r.right > f.clientWidth + 0.5) found.push(e.tagName + " sticks out: " + e.textContent.slice(0, 40));
    if (e.matches("button, input, select, textarea, summary, .button, nav a") && r.width > 0 && r.height < 24) found.push(e.tagName + " is " + r.height + " high: " + e.textContent.slice(0, 30));
    if (e.matches("input:not([type=hidden]), select, textarea") && !(e.labels && e.labels.length && e.labels[0].textContent.trim())) found.push("no label: " + e.name);
    if (e.matches("button, a[href], th[scope]") && !e.textContent.trim()) found.push("no name: " + e.outerHTML.slice(0, 80));
    for (const to of ["aria-describedby", "aria-labelledby"]) for (const id of (e.getAttribute(to) || "").split(" ").filter(x => x)) if (!d.getElementById(id)) found.push(to + " names nothing: " + id);
  }
  for (const a of d.querySelectorAll('a[href^="#"]')) if (!d.getElementById(a.getAttribute("href").slice(1))) found.push("leads nowhere: " + a.getAttribute("href"));
  const walk = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) { const e = n.parentElement, css = w.getComputedStyle(e);
    if (!n.textContent.trim() || e.closest(".hidden, .skip, select, datalist, button:disabled") || !e.getClientRects().length) continue;
    const a = luminance(colour(css.color)), b = luminance(behind(e, w)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push("contrast of " + ratio.toFixed(2) + ": " + n.textContent.slice(0, 40)) }
  return found.slice(0, 5) }
window.onload = async () => { const all = {};
  for (const f of document.querySelectorAll("iframe")) { all[f.id] = look(f);
    if (typeof axeSource === "undefined" || f.width == 768) continue;
    f.contentWindow.eval(axeSource);
    for (const v of (await f.contentWindow.axe.run(f.contentDocument, {resultTypes: ["violations"]})).violations) all[f.id].push("axe: " + v.id + ": " + v.nodes[0].html.slice(0, 150)) }
  result.textContent = JSON.stringify(all) }`

// states are what the pages are looked at with.
func states() map[string]func(*site) {
	return map[string]func(*site){
		"empty":  func(*site) {},
		"normal": func(s *site) { s.outcome = ledger.Sent; s.made("2026-11-18"); s.made("2026-11-19") },
		"failing": func(s *site) {
			s.made("2026-11-18")
			s.account.Config.Web.Hooks = []reportconfig.Hook{{URL: "https://" + strings.Repeat("very-long-name.", 9) + "example/", Events: []reportconfig.HookEvent{reportconfig.ReportAdd, reportconfig.DeliveryFailed}}}
			s.outcome = ledger.Expired
			s.made("2026-11-19")
			for _, kind := range []string{ledger.AlarmSource, ledger.AlarmRelay, ledger.AlarmArchive, ledger.AlarmClock} {
				s.must(s.account.Ledger.Raise(s.Context(), ledger.Alarm{Account: "T12345678", Kind: kind, Subject: "x", Raised: s.now, Text: strings.Repeat("no answer from 192.0.2.1:25 ", 9)}))
			}
		},
		"hostile": func(s *site) {
			for _, name := range []string{strings.Repeat("M", 64), `<b>"'&` + strings.Repeat("x", 50), "שלום " + strings.Repeat("عربى", 10)} {
				s.save(url.Values{"name": {name}, "emails": {strings.Repeat("a", 60) + "@shop.example"}, "reportFilters.store_id": {strings.Repeat("s", 200)}})
			}
			s.made("2026-11-19")
		},
	}
}

// save makes a report by the form, and gives its path.
func (s *site) save(change url.Values) string {
	s.Helper()
	form := url.Values{"dataType": {"checkout/transactions"}, "schedule": {"daily"}, "language": {"no"}, "save": {"1"}}
	for key, value := range change {
		form[key] = value
	}
	w := s.send("POST", "/reports/new", form)
	if w.Code != 303 {
		s.Fatalf("a report is not saved: %d %s", w.Code, w.Body)
	}
	path, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return path
}

// paths are all pages that a person can come to.
func (s *site) paths() []string {
	s.Helper()
	own := s.save(url.Values{"name": {"Trondheim"}, "emails": {"kari@shop.example"}})
	all := []string{"/", "/reports", "/reports?by=person", "/reports/new", "/reports/oslo", own, own + "/edit", own + "/pause", own + "/delete", own + "/copy", "/reports/oslo/make", "/reports/oslo/preview", "/deliveries", "/calendar", "/activity", "/system", "/account", "/nothing"}
	w := s.send("POST", "/reports/oslo/preview", url.Values{"period": {"2026-11-19"}})
	preview, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	all = append(all, preview, "/activity/1")
	rows, err := s.account.Ledger.Deliveries(s.Context(), ledger.Filter{Account: "T12345678", Limit: 3})
	s.must(err)
	for _, r := range rows[:min(1, len(rows))] {
		one := fmt.Sprint("/deliveries/", r.ID)
		all = append(all, one, one+"/resend", one+"/message", fmt.Sprint("/periods/", r.PeriodID))
	}
	for _, r := range s.account.Reports() {
		if strings.HasPrefix(r.Name, "MM") {
			all = append(all, "/reports/"+r.ID, "/reports/"+r.ID+"/edit")
		}
	}
	return all
}

// TestPagesCanBeUsedOnEveryScreen asks a browser.
func TestPagesCanBeUsedOnEveryScreen(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long")
	}
	style, err := files.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	for name, prepare := range states() {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.signIn()
			prepare(s)
			var page strings.Builder
			page.WriteString("<!DOCTYPE html><meta charset=utf-8><body>")
			count := 0
			frame := func(path string, ask func(string) string) { // over the states each page is seen in each language at each width
				for i, width := range []int{320, 768, 1280} {
					body := ask([]string{"nb", "en"}[(i/2+count/3+len(name))%2])
					body = strings.Replace(body, `<link rel="stylesheet" href="/style.css">`, "<style>"+string(style)+"</style>", 1)
					body = regexp.MustCompile(`<script[^>]*></script>|<iframe[^>]*></iframe>`).ReplaceAllString(body, "")
					scheme := []string{"light", "dark"}[(i+count/3)%2]
					fmt.Fprintf(&page, `<iframe id="%s %d %s" width="%d" height="900" style="border:0;color-scheme:%s" srcdoc="%s"></iframe>`, path, width, scheme, width, scheme, html.EscapeString(body))
					count++
				}
			}
			in := func(language string) func(*http.Request) {
				return func(r *http.Request) { r.Header.Set("Accept-Language", language) }
			}
			for _, path := range s.paths() {
				frame(path, func(language string) string {
					w := s.ask("GET", path, in(language))
					if w.Code != 200 && path != "/nothing" {
						t.Errorf("%s: %d", path, w.Code)
					}
					return w.Body.String()
				})
			}
			faulty := url.Values{"name": {strings.Repeat("x", 70)}, "emails": {"x"}, "at": {"25:00"}, "ping": {"ftp://x"}, "save": {"1"}}
			frame("faults", func(language string) string {
				return s.send("POST", "/reports/new", faulty, in(language)).Body.String()
			})
			cookie := s.cookie
			s.cookie = nil
			frame("/sign-in", func(language string) string { return s.ask("GET", "/sign-in", in(language)).Body.String() })
			s.cookie = cookie
			if axe, err := os.ReadFile(os.Getenv("RAPPORT_AXE")); err == nil { // of axe-core, axe.min.js
				page.WriteString("<script>const axeSource = " + quoted(string(axe)) + "</script>")
			}
			page.WriteString(`<pre id="result"></pre><script>` + measure + `</script>`)
			found := map[string][]string{}
			if err := json.Unmarshal([]byte(browse(t, page.String())), &found); err != nil {
				t.Fatal(err)
			}
			if len(found) != count {
				t.Fatalf("the browser measured %d of %d pages", len(found), count)
			}
			for path, faults := range found {
				for _, fault := range faults {
					t.Errorf("%s: %s", path, fault)
				}
			}
		})
	}
}

// quoted is a text as a script writes it within a page.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a text always can be
	}
	return string(b) // its < is escaped
}

// browse is what a page writes into its result.
func browse(t *testing.T, page string) string {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	arguments := slices.Concat([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"},
		[]string{"--user-data-dir=" + dir, "--hide-scrollbars", "--virtual-time-budget=100000", "--window-size=1400,1000", "--dump-dom", "file://" + file})
	out, err := exec.CommandContext(ctx, chromium, arguments...).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, result, _ := strings.Cut(string(out), `<pre id="result">`)
	result, _, _ = strings.Cut(result, "</pre>")
	return html.UnescapeString(result)
}

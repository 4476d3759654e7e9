package mail_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/locales"
	"rapport/mail"
)

// A look is one way to see a message.
type look struct {
	name  string
	width int // of the screen, in pixels
	dark  bool
	other *strings.Replacer // what another program makes of the HTML
}

func looks() []look {
	// Where Arial is missing, what stands in may be as wide as DejaVu Sans.
	wide := strings.NewReplacer("Arial,", "DejaVu Sans,", "Arial, ", "DejaVu Sans, ")
	bare := strings.NewReplacer("<style>", "<!--", "</style>", "-->") // as Gmail has it for other people's accounts
	return []look{
		{"phone", 320, false, nil}, {"phone-dark", 320, true, nil}, {"phone-wide-letters", 320, false, wide}, {"phone-bare", 320, false, bare},
		{"hand", 360, false, nil}, {"hand-dark", 360, true, nil}, {"desk", 700, false, nil}, {"desk-dark", 700, true, nil},
	}
}

// measure tells what is wrong with a page: elements that leave the screen, letters that
// hardly differ from what is behind them, texts that lie upon each other.
const measure = `
const luminance = c => { const f = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2] };
const colour = s => s.match(/[\d.]+/g).map(Number);
function behind(e, w) { for (; e; e = e.parentElement) { const c = colour(w.getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c } return [255, 255, 255] }
function look(f) {
  const d = f.contentDocument, w = f.contentWindow, found = [], lines = [];
  if (d.documentElement.scrollWidth != f.clientWidth) found.push("is " + d.documentElement.scrollWidth + " wide");
  for (const e of d.querySelectorAll("body *")) { const r = e.getBoundingClientRect();
    if (f.id.endsWith("bare") && e.closest(".scroll")) continue;
    if (r.right > f.clientWidth + 0.5 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) found.push(e.tagName + " sticks out: " + e.textContent.slice(0, 40)) }
  const walk = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT), range = d.createRange();
  for (let n; n = walk.nextNode();) { const e = n.parentElement, css = w.getComputedStyle(e);
    if (!n.textContent.trim() || e.closest(".preview") || !e.getClientRects().length) continue;
    const a = luminance(colour(css.color)), b = luminance(behind(e, w)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push("contrast of " + ratio.toFixed(2) + ": " + n.textContent.slice(0, 40));
    range.selectNodeContents(n);
    const figure = n.textContent.trim();
    if (/\d/.test(figure) && /^[\dA-Z\u00a0.,−kr]+$/.test(figure) && range.getClientRects().length > 1 && !f.id.includes("hostile")) found.push("a figure is broken: " + figure);
    for (const r of range.getClientRects()) if (r.width > 0) lines.push({r, e, text: n.textContent.slice(0, 30)}) }
  for (const [i, a] of lines.entries()) for (const b of lines.slice(i + 1)) if (a.e != b.e &&
    Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left) > 1 && Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top) > 3)
      found.push(a.text + " lies upon " + b.text);
  return found.slice(0, 5) }
window.onload = () => { const all = {};
  for (const f of document.querySelectorAll("iframe")) all[f.id] = [String(f.contentDocument.documentElement.scrollHeight), ...look(f)];
  result.textContent = JSON.stringify(all) }`

// TestPagesCanBeReadOnEveryScreen asks a browser.
func TestPagesCanBeReadOnEveryScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	pages := everything(t)
	for _, language := range locales.Languages() {
		pages["busy-"+language] = busy(t, language, 14, 6)
		for _, data := range []string{"transactions", "open", "orders", "wallets"} {
			m := kinds(t)[data+"-"+language+"-normal"]
			many(localizerFor(t, language), &m.Content, 3000)
			pages[data+"-"+language+"-many"] = m
		}
	}
	for name, m := range pages {
		if n := len(compose(t, m).HTML); n > 60_000 {
			t.Errorf("%s: %d bytes of HTML", name, n)
		}
	}
	var page strings.Builder
	page.WriteString("<!DOCTYPE html><meta charset=utf-8><body>")
	count := 0
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		for i, l := range looks() {
			if !seenSo(name, i) {
				continue
			}
			page.WriteString(l.frame(t, name, pages[name]))
			count++
		}
	}
	page.WriteString(`<pre id="result"></pre><script>` + measure + `</script>`)
	found := map[string][]string{}
	if err := json.Unmarshal([]byte(browse(t, page.String())), &found); err != nil {
		t.Fatal(err)
	}
	if len(found) != count {
		t.Fatalf("the browser measured %d of %d pages", len(found), count)
	}
	for name, faults := range found {
		height, err := strconv.Atoi(faults[0])
		if err != nil || strings.HasPrefix(name, "busy") && strings.Contains(name, " hand") && height > 3000 {
			t.Errorf("%s is %s px high", name, faults[0])
		}
		for _, fault := range faults[1:] {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// seenSo tells whether a message is looked at so. Of each kind of report each look is in one of the languages.
func seenSo(name string, look int) bool {
	for n, language := range locales.Languages() {
		if strings.Contains(name, "-"+language+"-") {
			return (look+look/2+len(name))%2 == n
		}
	}
	return true
}

// frame is the page that shows a message so.
func (l look) frame(t *testing.T, name string, m mail.Message) string {
	t.Helper()
	source, scheme := string(compose(t, m).HTML), "light"
	if l.other != nil {
		source = l.other.Replace(source)
	}
	if l.dark {
		scheme = "dark"
	}
	return fmt.Sprintf(`<iframe id="%s %s" width="%d" height="900" style="border:0;color-scheme:%s" srcdoc="%s"></iframe>`,
		name, l.name, l.width, scheme, html.EscapeString(source))
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
	out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+dir,
		"--hide-scrollbars", "--window-size=1200,1000", "--dump-dom", "file://"+file).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, result, _ := strings.Cut(string(out), `<pre id="result">`)
	result, _, _ = strings.Cut(result, "</pre>")
	return html.UnescapeString(result)
}

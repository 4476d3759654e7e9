package mail_test

import (
	"context"
	"fmt"
	"html"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestPageFitsThePhone asks a browser: at 320 pixels nothing is wider than the screen.
func TestPageFitsThePhone(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	var page strings.Builder
	page.WriteString("<!DOCTYPE html><body>")
	for name, message := range samples() {
		for _, width := range []int{320, 700} {
			fmt.Fprintf(&page, `<iframe id="%s-%d" width="%d" height="900" style="border:0" srcdoc="%s"></iframe>`,
				name, width, width, html.EscapeString(string(compose(t, message).HTML)))
		}
	}
	page.WriteString(`<pre id="result"></pre><script>
window.onload = () => { for (const f of document.querySelectorAll("iframe")) {
  const d = f.contentDocument, wide = [...d.querySelectorAll("body *")].filter(e => {
    const r = e.getBoundingClientRect(); return r.right > f.clientWidth + 0.5 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 });
  result.textContent += f.id + " " + d.documentElement.scrollWidth + " " + wide.length + "\n";
} }</script>`)
	dir := t.TempDir()
	file := filepath.Join(dir, "page.html")
	if err := os.WriteFile(file, []byte(page.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+dir,
		"--hide-scrollbars", "--window-size=1200,1000", "--dump-dom", "file://"+file).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, result, _ := strings.Cut(string(out), `<pre id="result">`)
	result, _, _ = strings.Cut(result, "</pre>")
	lines := strings.Split(strings.TrimSpace(result), "\n")
	if len(lines) != 2*len(samples()) {
		t.Fatalf("the browser measured %d pages: %q", len(lines), result)
	}
	for _, line := range lines {
		fields := strings.Fields(line)
		width := fields[0][strings.LastIndex(fields[0], "-")+1:]
		if fields[1] != width || fields[2] != "0" {
			t.Errorf("%s: the page is %s wide, %s elements stick out", fields[0], fields[1], fields[2])
		}
	}
}

func TestColoursCanBeReadInBothModes(t *testing.T) {
	page := string(compose(t, daily()).HTML)
	for _, pair := range [][2]string{
		{"#1b2430", "#ffffff"}, {"#586372", "#ffffff"}, {"#586372", "#f3f5f7"},
		{"#eceff3", "#1e2228"}, {"#a9b1bc", "#1e2228"},
	} {
		if got := contrast(t, pair[0], pair[1]); got < 4.5 {
			t.Errorf("%s on %s has a contrast of %.2f", pair[0], pair[1], got)
		}
		if !strings.Contains(page, pair[0]) || !strings.Contains(page, pair[1]) {
			t.Errorf("%v are not the page's colours", pair)
		}
	}
}

// contrast is the ratio of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(colour string) (sum float64) {
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := float64(n) / 255
			if c <= 0.04045 {
				sum += weight * c / 12.92
			} else {
				sum += weight * math.Pow((c+0.055)/1.055, 2.4)
			}
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

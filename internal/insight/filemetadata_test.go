package insight_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/insight"
)

type page struct {
	Reports       []map[string]any
	StartingAfter string `json:"starting_after"`
}

func (s *service) metadata(token, query string) (p page) {
	s.Helper()
	a := s.ask("GET", base+"/reports/metadata"+query, token, "")
	if a.Code != 200 {
		s.Fatalf("%s", a.Body)
	}
	a.read(&p)
	return p
}

func TestFilesAreListedNewestFirstPageByPage(t *testing.T) {
	s := start(t)
	token := s.token("lister")
	for _, day := range []string{"2026-11-16", "2026-11-17", "2026-11-18"} {
		s.made("oslo", day, "oslo_"+day+".pdf", "oslo_"+day+".csv")
		s.clock.Time = s.clock.Add(time.Minute)
	}
	var names []string
	query, pages := "?limit=4", 0
	for {
		p := s.metadata(token, query)
		for _, r := range p.Reports {
			names = append(names, r["report_file_name"].(string))
		}
		if pages++; p.StartingAfter == "" {
			break
		}
		query = "?limit=4&starting_after=" + p.StartingAfter
	}
	want := "oslo_2026-11-18.pdf oslo_2026-11-18.csv oslo_2026-11-17.pdf oslo_2026-11-17.csv oslo_2026-11-16.pdf oslo_2026-11-16.csv"
	if got := strings.Join(names, " "); got != want || pages != 2 {
		t.Errorf("%d pages: %s", pages, got)
	}
	one := s.metadata(token, "").Reports[0]
	for key, want := range map[string]any{
		"account_id": account, "template_id": "insight-checkout-transactions", "content_language": "no", "created_by": "file", "data_from": "2026-11-17T23:00:00.000Z", "data_to": "2026-11-18T23:00:00.000Z",
		"schedule": "daily", "custom_report_name": "Oslo", "report_config_id": insight.FileReportID(account, "oslo"), "data_type": "checkout/transactions", "created_at": "2026-11-20T12:02:00.000Z",
	} {
		if one[key] != want {
			t.Errorf("%s: %v, want %v", key, one[key], want)
		}
	}
	for _, bad := range []string{"?limit=0", "?limit=101", "?limit=x", "?limit=", "?starting_after=x", "?starting_after=", "?starting_after=MS4yLjM9", "?limit=1&limit=2"} {
		s.ask("GET", base+"/reports/metadata"+bad, token, "").fails(400, "bad_request")
	}
}

func TestAFileIsDownloadedByItsLinkAsItWasMade(t *testing.T) {
	s := start(t)
	s.made("oslo", "2026-11-18", "oslo.csv")
	link := s.metadata(s.token("all"), "").Reports[0]["signed_url"].(string)
	target := strings.TrimPrefix(link, "https://rapport.example")
	a := s.ask("GET", target, "", "")
	if a.Code != 200 || a.Body.String() != "the bytes of oslo.csv" || a.Header().Get("Content-Disposition") != "attachment; filename=oslo.csv" || a.Header().Get("Content-Type") != "text/csv" || a.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %q %v", a.Code, a.Body, a.Header())
	}
	part := s.ask("GET", target, "", "", func(r *http.Request) { r.Header.Set("Range", "bytes=4-8") })
	if part.Code != 206 || part.Body.String() != "bytes" {
		t.Errorf("a part: %d %q", part.Code, part.Body)
	}
	if same := s.ask("GET", target, "", "", func(r *http.Request) { r.Header.Set("If-None-Match", a.Header().Get("ETag")) }); same.Code != 304 {
		t.Errorf("the same again: %d", same.Code)
	}
	for _, bad := range []string{
		target[:len(target)-1] + "0", strings.Replace(target, "expires=1", "expires=2", 1), strings.Replace(target, "signature=1-0", "signature=1-1", 1),
		strings.Replace(target, account, "T87654321", 1), strings.Split(target, "?")[0],
	} {
		if bad == target {
			bad = target[:len(target)-1] + "1"
		}
		s.ask("GET", bad, "", "").fails(403, "forbidden")
	}
	path := filepath.Join(s.config.Archive, "oslo", "2026-11-18", "oslo.csv")
	s.must(os.WriteFile(path, []byte("the bytes of 0slo.csv"), 0o600))
	s.ask("GET", target, "", "").fails(500, "internal")
	if len(s.alarms) != 1 {
		t.Errorf("alarms: %q", s.alarms)
	}
	s.clock.Time = s.clock.Add(16 * time.Minute)
	s.ask("GET", target, "", "").fails(403, "forbidden")
}

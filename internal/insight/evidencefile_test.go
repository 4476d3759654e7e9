package insight_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rapport/internal/insight"
	"rapport/internal/ledger/served"
)

// TestEvidenceIsForAdmins, by a report's id over HTTP or in the file, and that it was taken goes down.
func TestEvidenceIsForAdmins(t *testing.T) {
	s := start(t)
	s.made("oslo", "2026-11-18", "oslo_2026-11-18.csv")
	admin := s.token("all")
	evidence := base + "/reports/evidence/"
	for _, id := range []string{"oslo", insight.FileReportID(account, "oslo")} {
		a := s.ask("GET", evidence+id+"?period=2026-11-18", admin, "")
		if a.Code != 200 || a.Header().Get("Content-Type") != "application/zip" || a.Header().Get("Content-Disposition") != "attachment; filename=evidence_oslo_2026-11-18.zip" {
			t.Fatalf("%d %v", a.Code, a.Header())
		}
		z, err := zip.NewReader(bytes.NewReader(a.Body.Bytes()), int64(a.Body.Len()))
		s.must(err)
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
		}
		if !slices.Contains(names, "report/oslo_2026-11-18.csv") || !slices.Contains(names, "manifest.json") {
			t.Errorf("it holds %q", names)
		}
	}
	s.ask("GET", evidence+"oslo?period=2026-11-17", admin, "").fails(404, "not_found")
	s.ask("GET", evidence+"nothing?period=2026-11-18", admin, "").fails(404, "not_found")
	s.ask("GET", evidence+"oslo", admin, "").fails(400, "bad_request")
	s.ask("GET", evidence+"oslo?period=2026-11-18", s.token("lister"), "").fails(403, "insufficient_scope")
	acts, err := s.tables.Acts(t.Context(), served.ActFilter{Account: account, Limit: 10})
	s.must(err)
	if len(acts) != 2 || acts[0].Action != "evidence" || acts[0].Object != "report oslo 2026-11-18" || acts[0].Name != "all" {
		t.Errorf("written down: %+v", acts)
	}
}

// TestEvidenceOfWhatIsNotWhole: a file that was changed is told of; that the ledger is away is no fault of a file.
func TestEvidenceOfWhatIsNotWhole(t *testing.T) {
	s := start(t)
	s.made("oslo", "2026-11-18", "oslo_2026-11-18.csv")
	admin := s.token("all")
	const of = base + "/reports/evidence/oslo?period=2026-11-18"
	s.must(os.WriteFile(filepath.Join(s.config.Archive, "oslo", "2026-11-18", "oslo_2026-11-18.csv"), []byte("other"), 0o600))
	s.ask("GET", of, admin, "").fails(500, "internal")
	if len(s.alarms) != 1 || !strings.HasPrefix(s.alarms[0], "oslo: ") {
		t.Errorf("alarms: %q", s.alarms)
	}
	s.must(s.ledger.Close())
	s.ask("GET", of, admin, "").fails(500, "unavailable")
	if len(s.alarms) != 1 {
		t.Errorf("alarms: %q", s.alarms)
	}
}

// TestAPartIsListedAsOneOfTheWhole: it has the whole's configuration, and is downloaded as any file.
func TestAPartIsListedAsOneOfTheWhole(t *testing.T) {
	s := start(t)
	s.made("oslo", "2026-11-18", "oslo_2026-11-18.csv")
	s.made("oslo.a", "2026-11-18", "oslo_2026-11-18.csv")
	listed := s.metadata(s.token("lister"), "").Reports
	if len(listed) != 2 {
		t.Fatalf("%d files", len(listed))
	}
	part, whole := listed[0], listed[1]
	for _, key := range []string{"report_config_id", "data_type", "template_id", "created_by", "schedule"} {
		if part[key] != whole[key] || part[key] == "" {
			t.Errorf("%s of the part: %v, of the whole: %v", key, part[key], whole[key])
		}
	}
	for _, key := range []string{"id", "report_job_id", "signed_url"} {
		if part[key] == whole[key] {
			t.Errorf("%s of both: %v", key, part[key])
		}
	}
	if a := s.ask("GET", part["signed_url"].(string)[len("https://rapport.example"):], "", ""); a.Code != 200 || a.Body.String() != "the bytes of oslo_2026-11-18.csv" {
		t.Errorf("the part: %d %s", a.Code, a.Body)
	}
	if one := s.ask("GET", reports+"/"+part["report_config_id"].(string), s.token("all"), ""); one.Code != 200 {
		t.Errorf("the part's configuration: %d", one.Code)
	}
}

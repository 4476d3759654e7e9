package insight_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

// TestAHookIsToldWhatTheMetadataSays: report_add has the item of the file, link and all.
func TestAHookIsToldWhatTheMetadataSays(t *testing.T) {
	s := start(t)
	from := time.Date(2026, 11, 18, 23, 0, 0, 0, time.UTC)
	key := ledger.Key{Account: account, Report: "oslo", From: from, To: from.AddDate(0, 0, 1)}
	added, err := s.ledger.Plan(t.Context(), []ledger.Planned{{Key: key, Name: "2026-11-19", Schedule: "daily", Config: s.config.Path, Due: key.To, State: ledger.Owed}})
	s.must(err)
	claimed, err := s.ledger.ClaimPeriod(t.Context(), added[0].ID)
	s.must(err)
	body := func(event string, subject served.HookSubject) object {
		t.Helper()
		data, err := s.HookBody(t.Context(), account, served.HookDelivery{ID: "d-1", Account: account, Event: event, Subject: subject.String()})
		s.must(err)
		if data == nil {
			return nil
		}
		var o object
		answer{t: t, ResponseRecorder: recorded(data)}.read(&o)
		if o["account_id"] != account || o["event"] != event || o["event_delivery"] != "d-1" {
			t.Errorf("%s: %s", event, data)
		}
		return o
	}
	if o := body(served.HookBegins, served.HookSubject{}); o["report"] != nil {
		t.Errorf("ping: %v", o)
	}
	s.must(s.ledger.PostponePeriod(t.Context(), claimed.Claim, ledger.Postponed{At: s.now(), NextTry: s.now().Add(time.Hour), State: ledger.Owed, Error: "away"}))
	failed := body(string(reportconfig.ReportFailed), served.HookSubject{Period: added[0].ID})["report"].(map[string]any)
	if failed["error"] != "away" || failed["final"] != false || failed["data_type"] != "checkout/transactions" || failed["data_from"] != "2026-11-18T23:00:00.000Z" {
		t.Errorf("report_failed: %v", failed)
	}
	if claimed, err = s.ledger.ClaimPeriod(t.Context(), added[0].ID); err != nil {
		t.Fatal(err)
	}
	s.must(s.ledger.RecordMade(t.Context(), claimed.Claim, ledger.MadePeriod{
		At: s.now(), Artifacts: []ledger.Artifact{{Path: "oslo/2026-11-19/oslo_2026-11-19.csv", ContentType: "text/csv", SHA256: "x", Size: 1}},
		Deliveries: []ledger.NewDelivery{{Recipient: "kari@shop.example", MessageID: "<1>", File: "x.eml", SHA256: "x", Size: 1}},
	}))
	if o := body(string(reportconfig.ReportFailed), served.HookSubject{Period: added[0].ID}); o != nil {
		t.Errorf("report_failed of what was made meanwhile: %v", o)
	}
	item := body(string(reportconfig.ReportAdd), served.HookSubject{Period: added[0].ID})["report"].(map[string]any)
	var page struct{ Reports []map[string]any }
	s.ask("GET", base+"/reports/metadata", s.token("all"), "").read(&page)
	for key, value := range page.Reports[0] {
		if list, ok := value.([]any); ok && len(list) == 1 && len(item[key].([]any)) == 1 {
			continue
		}
		if item[key] != value {
			t.Errorf("%s: %v, the metadata says %v", key, item[key], value)
		}
	}
	if item["report_job_id"] != failed["report_job_id"] {
		t.Error("what failed and what was made are not one job")
	}
	rows, err := s.ledger.Deliveries(t.Context(), ledger.Filter{Account: account})
	s.must(err)
	refused := served.HookSubject{Delivery: rows[0].ID}
	if o := body(string(reportconfig.DeliveryFailed), refused); o != nil {
		t.Errorf("delivery_failed of what is queued again: %v", o)
	}
	claim, err := s.ledger.ClaimDelivery(t.Context(), rows[0].ID)
	s.must(err)
	s.must(s.ledger.MarkSending(t.Context(), claim.Claim, s.now()))
	s.must(s.ledger.Finish(t.Context(), claim.Claim, ledger.Result{At: s.now(), State: ledger.Refused, Answer: "550 no such user"}))
	o := body(string(reportconfig.DeliveryFailed), refused)
	delivery := o["delivery"].(map[string]any)
	if delivery["recipient"] != "kari@shop.example" || delivery["state"] != "refused" || delivery["answer"] != "550 no such user" || o["report"].(map[string]any)["id"] != item["id"] {
		t.Errorf("delivery_failed: %v", o)
	}
	if o := body(string(reportconfig.DeliveryFailed), served.HookSubject{Delivery: 999}); o != nil {
		t.Errorf("of a delivery that is gone: %v", o)
	}
}

// recorded is an answer with a body.
func recorded(body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	_, _ = w.Write(body)
	return w
}

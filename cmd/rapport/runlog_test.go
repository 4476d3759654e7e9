package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// TestARunLogsWhatItSaysOnlyIfAsked: what is said to a person is not said twice; with
// --log-level it is logged too, each event with the level of what a person must do.
func TestARunLogsWhatItSaysOnlyIfAsked(t *testing.T) {
	t.Parallel()
	r, port := startRelay(t)
	r.refuse["later@x.example"] = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	r.refuse["never@x.example"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	path := mailConfig(t, startSandbox(t), port)
	var out, errs bytes.Buffer
	run(t.Context(), []string{"run", path, "--now", sourcesNow, "--log-level", "info", "--log-format", "json"}, getenv, &out, &errs)
	levels := map[string]string{}
	for line := range strings.Lines(errs.String()) {
		var l struct {
			Level, Msg, State, Answer string
			ID                        string `json:"message_id"`
			Delivery                  int64
		}
		if !strings.HasPrefix(line, "{") {
			continue
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Msg == "delivery" {
			levels[l.State] = l.Level
		}
		if l.State == "sent" && (l.ID == "" || l.Delivery == 0 || !strings.HasPrefix(l.Answer, "250")) {
			t.Errorf("cannot be looked up at the relay: %s", line)
		}
	}
	if levels["sent"] != "INFO" || levels["deferred"] != "WARN" || levels["refused"] != "ERROR" {
		t.Errorf("levels %v\n%s", levels, &errs)
	}

	errs.Reset()
	if code := run(t.Context(), []string{"run", path, "--now", "2026-11-20T06:50:00+01:00"}, getenv, &out, &errs); code != exitWaiting || !strings.Contains(errs.String(), "greylisted") || strings.Contains(errs.String(), "level=") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	errs.Reset()
	out.Reset()
	if code := run(t.Context(), []string{"run", path, "--now", "2026-11-20T07:50:00+01:00", "--quiet"}, getenv, &out, &errs); code != exitWaiting || errs.Len()+out.Len() > 0 {
		t.Errorf("cron would mail again what it has mailed: exit code %d: %s%s", code, &out, &errs)
	}
}

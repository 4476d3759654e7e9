package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

func TestFromAFileToAMailOverRealHTTPAndSMTP(t *testing.T) {
	t.Parallel()
	r, port := startRelay(t)
	r.refuse["later@x.example"] = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	r.refuse["never@x.example"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	path := mailConfig(t, startSandbox(t), port)

	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"run", path, "--now", sourcesNow, "--json"}, getenv, &out, &errs); code != exitFailed {
		t.Errorf("one refused for good beats one that is tried again: exit code %d\n%s%s", code, &out, &errs)
	}
	states := map[string]string{}
	for line := range strings.Lines(out.String()) {
		var e struct{ Type, Recipient, State, Error string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Type == "delivery" {
			states[e.Recipient] = e.State
		}
	}
	if states["now@x.example"] != "sent" || states["later@x.example"] != "deferred" || states["never@x.example"] != "refused" {
		t.Errorf("states: %v\n%s", states, &out)
	}
	if len(r.got) != 1 || len(r.got["now@x.example"]) != 1 {
		t.Fatalf("the relay got %d messages", len(r.got))
	}
	checkMessage(t, r.got["now@x.example"][0], filepath.Join(filepath.Dir(path), "archive", "oslo", "2026-11-19"))

	// The next day's run sends what was deferred, the same message, before it makes the next day.
	r.refuse = nil
	stdout, _ := mustRun(t, "run", path, "--now", "2026-11-21T03:00:00+01:00")
	if len(r.got["now@x.example"]) != 1 || len(r.got["later@x.example"]) != 1 || len(r.got["never@x.example"]) != 0 {
		t.Errorf("the relay got %d, %d, %d messages\n%s", len(r.got["now@x.example"]), len(r.got["later@x.example"]), len(r.got["never@x.example"]), stdout)
	}
	stdout, _ = mustRun(t, "run", path, "--now", "2026-11-21T09:00:00+01:00")
	if len(r.got["now@x.example"]) != 2 || !strings.Contains(stdout, "2026-11-20") || strings.Contains(stdout, "2026-11-19") {
		t.Errorf("the next day has its own report: %s", stdout)
	}
	if !strings.Contains(r.got["later@x.example"][0], "Date: Fri, 20 Nov 2026 06:30:00 +0100") {
		t.Error("the deferred message was made anew")
	}
}

// checkMessage reads a message as a mail program would: its headers, its two bodies, and
// the files byte for byte as they are in the archive.
func checkMessage(t *testing.T, raw, archive string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"Subject": "Dagsoppgjør Oslo tor 19.11: NOK 13 028,20, SEK 1 643,46, avstemt – Fjordfisk AS 940155223, nr. 1", "To": "<now@x.example>", "Auto-Submitted": "auto-generated",
		"Reply-To": "<okonomi@fjordfisk.example>", "Date": "Fri, 20 Nov 2026 06:30:00 +0100",
	} {
		got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(header))
		if err != nil || got != want {
			t.Errorf("%s: got %q, want %q, %v", header, got, want, err)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatalf("%s, %v", kind, err)
	}
	files := 0
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if name := part.FileName(); name != "" {
			want, err := os.ReadFile(filepath.Join(archive, name))
			if err != nil {
				t.Error(err)
			}
			if got := unbase64(t, part); !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes were sent, not the %d of the archive", name, len(got), len(want))
			}
			files++
		}
	}
	if files != 2 {
		t.Errorf("%d files are attached, want PDF and CSV", files)
	}
}

func TestEndlessFaultsOverHTTPSendNothing(t *testing.T) {
	t.Parallel()
	for fault, says := range map[string]string{"html": "HTML", "object": "is an object", "loop": "listing", "redirect": "redirect", "unauthorized": "401"} {
		r, port := startRelay(t)
		path := mailConfig(t, startSandbox(t, "--fault", fault), port)
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"run", path, "--now", sourcesNow, "--log-level", "debug"}, getenv, &out, &errs)
		if code != exitWaiting || len(r.got) > 0 || !strings.Contains(errs.String(), says) {
			t.Errorf("%s: exit code %d, %d mails\n%s", fault, code, len(r.got), &errs)
		}
		if all := out.String() + errs.String(); strings.Contains(all, "c4n4ry") {
			t.Errorf("%s: a secret is said: %s", fault, all)
		}
	}
}

func TestCheckOnlineAsksDinteroAndTheRelayAndMailsNothing(t *testing.T) {
	t.Parallel()
	r, port := startRelay(t)
	path := mailConfig(t, startSandbox(t), port)
	out, _ := mustRun(t, "check", path, "--online")
	if !strings.Contains(out, "dintero: token and transactions are there") || !strings.Contains(out, "takes our mail") || len(r.got) > 0 {
		t.Errorf("got %s", out)
	}
	var stdout, errs bytes.Buffer
	bad := mailConfig(t, startSandbox(t, "--fault", "unauthorized"), port)
	if code := run(t.Context(), []string{"check", bad, "--online"}, getenv, &stdout, &errs); code != exitFailed || !strings.Contains(errs.String(), "401") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
}

func unbase64(t *testing.T, r io.Reader) []byte {
	t.Helper()
	data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, r))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestADeferredMailAndTheMissedDaysGoOutOldestFirst(t *testing.T) {
	t.Parallel()
	r, port := startRelay(t)
	r.refuse["later@x.example"] = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	path := mailConfig(t, startSandbox(t), port)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"run", path, "--now", sourcesNow}, getenv, &out, &errs); code != exitWaiting {
		t.Errorf("exit code %d\n%s", code, &errs)
	}
	r.refuse = nil
	stdout, _ := mustRun(t, "run", path, "--now", "2026-11-22T09:00:00+01:00")
	first, second, third := strings.Index(stdout, "2026-11-19  sent to later@x.example"), strings.Index(stdout, "2026-11-20  written"), strings.Index(stdout, "2026-11-21  written")
	if first < 0 || second < 0 || third < second || len(r.got["now@x.example"]) != 3 {
		t.Errorf("the 19th goes out, and the 20th is made before the 21st: %s", stdout)
	}
}

func TestARelayThatRefusesUsIsAskedOnce(t *testing.T) {
	t.Parallel()
	r, port := startRelay(t)
	path := mailConfig(t, startSandbox(t), port)
	r.closed = true
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"run", path, "--now", sourcesNow}, getenv, &out, &errs); code != exitWaiting || strings.Count(out.String(), "deferred to ") != 3 {
		t.Errorf("exit code %d\n%s%s", code, &out, &errs)
	}
	if r.asked != 1 {
		t.Errorf("the relay was asked %d times", r.asked)
	}
}

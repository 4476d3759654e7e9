package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// TestCheckOnlineSaysNoWhereTheRelayDoes: what check calls good must be able to send.
func TestCheckOnlineSaysNoWhereTheRelayDoes(t *testing.T) {
	for name, test := range map[string]struct {
		refusal *smtp.SMTPError
		code    int
		want    string
	}{
		"the sender":    {&smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Sender address rejected: not owned by user"}, exitFailed, "may this login send as"},
		"HELO":          {&smtp.SMTPError{Code: 504, EnhancedCode: smtp.EnhancedCode{5, 5, 2}, Message: "Helo command rejected: need fully-qualified hostname"}, exitFailed, "set helo to this machine's full host name"},
		"the recipient": {&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}, exitFailed, "asked with p0@x.example"},
		"all, for now":  {&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}, exitWaiting, "greylisted"},
	} {
		r, port := startRelay(t)
		r.refuse["p0@x.example"] = test.refusal
		config := shopConfig(t, 2, port)
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"check", config, "--online"}, getenv, &out, &errs)
		if code != test.code || !strings.Contains(errs.String(), test.want) || strings.Contains(out.String(), "takes our mail") || len(r.got) > 0 {
			t.Errorf("refuses %s: exit code %d: %s%s", name, code, &out, &errs)
		}
	}
	r, port := startRelay(t)
	r.closed = true // at MAIL
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"check", shopConfig(t, 1, port), "--online"}, getenv, &out, &errs); code != exitFailed || strings.Contains(out.String(), "takes our mail") {
		t.Errorf("refuses the sender at MAIL: exit code %d: %s%s", code, &out, &errs)
	}
}

// TestCheckOnlineAsksWithTheOperator where there is one, and names no recipient otherwise
// than by the first of a report.
func TestCheckOnlineAsksWithTheOperator(t *testing.T) {
	r, port := startRelay(t)
	refusal := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	for i := range 3 {
		r.refuse["p"+string(rune('0'+i))+"@x.example"] = refusal
	}
	config := shopConfig(t, 3, port)
	writeConfig(t, config, "operator: drift@x.example\n"+shopText(3, port))
	if out, _ := mustRun(t, "check", config, "--online"); !strings.Contains(out, "takes our mail") || len(r.got) > 0 {
		t.Errorf("got %s", out)
	}
}

// TestOfSeveralFilesTheWorstAnswerCounts: what a relay refuses for good is worse than what another puts off.
func TestOfSeveralFilesTheWorstAnswerCounts(t *testing.T) {
	refusing, port := startRelay(t)
	refusing.refuse["p0@x.example"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	refused := shopConfig(t, 1, port)
	busy, port := startRelay(t)
	busy.refuse["p0@x.example"] = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	waiting := shopConfig(t, 1, port)
	for _, paths := range [][]string{{refused, waiting}, {waiting, refused}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"check", "--online"}, paths...), getenv, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), "greylisted") || !strings.Contains(errs.String(), "no such user") {
			t.Errorf("exit code %d: %s", code, &errs)
		}
	}
}

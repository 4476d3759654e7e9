package engine_test

import (
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/internal/builder"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// underFault runs a report of each data type against a simulated Dintero that misbehaves.
func underFault(t *testing.T, fault string, data reportconfig.Data) (csv string, events []builder.Event, o builder.Outcome, mails int) {
	t.Helper()
	rep := paymenttest.Report(data, "no")
	rep.Emails = []mail.Address{{Address: "regnskap@fjordfisk.example"}}
	s := shoptest.New(t, nil, rep)
	options := sandbox.Options{Seed: 1, Now: s.Clock.Now}
	if fault != "" {
		options.Faults = []string{fault}
	}
	simulated, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	s.Source = fetch.New(fetch.Config{
		Account: "T12345678", ClientID: "id", Secret: func() (string, error) { return "c4n4ry", nil },
		APIURL: "http://dintero.invalid/v1", CheckoutURL: "http://dintero.invalid/v1", Audience: "http://dintero.invalid/v1/accounts/T12345678",
		Transport: simulated.Transport(), Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	o = s.Run()
	files, err := filepath.Glob(filepath.Join(s.Archive, "test", "2026-11-19", "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 1 {
		read, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		csv = string(read)
	}
	return csv, s.Events, o, len(s.Box.Got)
}

// everyDataButShortly is the first of all types where there is little time.
func everyDataButShortly() []reportconfig.Data {
	if testing.Short() {
		return paymenttest.EveryData[:1]
	}
	return paymenttest.EveryData
}

func TestAPassingFaultChangesNothing(t *testing.T) {
	t.Parallel()
	for _, data := range everyDataButShortly() {
		synctest.Test(t, func(t *testing.T) {
			want, _, o, _ := underFault(t, "", data)
			if o != (builder.Outcome{}) || strings.Count(want, "\r\n") < 3 {
				t.Fatalf("%s: the report without a fault: %+v, %d lines", data.DataType(), o, strings.Count(want, "\r\n"))
			}
			for _, fault := range []string{"rate-limit", "server-error", "reset", "truncated", "revoked-token", "duplicate", "reordered", "oversized-page", "slow", "zero-expiry"} {
				got, events, o, mails := underFault(t, fault, data)
				if o != (builder.Outcome{}) || mails != 1 {
					t.Errorf("%s under %s: %+v, %d mails, %+v", data.DataType(), fault, o, mails, events)
				} else if got != want {
					t.Errorf("%s under %s: the CSV has %d lines, not the same %d", data.DataType(), fault, strings.Count(got, "\r\n"), strings.Count(want, "\r\n"))
				}
			}
		})
	}
}

func TestAFaultThatStaysEndsInASentenceAndNoMail(t *testing.T) {
	t.Parallel()
	for _, data := range everyDataButShortly() {
		synctest.Test(t, func(t *testing.T) {
			for fault, says := range map[string]string{
				"always-500": "500", "truncated-always": "end", "html": "HTML", "object": "is an object", "null": "null", "error-200": "Upstream request failed",
				"unauthorized": "401", "forbidden": "403", "loop": "listing", "stuck": "listing", "redirect": "redirect", "endless": "",
			} {
				csv, events, o, mails := underFault(t, fault, data)
				if !o.Waiting || mails != 0 || csv != "" || len(events) != 1 {
					t.Errorf("%s under %s: %+v, %d mails, %d bytes of CSV, %+v", data.DataType(), fault, o, mails, len(csv), events)
				} else if sentence := events[0].Error; !strings.Contains(sentence, says) || !strings.HasPrefix(sentence, "report test: 2026-11-19: ") {
					t.Errorf("%s under %s: %s", data.DataType(), fault, sentence)
				} else {
					t.Log(fault+":", sentence)
				}
			}
		})
	}
}

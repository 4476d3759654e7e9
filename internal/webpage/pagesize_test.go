package webpage

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"rapport/internal/access"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

// TestNoPageIsHeavy: with its style and its script a page is 60 KiB at most, however much there is to show.
func TestNoPageIsHeavy(t *testing.T) {
	t.Parallel()
	s := start(t)
	name := strings.Repeat("Oppgjør å ", 7)[:64]
	first, config := s.made("2026-11-19")[0], s.account.Config
	var emails []*mail.Address
	for i := range 50 {
		emails = append(emails, &mail.Address{Address: fmt.Sprintf("recipient.number.%02d@a-long-name-of-a-shop.example", i)})
	}
	for i := range 300 {
		r := config.Reports[0]
		r.ID, r.Name = fmt.Sprintf("11111111-2222-4333-8444-%012d", i), name
		r.Emails = nil
		for _, to := range emails {
			r.Emails = append(r.Emails, *to)
		}
		r.Paused = i%3 == 0
		config.Reports = append(config.Reports, r)
	}
	s.acted(60, 10<<10)
	s.must(s.account.Ledger.Write(t.Context(), func(tx ledger.Tx) error {
		for i := range 60 {
			act := served.Act{At: s.now, Account: "T12345678", Action: "edit", Object: strings.Repeat("report ", 140), Actor: served.Actor{Name: strings.Repeat("o", 60), Via: served.ViaAPI, Address: "2001:db8::1"}}
			act.Before, act.After = strings.Repeat(`{"emails":["a@shop.example"]},`, 2000), fmt.Sprint(i)
			if err := act.WriteDown(tx); err != nil {
				return err
			}
		}
		return nil
	}))
	for i := range 100 {
		session := served.Session{ID: access.Identify(fmt.Sprint(i)), Name: name, Proof: "link", How: served.ByLink, Account: "T12345678", Created: s.now, Seen: s.now, Address: "2001:db8:1111:2222:3333:4444:5555:6666", Agent: strings.Repeat("Mozilla/5.0 ", 24)}
		s.must(served.Of(s.account.Ledger).BeginSession(context.Background(), session))
	}
	key := first.Key
	key.From = key.From.AddDate(0, 0, -1)
	key.To = first.From
	planned, err := s.account.Ledger.Plan(t.Context(), []ledger.Planned{{Key: key, Name: "2026-11-18", Schedule: "daily", Config: s.account.Path, Due: first.From, State: ledger.Owed}})
	s.must(err)
	claim, err := s.account.Ledger.ClaimPeriod(t.Context(), planned[0].ID)
	s.must(err)
	made := ledger.MadePeriod{At: s.now}
	for i := range 500 {
		for _, dimension := range []string{"method", "store"} {
			for _, measure := range []string{"captured", "refunded", "fees", "net"} {
				made.Totals = append(made.Totals, ledger.Total{Dimension: dimension, Name: fmt.Sprintf("%s %03d", name, i), Label: fmt.Sprintf("%s %03d", name, i), Currency: "NOK", Measure: measure, Count: 2, Sum: 123456789})
			}
		}
	}
	for i, to := range emails {
		made.Deliveries = append(made.Deliveries, ledger.NewDelivery{Recipient: to.Address, MessageID: fmt.Sprintf("<%d@shop.example>", i), File: fmt.Sprint(i, ".eml"), SHA256: "x", Size: 1})
	}
	s.must(s.account.Ledger.RecordMade(t.Context(), claim.Claim, made))
	rows, err := s.account.Ledger.Deliveries(t.Context(), ledger.Filter{Account: "T12345678", Period: "2026-11-18"})
	s.must(err)
	for _, row := range rows {
		claimed, err := s.account.Ledger.ClaimDelivery(t.Context(), row.ID)
		s.must(err)
		s.must(s.account.Ledger.MarkSending(t.Context(), claimed.Claim, s.now))
		s.must(s.account.Ledger.Finish(t.Context(), claimed.Claim, ledger.Result{At: s.now, State: ledger.Refused, Answer: strings.Repeat("550 5.1.1 <no such user> ", 40)}))
	}
	s.account.Reports = func() []reportconfig.Report { return config.Reports }
	s.restart()
	s.signInAs("anne")
	shared := s.ask("GET", "/style.css").Body.Len() + s.ask("GET", "/script.js").Body.Len()
	for _, path := range []string{"/activity", "/activity/1", "/activity/100", "/calendar", "/calendar?page=2", "/reports", "/reports?by=person", "/reports?by=person&q=recipient.number.01", fmt.Sprint("/periods/", planned[0].ID), "/account", "/account?page=2", "/deliveries", "/", "/system", "/reports/oslo"} {
		w := s.ask("GET", path)
		size := w.Body.Len() + shared
		t.Logf("%s: %d, %d bytes", path, w.Code, size)
		if w.Code != 200 || size > 60<<10 {
			t.Errorf("%s: %d, %d bytes with its style and script", path, w.Code, size)
		}
	}
}

package pipeline

import (
	"context"
	"iter"
	"log/slog"
	"net/mail"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/render"
	"rapport/reportconfig"
)

// nearby is a Dintero whose thorough listing goes back 55 days instead of 400: as far as
// the simulated one's transactions need, and no test waits for a year of them.
type nearby struct{ *fetch.Client }

func (n nearby) Transactions(ctx context.Context, q fetch.Query) iter.Seq2[fetch.Transaction, error] {
	late := q
	late.From = q.From.AddDate(0, 0, 345) // of which the listings by time of event are empty
	thorough := q.Thorough
	q.Thorough = false
	return func(yield func(fetch.Transaction, error) bool) {
		for tx, err := range n.Client.Transactions(ctx, q) {
			if !yield(tx, err) {
				return
			}
		}
		if thorough {
			n.Client.Transactions(ctx, late)(yield)
		}
	}
}

// dintero is a simulated one of seed 1 with faults, at the shop's time.
func (s *shop) dintero(faults ...string) Source {
	s.t.Helper()
	simulated, err := sandbox.New(sandbox.Options{Seed: 1, Now: s.clock.now, Faults: faults})
	if err != nil {
		s.t.Fatal(err)
	}
	return nearby{fetch.New(fetch.Config{
		Account: "T12345678", ClientID: "id", Secret: func() (string, error) { return "c4n4ry", nil },
		APIURL: "http://dintero.invalid/v1", CheckoutURL: "http://dintero.invalid/v1", Audience: "http://dintero.invalid/v1/accounts/T12345678",
		Transport: simulated.Transport(), Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})}
}

// reconciled is a shop of one daily report with a policy, and an operator.
func reconciled(t *testing.T, policy reportconfig.Reconcile) *shop {
	rep := mailed("a@x.no")
	rep.Language, rep.Reconcile = reportconfig.English, policy
	s := newShop(t, nil, rep)
	s.operator = &mail.Address{Address: "drift@x.no"}
	return s
}

// checkOf is what a trial of the shop's report would say.
func checkOf(s *shop) (state render.CheckState, text string) {
	s.t.Helper()
	request := Request{Job: Job{Report: s.reports[0], Period: parsePeriod(s.t, "2026-11-19")}, Dir: s.t.TempDir(), Trial: true}
	made := (&Builder{Account: fjordfisk(s.t), Source: s.source, Log: slog.New(slog.DiscardHandler)}).Build(s.t.Context(), s.clock.now(), []Request{request})[0]
	if made.Err != nil {
		s.t.Fatal(made.Err)
	}
	check := made.Statement.check
	return check.State, strings.Join(append([]string{check.Text}, check.Details...), "\n")
}

func TestEachFaultOfDinteroUnderEachPolicy(t *testing.T) {
	for fault, want := range map[string]render.CheckState{
		"": render.Agrees, "first-capture": render.Agrees, "late-kpi": render.Agrees, "slow": render.Agrees,
		"drop": render.Differs, "double": render.Differs, "altered": render.Differs, "stale-kpi": render.Differs,
		"forbidden-kpi": render.NotChecked, "missing-kpi": render.NotChecked, "error-kpi": render.NotChecked, "slow-kpi": render.NotChecked,
	} {
		policies := []reportconfig.Reconcile{reportconfig.ReconcileWarn, reportconfig.ReconcileHold}
		if fault == "drop" {
			policies = append(policies, reportconfig.ReconcileOff)
		}
		if testing.Short() && fault != "altered" {
			continue // each is a year read twice
		}
		for _, policy := range policies {
			t.Run(fault+" "+string(policy), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := reconciled(t, policy)
					faults := []string{fault}
					if fault == "" {
						faults = nil
					}
					s.source = s.dintero(faults...)
					o := s.run()
					if held := policy == reportconfig.ReconcileHold && want == render.Differs; held {
						if o != (Outcome{Waiting: true}) || len(s.events) != 1 || !strings.Contains(s.events[0].Error, "Does not agree with Dintero") {
							t.Errorf("%+v, %+v", o, s.events)
						}
						if len(s.box.got) != 1 || s.box.got[0].To != "drift@x.no" {
							t.Errorf("%d mails; the operator alone gets one", len(s.box.got))
						}
						return
					}
					if o != (Outcome{}) || s.sent() != "2026-11-19 a@x.no" {
						t.Errorf("%+v: %s", o, s.said())
					}
					s.source = s.dintero(faults...)
					state, text := checkOf(s)
					t.Log(text)
					if policy == reportconfig.ReconcileOff {
						want = render.Unsaid
					}
					if state != want {
						t.Errorf("state %d, want %d", state, want)
					}
				})
			})
		}
	}
}

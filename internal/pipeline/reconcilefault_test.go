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
func (s *shop) checkOf() (state verdict, text string) {
	s.t.Helper()
	r := newBuilder(s.t, s.source)
	a := &build{job: Job{Report: s.reports[0], Period: parsePeriod(s.t, "2026-11-19")}, dir: s.t.TempDir(), now: s.clock.now(), trial: true}
	r.buildAll(s.t.Context(), []*build{a})
	if a.err != nil {
		s.t.Fatal(a.err)
	}
	check := a.figures.check(a.figures.words)
	return a.figures.reconciliation.verdict, strings.Join(append([]string{check.Text}, check.Details...), "\n")
}

func TestEachFaultOfDinteroUnderEachPolicy(t *testing.T) {
	for fault, want := range map[string]verdict{
		"": agrees, "first-capture": agrees, "late-kpi": agrees, "slow": agrees,
		"drop": differs, "double": differs, "altered": differs, "stale-kpi": differs,
		"forbidden-kpi": unchecked, "missing-kpi": unchecked, "error-kpi": unchecked, "slow-kpi": unchecked,
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
					if held := policy == reportconfig.ReconcileHold && want == differs; held {
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
					state, text := s.checkOf()
					t.Log(text)
					if policy == reportconfig.ReconcileOff {
						want = unasked
					}
					if state != want {
						t.Errorf("state %d, want %d", state, want)
					}
				})
			})
		}
	}
}

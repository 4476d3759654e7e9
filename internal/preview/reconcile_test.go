package preview_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"rapport/internal/builder"
	"rapport/internal/content"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// checkOf is what a trial of the shop's report would say.
func checkOf(s *shoptest.Shop) (state content.CheckState, text string) {
	s.T.Helper()
	request := builder.Request{Job: report.Job{Report: s.Reports[0], Period: paymenttest.Period(s.T, "2026-11-19")}, Dir: s.T.TempDir(), Trial: true}
	made := (&builder.Builder{Account: shoptest.Fjordfisk(s.T), Source: s.Source, Log: slog.New(slog.DiscardHandler)}).Build(s.T.Context(), s.Clock.Now(), []builder.Request{request})[0]
	if made.Err != nil {
		s.T.Fatal(made.Err)
	}
	check := made.Statement.Check
	return check.State, strings.Join(append([]string{check.Text}, check.Details...), "\n")
}

func TestEachFaultOfDinteroUnderEachPolicy(t *testing.T) {
	for fault, want := range map[string]content.CheckState{
		"": content.Agrees, "first-capture": content.Agrees, "late-kpi": content.Agrees, "slow": content.Agrees,
		"drop": content.Differs, "double": content.Differs, "altered": content.Differs, "stale-kpi": content.Differs,
		"forbidden-kpi": content.NotChecked, "missing-kpi": content.NotChecked, "error-kpi": content.NotChecked, "slow-kpi": content.NotChecked,
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
					s := shoptest.Reconciled(t, policy)
					faults := []string{fault}
					if fault == "" {
						faults = nil
					}
					s.Source = s.Dintero(faults...)
					o := s.Run()
					if held := policy == reportconfig.ReconcileHold && want == content.Differs; held {
						if o != (builder.Outcome{Waiting: true}) || len(s.Events) != 1 || !strings.Contains(s.Events[0].Error, "Does not agree with Dintero") {
							t.Errorf("%+v, %+v", o, s.Events)
						}
						if len(s.Box.Got) != 1 || s.Box.Got[0].To != "drift@x.no" {
							t.Errorf("%d mails; the operator alone gets one", len(s.Box.Got))
						}
						return
					}
					if o != (builder.Outcome{}) || s.Sent() != "2026-11-19 a@x.no" {
						t.Errorf("%+v: %s", o, s.Said())
					}
					s.Source = s.Dintero(faults...)
					state, text := checkOf(s)
					t.Log(text)
					if policy == reportconfig.ReconcileOff {
						want = content.NoCheck
					}
					if state != want {
						t.Errorf("state %q, want %q", state, want)
					}
				})
			})
		}
	}
}

func TestATrialShowsWhatWouldBeHeld(t *testing.T) {
	s := shoptest.Reconciled(t, reportconfig.ReconcileHold)
	s.Source = &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t), Figures: paymenttest.Always(nil)}
	if state, text := checkOf(s); state != content.Differs || !strings.HasSuffix(text, "\nThe report would be held back (reconcile: hold).") {
		t.Errorf("%q: %s", state, text)
	}
}

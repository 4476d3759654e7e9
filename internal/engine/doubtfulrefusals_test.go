package engine_test

import (
	"net/mail"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// bare is a refusal whose code alone speaks of the address.
func bare(code int) *ourmail.Error {
	e := shoptest.Refusal()
	e.About, e.Code = ourmail.AboutUnknown, code
	return e
}

// TestARefusalThatAllHearAlikeIsAboutUs: a relay that says 550 to everybody of a run does not
// know that three people are gone.
func TestARefusalThatAllHearAlikeIsAboutUs(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no", "c@x.no"))
	s.Operator = &mail.Address{Address: "drift@x.no"}
	for _, to := range []string{"a@x.no", "b@x.no", "c@x.no"} {
		s.Box.Failing(to, bare(550))
	}
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) {
		t.Errorf("%+v: %s", o, s.Said())
	}
	for _, to := range []string{"a@x.no", "b@x.no", "c@x.no"} {
		if d := s.Delivery(to); d.State != ledger.Deferred || d.Attempts > 1 {
			t.Errorf("%s: %+v", to, d)
		}
	}
	if got := s.Alarms(); !strings.HasPrefix(got, "relay: ") {
		t.Errorf("alarms %q", got)
	}
	s.Box.Fail = nil
	s.Days(1)
	if o := s.Run(); o != (builder.Outcome{}) || s.Alarms() != "" {
		t.Errorf("the relay takes all again: %+v, %q: %s", o, s.Alarms(), s.Said())
	}
}

// TestARefusalBesideAnAcceptedMessageIsTheAddresss: so it is when it is the only one of its kind.
func TestARefusalBesideAnAcceptedMessageIsTheAddresss(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refused map[string]int
		others  []string
	}{
		"another was accepted": {map[string]int{"a@x.no": 550, "b@x.no": 550}, []string{"c@x.no"}},
		"only one":             {map[string]int{"a@x.no": 550}, nil},
		"two that differ":      {map[string]int{"a@x.no": 550, "b@x.no": 553}, nil},
	} {
		s := shoptest.New(t, paymenttest.OneSale(t))
		var all []string
		for to, code := range c.refused {
			s.Box.Failing(to, bare(code))
			all = append(all, to)
		}
		s.Reports = []*reportconfig.Report{paymenttest.Mailed(append(all, c.others...)...)}
		if o := s.Run(); o != (builder.Outcome{Failed: true}) {
			t.Errorf("%s: %+v: %s", name, o, s.Said())
		}
		for to := range c.refused {
			if d := s.Delivery(to); d.State != ledger.Refused {
				t.Errorf("%s: %s: %+v", name, to, d)
			}
		}
	}
}

// TestTheDaemonJudgesARefusalWhenOthersHaveBeenHeard: it does not wait for the next start.
func TestTheDaemonJudgesARefusalWhenOthersHaveBeenHeard(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no"))
	s.Box.Failing("a@x.no", bare(550))
	s.Box.Failing("b@x.no", bare(550))
	d, pokes := daemon(s)
	wake(s, d, pokes)
	if row := s.Delivery("a@x.no"); row.State != ledger.Deferred {
		t.Errorf("%+v", row)
	}
}

// TestWhatSomebodyMustMendIsToldAtOnce, and what may pass by itself when it lasts.
func TestWhatSomebodyMustMendIsToldAtOnce(t *testing.T) {
	t.Parallel()
	ours := shoptest.RelayOut()
	ours.About = ourmail.AboutUs
	quota := shoptest.NotSent()
	quota.Code, quota.Enhanced, quota.About = 550, "5.4.5", ourmail.AboutNow
	policy := shoptest.NotSent()
	policy.Code, policy.Enhanced, policy.About = 550, "5.7.1", ourmail.AboutUs
	for name, c := range map[string]struct {
		err  *ourmail.Error
		told bool
	}{
		"STARTTLS is gone":    {ours, true},
		"the relay is away":   {shoptest.RelayOut(), false},
		"the quota is used":   {quota, false},
		"it refuses our name": {policy, true},
	} {
		rep := paymenttest.Mailed("a@x.no")
		rep.Ping = "https://monitor.example/x"
		s := shoptest.New(t, paymenttest.OneSale(t), rep)
		s.Operator = &mail.Address{Address: "drift@x.no"}
		var heard []string
		s.Called = func(_, what string) error { heard = append(heard, what); return nil }
		s.Box.Failing("a@x.no", c.err)
		s.Run()
		if told := strings.HasPrefix(s.Alarms(), "relay: "); told != c.told {
			t.Errorf("%s: alarms %q", name, s.Alarms())
		}
		if failed := strings.Contains(strings.Join(heard, " "), "fail"); failed != c.told {
			t.Errorf("%s: pings %q", name, heard)
		}
	}
}

package engine_test

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
)

func TestPingsTellStartSuccessAndFailure(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("a@x.no", "b@x.no")
	rep.Ping = "https://watch.example/1"
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	var got []string
	s.Called = func(_, signal string) error {
		got = append(got, "/"+signal)
		return nil
	}
	s.Box.Failing("b@x.no", shoptest.NotSent())
	if s.Run(); strings.Join(got, " ") != "/start" {
		t.Errorf("one waits: %v", got)
	}
	s.Box.Fail = nil
	if s.Run(); strings.Join(got, " ") != "/start /" {
		t.Errorf("all have it: %v", got)
	}
	s.Source, got = paymenttest.Source{Err: context.DeadlineExceeded}, nil
	s.Days(1)
	if s.Run(); strings.Join(got, " ") != "/start /fail" {
		t.Errorf("it could not be made: %v", got)
	}
}

// TestAMonitorThatIsAwayIsToldByTheNextRun: else it would cry at seven in the morning.
func TestAMonitorThatIsAwayIsToldByTheNextRun(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("a@x.no")
	rep.Ping = "https://watch.example/1"
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	var got []string
	away := true
	s.Called = func(_, signal string) error {
		if got = append(got, "/"+signal); away {
			return errors.New("503")
		}
		return nil
	}
	if o := s.Run(); o != (builder.Outcome{}) || strings.Join(got, " ") != "/start /" {
		t.Errorf("no report depends on it: %+v, %v", o, got)
	}
	away, got = false, nil
	if s.Run(); len(got) != 0 {
		t.Errorf("at once: %v", got)
	}
	s.Clock.Time = s.Clock.Add(15 * time.Minute)
	if s.Run(); strings.Join(got, " ") != "/" {
		t.Errorf("a start that is over is not told: %v", got)
	}
}

func TestANotificationThatNobodyHearsIsGivenUp(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("a@x.no")
	rep.Ping = "https://watch.example/1"
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	calls := 0
	s.Called = func(string, string) error { calls++; return errors.New("503") }
	s.Run()
	for range 40 {
		s.Clock.Time = s.Clock.Add(time.Hour)
		s.Run()
	}
	if calls < 20 || calls > 60 {
		t.Errorf("%d calls", calls)
	}
}

// TestAnAlarmTakesTheOtherRoad: the relay that is out cannot tell that it is.
func TestAnAlarmTakesTheOtherRoad(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.Source{Err: context.DeadlineExceeded}, paymenttest.Mailed("a@x.no"))
	s.Operator, s.AlarmURL = &mail.Address{Address: "drift@x.no"}, "https://hooks.example/1"
	s.Box.Failing("drift@x.no", shoptest.NotSent())
	var got []string
	s.Called = func(url, body string) error { got = append(got, url+" "+body); return nil }
	for range 4 {
		book := s.Open()
		if _, err := s.Engine(book, nil).Run(t.Context(), engine.Selection{}); err != nil && !strings.Contains(err.Error(), "mail to the operator") {
			t.Error(err)
		}
		paymenttest.Must(t, book.Close())
		s.Clock.Time = s.Clock.Add(2 * time.Hour)
	}
	if len(got) != 1 || !strings.Contains(got[0], `https://hooks.example/1 {"text":"Rapport: En rapport er forsinket – test 2026-11-19 skulle vært laget 20.11.2026 06:00; feilmeldingen var: `) ||
		!strings.Contains(got[0], `"state":"open","kind":"late","subject":"test","account":"T12345678"`) {
		t.Errorf("posted: %v", got)
	}
	s.Source, s.Box.Fail, got = paymenttest.OneSale(t), nil, nil
	s.Clock.Time = s.Clock.Add(2 * time.Hour)
	if s.Run(); len(got) != 1 || !strings.Contains(got[0], `"state":"resolved"`) {
		t.Errorf("well again: %v", got)
	}
}

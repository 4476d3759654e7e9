package engine_test

import (
	"context"
	"errors"
	"iter"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// TestTheSourcesAlarmIsNotTheFirstReportsOwn: a report that cannot be told is no word about
// Dintero, whichever place it has in its batch.
func TestTheSourcesAlarmIsNotTheFirstReportsOwn(t *testing.T) {
	t.Parallel()
	untold := paymenttest.SplitTransaction(t)
	untold.Events[1].Amount = 200
	broken, whole := paymenttest.Report(reportconfig.Transactions{Sellers: []string{"a"}}, "en"), paymenttest.Report(reportconfig.Transactions{}, "en")
	broken.ID, whole.ID = "a-broken", "b-whole"
	for name, c := range map[string]struct {
		code int
		want string
	}{"refused": {401, "source: the answer was: 401 Unauthorized"}, "forbidden": {403, "source: the answer was: 403 Forbidden"}, "well": {0, ""}} {
		s := shoptest.New(t, paymenttest.Source{Sales: []payment.Transaction{untold}}, broken, whole)
		s.Operator = &mail.Address{Address: "drift@x.no"}
		if c.code != 0 {
			s.Source = paymenttest.Source{Sales: []payment.Transaction{untold}, Err: &fetch.StatusError{Code: c.code}}
		}
		s.Run()
		if got := s.Alarms(); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: alarms %q, want %q", name, got, c.want)
		}
		if c.code == 0 {
			continue
		}
		s.Source = paymenttest.OneSale(t)
		if s.Run(); s.Alarms() != "" {
			t.Errorf("%s: the source is well again: %s", name, s.Alarms())
		}
	}
}

// TestOneThingThatDinteroForbidsStaysAnAlarmWhileOthersAreRead: else the operator would hear
// "well again" and "forbidden" by turns.
func TestOneThingThatDinteroForbidsStaysAnAlarmWhileOthersAreRead(t *testing.T) {
	t.Parallel()
	sales, orders := paymenttest.Mailed("a@x.no"), paymenttest.Report(reportconfig.Orders{}, "no")
	orders.ID = "orders"
	s := shoptest.New(t, noOrders{paymenttest.OneSale(t), &fetch.StatusError{Code: 403}}, sales, orders)
	s.Operator = &mail.Address{Address: "drift@x.no"}
	for range 3 {
		s.Run()
		if got := s.Alarms(); !strings.HasPrefix(got, "source: ") || strings.Count(got, "\n") > 0 {
			t.Errorf("alarms %q", got)
		}
		s.Clock.Time = s.Clock.Add(10 * time.Minute)
	}
	told := 0
	for _, m := range s.Box.Got {
		if m.To == "drift@x.no" && strings.Contains(string(m.Bytes()), "403") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the operator heard of it %d times", told)
	}
}

// noOrders is a source that may not be asked for orders.
type noOrders struct {
	paymenttest.Source
	forbidden error
}

func (s noOrders) Orders(context.Context, payment.Query) iter.Seq2[payment.Order, error] {
	return paymenttest.Listing[payment.Order](nil, s.forbidden)
}

// TestWhatWaitsInAnotherConfigurationIsNotWellAgain: two files of one account share a ledger,
// and each sees what the other could not do.
func TestWhatWaitsInAnotherConfigurationIsNotWellAgain(t *testing.T) {
	t.Parallel()
	theirs := paymenttest.Mailed("b@x.no")
	theirs.ID = "theirs"
	s := shoptest.New(t, paymenttest.Source{Err: context.DeadlineExceeded}, theirs)
	s.Config = filepath.Join(t.TempDir(), "theirs.yaml")
	paymenttest.Must(t, os.WriteFile(s.Config, nil, 0o600)) // it is there still
	s.Operator = &mail.Address{Address: "drift@x.no"}
	s.Run()
	s.Clock.Time = s.Clock.Add(2 * time.Hour)
	s.Run()
	if got := s.Alarms(); !strings.HasPrefix(got, "late: theirs") {
		t.Fatalf("alarms %q", got)
	}
	s.Reports, s.Source, s.Config = []*reportconfig.Report{paymenttest.Mailed("a@x.no")}, paymenttest.OneSale(t), "ours.yaml"
	if s.Run(); !strings.HasPrefix(s.Alarms(), "late: theirs") {
		t.Errorf("it is late still: %q", s.Alarms())
	}
}

func TestAnAddressThatChangesItsCaseIsTheSameMailbox(t *testing.T) {
	t.Parallel()
	for name, begun := range map[string]*ourmail.Error{"not begun": shoptest.NotSent(), "begun": shoptest.Unknown()} {
		rep := paymenttest.Mailed("Anna@x.no")
		rep.Emails[0].Name = "Anna"
		s := shoptest.New(t, paymenttest.OneSale(t), rep)
		s.Box.Failing("Anna@x.no", begun)
		s.Run()
		first := s.Delivery("Anna@x.no").SHA256
		rep.Emails = []mail.Address{{Name: "Anna", Address: "anna@X.no"}}
		s.Box.Fail, s.Box.Got = nil, nil
		if o := s.Run(); o != (builder.Outcome{}) || s.Said() != "delivery sent Anna@x.no" {
			t.Errorf("%s: %+v %s", name, o, s.Said())
		}
		if s.Delivery("Anna@x.no").SHA256 != first {
			t.Errorf("%s: other bytes than those that were frozen", name)
		}
	}
}

func TestAnAddressThatIsRefusedIsWellAgainInAnotherCaseToo(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("Anna@x.no")
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	s.Operator = &mail.Address{Address: "drift@x.no"}
	s.Box.Failing("Anna@x.no", shoptest.Refusal())
	if s.Run(); !strings.HasPrefix(s.Alarms(), "refused: ") {
		t.Fatal(s.Alarms())
	}
	rep.Emails[0].Address = "anna@x.no"
	s.Days(1)
	if s.Run(); s.Alarms() != "" {
		t.Error(s.Alarms())
	}
}

// told are the subjects of the mails to the operator since the last call.
func told(t *testing.T, s *shoptest.Shop) (subjects []string) {
	t.Helper()
	for _, m := range s.Box.Got {
		if m.To != "drift@x.no" {
			continue
		}
		parsed, err := mail.ReadMessage(strings.NewReader(string(m.Bytes())))
		paymenttest.Must(t, err)
		subject, err := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
		paymenttest.Must(t, err)
		subjects = append(subjects, strings.ReplaceAll(subject, "\u00a0", " "))
	}
	s.Box.Got = nil
	return subjects
}

// TestAllIsWellOnlyWhenNothingStands: muted or not, and in one language at a time.
func TestAllIsWellOnlyWhenNothingStands(t *testing.T) {
	t.Parallel()
	for language, want := range map[reportconfig.Language][3]string{
		"no": {"2 ting trenger tilsyn", "1 ting er i orden igjen; trenger fortsatt tilsyn: 1", "Alt er i orden igjen"},
		"en": {"2 things need attention", "1 thing is well again; still to be seen to: 1", "All is well again"},
	} {
		for _, muted := range []bool{false, true} {
			rep := paymenttest.Mailed("a@x.no", "b@x.no")
			rep.Language = language
			s := shoptest.New(t, paymenttest.OneSale(t), rep)
			s.Operator = &mail.Address{Address: "drift@x.no"}
			unknown := shoptest.Refusal()
			unknown.Err, unknown.Enhanced, unknown.About = errors.New("550 5.1.1 unknown"), "5.1.1", ourmail.AboutAddress
			s.Box.Fail = map[string]error{"a@x.no": unknown, "b@x.no": unknown}
			check := func(want string) {
				t.Helper()
				s.Run()
				if got := told(t, s); len(got) != 1 || !strings.Contains(got[0], want) {
					t.Errorf("%s, muted %t: %q, want %q", language, muted, got, want)
				}
			}
			check(want[0])
			if muted {
				muteRefused(t, s, "b@x.no", s.Clock.AddDate(0, 0, 2).Add(-time.Hour))
			}
			delete(s.Box.Fail, "a@x.no")
			s.Clock.Time = s.Clock.AddDate(0, 0, 1).Add(-time.Minute) // before the other one is told again
			if s.Run("2026-11-19"); len(told(t, s)) != 0 {
				t.Errorf("%s: nothing has changed", language)
			}
			s.Clock.Time = s.Clock.Add(time.Minute)
			if !muted {
				muteRefused(t, s, "b@x.no", s.Clock.Add(time.Minute)) // its reminder comes at the same time
			}
			check(want[1])
			delete(s.Box.Fail, "b@x.no")
			s.Days(1)
			check(want[2])
		}
	}
}

func muteRefused(t *testing.T, s *shoptest.Shop, address string, until time.Time) {
	t.Helper()
	book := s.Open()
	defer book.Close()
	open, err := book.OpenAlarms(t.Context(), "T12345678")
	paymenttest.Must(t, err)
	for _, a := range open {
		if a.Subject == address {
			paymenttest.Must(t, book.Mute(t.Context(), "T12345678", a.ID, until))
			return
		}
	}
	t.Fatalf("no alarm about %s: %+v", address, open)
}

// TestAnAlarmThatStandsIsToldAgainThoughNothingElseHappens: of a weekly report a daemon would
// not look for days.
func TestAnAlarmThatStandsIsToldAgainThoughNothingElseHappens(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("a@x.no")
	rep.Schedule = calendar.Monthly
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	s.Clock.Time = paymenttest.At(t, "2026-11-01T06:00:00+01:00")
	s.Operator = &mail.Address{Address: "drift@x.no"}
	s.Box.Failing("a@x.no", shoptest.Refusal())
	d, pokes := daemon(s)
	wake(s, d, pokes)
	if got := told(t, s); len(got) != 1 {
		t.Fatalf("at once: %q", got)
	}
	var days []int
	for hour := 1; hour < 17*24; hour++ {
		s.Clock.Time = s.Clock.Add(time.Hour)
		wake(s, d, pokes)
		for range told(t, s) {
			days = append(days, hour/24)
		}
	}
	if !slices.Equal(days, []int{1, 8, 15}) {
		t.Errorf("told again on the days %v", days)
	}
}

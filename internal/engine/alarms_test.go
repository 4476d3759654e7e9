package engine_test

import (
	"context"
	"iter"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// TestTheSourcesAlarmIsNotTheFirstReportsOwn: a report that cannot be told is no word about
// Dintero, whichever place it has in its batch.
func TestTheSourcesAlarmIsNotTheFirstReportsOwn(t *testing.T) {
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
		if m.To == "drift@x.no" && strings.Contains(string(m.Bytes), "403") {
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

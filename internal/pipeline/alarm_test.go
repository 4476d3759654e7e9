package pipeline

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
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// TestTheSourcesAlarmIsNotTheFirstReportsOwn: a report that cannot be told is no word about
// Dintero, whichever place it has in its batch.
func TestTheSourcesAlarmIsNotTheFirstReportsOwn(t *testing.T) {
	untold := splitTransaction(t)
	untold.Events[1].Amount = 200
	broken, whole := report(reportconfig.Transactions{Sellers: []string{"a"}}, "en"), report(reportconfig.Transactions{}, "en")
	broken.ID, whole.ID = "a-broken", "b-whole"
	for name, c := range map[string]struct {
		code int
		want string
	}{"refused": {401, "source: 401 Unauthorized"}, "forbidden": {403, "source: 403 Forbidden"}, "well": {0, ""}} {
		s := newShop(t, things{transactions: []fetch.Transaction{untold}}, broken, whole)
		s.operator = &mail.Address{Address: "drift@x.no"}
		if c.code != 0 {
			s.source = things{transactions: []fetch.Transaction{untold}, err: &fetch.StatusError{Code: c.code}}
		}
		s.run()
		if got := s.alarms(); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: alarms %q, want %q", name, got, c.want)
		}
		if c.code == 0 {
			continue
		}
		s.source = oneSale(t)
		if s.run(); s.alarms() != "" {
			t.Errorf("%s: the source is well again: %s", name, s.alarms())
		}
	}
}

// TestOneThingThatDinteroForbidsStaysAnAlarmWhileOthersAreRead: else the operator would hear
// "well again" and "forbidden" by turns.
func TestOneThingThatDinteroForbidsStaysAnAlarmWhileOthersAreRead(t *testing.T) {
	sales, orders := mailed("a@x.no"), report(reportconfig.Orders{}, "no")
	orders.ID = "orders"
	s := newShop(t, noOrders{oneSale(t), &fetch.StatusError{Code: 403}}, sales, orders)
	s.operator = &mail.Address{Address: "drift@x.no"}
	for range 3 {
		s.run()
		if got := s.alarms(); !strings.HasPrefix(got, "source: ") || strings.Count(got, "\n") > 0 {
			t.Errorf("alarms %q", got)
		}
		s.clock.Time = s.clock.Add(10 * time.Minute)
	}
	told := 0
	for _, m := range s.box.got {
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
	things
	forbidden error
}

func (s noOrders) Orders(context.Context, fetch.Query) iter.Seq2[fetch.Order, error] {
	return all[fetch.Order](nil, s.forbidden)
}

// TestWhatWaitsInAnotherConfigurationIsNotWellAgain: two files of one account share a ledger,
// and each sees what the other could not do.
func TestWhatWaitsInAnotherConfigurationIsNotWellAgain(t *testing.T) {
	theirs := mailed("b@x.no")
	theirs.ID = "theirs"
	s := newShop(t, things{err: context.DeadlineExceeded}, theirs)
	s.config = filepath.Join(t.TempDir(), "theirs.yaml")
	must(t, os.WriteFile(s.config, nil, 0o600)) // it is there still
	s.operator = &mail.Address{Address: "drift@x.no"}
	s.run()
	s.clock.Time = s.clock.Add(2 * time.Hour)
	s.run()
	if got := s.alarms(); !strings.HasPrefix(got, "late: theirs") {
		t.Fatalf("alarms %q", got)
	}
	s.reports, s.source, s.config = []*reportconfig.Report{mailed("a@x.no")}, oneSale(t), "ours.yaml"
	if s.run(); !strings.HasPrefix(s.alarms(), "late: theirs") {
		t.Errorf("it is late still: %q", s.alarms())
	}
}

func TestAnAddressThatChangesItsCaseIsTheSameMailbox(t *testing.T) {
	for name, begun := range map[string]*ourmail.Error{"not begun": notSent(), "begun": unknown()} {
		rep := mailed("Anna@x.no")
		rep.Emails[0].Name = "Anna"
		s := newShop(t, oneSale(t), rep)
		s.box.failing("Anna@x.no", begun)
		s.run()
		first := s.delivery("Anna@x.no").SHA256
		rep.Emails = []mail.Address{{Name: "Anna", Address: "anna@X.no"}}
		s.box.fail, s.box.got = nil, nil
		if o := s.run(); o != (Outcome{}) || s.said() != "delivery sent Anna@x.no" {
			t.Errorf("%s: %+v %s", name, o, s.said())
		}
		if s.delivery("Anna@x.no").SHA256 != first {
			t.Errorf("%s: other bytes than those that were frozen", name)
		}
	}
}

func TestAnAddressThatIsRefusedIsWellAgainInAnotherCaseToo(t *testing.T) {
	rep := mailed("Anna@x.no")
	s := newShop(t, oneSale(t), rep)
	s.operator = &mail.Address{Address: "drift@x.no"}
	s.box.failing("Anna@x.no", refusal())
	if s.run(); !strings.HasPrefix(s.alarms(), "refused: ") {
		t.Fatal(s.alarms())
	}
	rep.Emails[0].Address = "anna@x.no"
	s.days(1)
	if s.run(); s.alarms() != "" {
		t.Error(s.alarms())
	}
}

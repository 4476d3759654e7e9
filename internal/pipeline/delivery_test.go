package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/ledger"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

func TestAFaultLeavesNothing(t *testing.T) {
	src := oneSale(t)
	src.err = context.DeadlineExceeded
	s := newShop(t, src, mailed("a@x.no"))
	if o := s.run(); o != (Outcome{Waiting: true}) || len(s.events) != 1 || !strings.Contains(s.events[0].Error, "report test: 2026-11-19: ") {
		t.Errorf("the report waits and says why: %+v %+v", o, s.events)
	}
	if left, _ := os.ReadDir(s.archive); len(left) > 0 {
		t.Errorf("%d entries are left in the archive", len(left))
	}
	src.err, s.source = nil, oneSale(t)
	if o := s.run(); o != (Outcome{}) || s.sent() != "2026-11-19 a@x.no" {
		t.Errorf("the next run makes it: %+v %s", o, s.said())
	}
}

func TestWhatCouldNotBeSentIsSentLaterTheSameToTheByte(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("now@x.no", "later@x.no", "never@x.no"))
	s.box.failing("later@x.no", notSent())
	s.box.failing("never@x.no", refusal())
	if o := s.run(); o != (Outcome{Failed: true, Waiting: true}) || s.sent() != "2026-11-19 now@x.no" {
		t.Fatalf("one is sent, one waits, one failed for good: %+v, %s", o, s.said())
	}
	waiting := s.delivery("later@x.no")
	frozen, err := readSpool(filepath.Join(s.archive, waiting.File))
	if err != nil || frozen.sum() != waiting.SHA256 || waiting.Attempts != 1 {
		t.Fatalf("%+v, %v", waiting, err)
	}
	s.box.fail = nil
	s.days(1)
	s.source = things{err: context.DeadlineExceeded} // what is made is not fetched again
	s.run()
	if len(s.box.got) != 1 {
		t.Fatalf("the second run sends the one that waited: %s", s.said())
	}
	if diff := cmp.Diff(frozen.Frozen, s.box.got[0]); diff != "" {
		t.Error(diff)
	}
	if left, _ := filepath.Glob(filepath.Join(s.archive, "test", "2026-11-19", ".*")); len(left) > 0 {
		t.Errorf("nothing of it waits any more: %v", left)
	}
	s.box.got = nil
	if s.run("2026-11-19"); len(s.box.got) != 0 || s.said() != "report already delivered, delivery refused before, not sent again never@x.no" {
		t.Errorf("a third run sends nothing and says so: %s", s.said())
	}
}

func TestARecipientWhoLeftIsCancelledVisibly(t *testing.T) {
	rep := mailed("left@x.no")
	s := newShop(t, oneSale(t), rep)
	s.box.failing("left@x.no", notSent())
	s.run()
	rep.Emails = mailed("stays@x.no").Emails
	s.box.fail = nil
	if o := s.run(); o != (Outcome{}) || s.sent() != "" || s.said() != "delivery cancelled left@x.no" {
		t.Errorf("%+v: %s", o, s.said())
	}
}

func TestAMessageIsTriedForFiveDaysAndThenGivenUp(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.box.failing("a@x.no", notSent())
	s.run()
	s.clock.Time = s.clock.Add(5*24*time.Hour - time.Minute)
	s.reports[0].Schedule = reportconfig.Monthly // nothing new meanwhile
	if o := s.run(); o.Failed || !o.Waiting {
		t.Fatalf("just before: %+v %s", o, s.said())
	}
	s.clock.Time = s.clock.Add(time.Minute)
	if o := s.run(); o != (Outcome{Failed: true}) || s.said() != "delivery expired a@x.no" {
		t.Fatalf("then: %+v %s", o, s.said())
	}
	if o := s.run(); o != (Outcome{}) || s.box.asked != 3 {
		t.Errorf("it is over: %+v, asked %d times", o, s.box.asked)
	}
}

func TestARelayThatIsDownIsAskedWithOneMessage(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no", "b@x.no", "c@x.no", "d@x.no", "e@x.no", "f@x.no"))
	for _, to := range s.reports[0].Emails {
		s.box.failing(to.Address, relayOut())
	}
	if o := s.run(); o != (Outcome{Waiting: true}) || s.box.asked != 1 || strings.Count(s.said(), "deferred") != 6 {
		t.Errorf("%+v: asked %d times: %s", o, s.box.asked, s.said())
	}
	s.box.fail = nil
	if o := s.run(); o != (Outcome{}) || strings.Count(s.sent(), "@") != 6 {
		t.Errorf("%+v: %s", o, s.said())
	}
}

func TestAnUncertainMessageIsSentOnceMoreTheSameAndThenHeld(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.box.failing("a@x.no", unknown())
	for i, want := range []string{"delivery uncertain a@x.no", "delivery held a@x.no", ""} {
		if o := s.run(); o != (Outcome{Waiting: true, Held: min(i, 1)}) || s.said() != want {
			t.Errorf("run %d: %+v %s", i, o, s.said())
		}
	}
	if len(s.box.got) != 2 || !cmp.Equal(s.box.got[0], s.box.got[1]) {
		t.Errorf("%d copies", len(s.box.got))
	}
	if d := s.delivery("a@x.no"); d.Uncertain != 2 || d.Attempts != 2 {
		t.Errorf("counted: %+v", d)
	}
}

func TestWithHoldAnUncertainMessageWaitsForThePerson(t *testing.T) {
	rep := mailed("a@x.no")
	rep.HoldUncertain = true
	s := newShop(t, oneSale(t), rep)
	s.box.failing("a@x.no", unknown())
	if s.run(); s.said() != "delivery held a@x.no" {
		t.Fatal(s.said())
	}
	if o := s.run(); o != (Outcome{Waiting: true, Held: 1}) || s.said() != "" || len(s.box.got) != 1 {
		t.Fatalf("%+v: %s", o, s.said())
	}
	s.box.fail = nil
	id := s.delivery("a@x.no").ID
	book := s.open()
	_, err := book.Release(t.Context(), id, s.clock.now())
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	if o := s.run(); o != (Outcome{}) || len(s.box.got) != 2 || !cmp.Equal(s.box.got[0], s.box.got[1]) {
		t.Errorf("%+v: released, the same message goes: %s", o, s.said())
	}
}

func TestResendMakesANewMessageOfTheSameFiles(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.run()
	id := s.delivery("a@x.no").ID
	book := s.open()
	_, err := book.Resend(t.Context(), id, s.clock.now())
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	s.source = nil
	if o := s.run(); o != (Outcome{}) || len(s.box.got) != 2 {
		t.Fatalf("%+v: %s", o, s.said())
	}
	first, second := s.box.got[0], s.box.got[1]
	if first.ID == second.ID || attached(t, first) != attached(t, second) {
		t.Errorf("%s and %s", first.ID, second.ID)
	}
	if o := s.run(); o != (Outcome{}) || len(s.box.got) != 2 {
		t.Errorf("once: %+v", o)
	}
}

// attached is a message from its attachment on.
func attached(t *testing.T, f ourmail.Frozen) string {
	t.Helper()
	_, rest, found := strings.Cut(string(f.Bytes), "Content-Disposition: attachment")
	if !found {
		t.Fatal("no attachment")
	}
	rest, _, _ = strings.Cut(rest, "\r\n--")
	return rest
}

func TestAFileThatWasChangedIsNotSent(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.run()
	id := s.delivery("a@x.no").ID
	must(t, os.WriteFile(filepath.Join(s.archive, "test", "2026-11-19", "transactions_2026-11-19.csv"), []byte("x"), 0o600))
	book := s.open()
	_, err := book.Resend(t.Context(), id, s.clock.now())
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	s.box.got = nil
	if o := s.run(); o != (Outcome{Waiting: true}) || len(s.box.got) != 0 || !strings.Contains(s.events[0].Error, "was changed") {
		t.Errorf("%+v: %+v", o, s.events)
	}
}

func TestALostMessageIsComposedAgainTheSame(t *testing.T) {
	s := newShop(t, oneSale(t), mailed("a@x.no"))
	s.box.failing("a@x.no", unknown())
	s.run()
	must(t, os.RemoveAll(filepath.Join(s.archive, "test", "2026-11-19", outgoing)))
	s.box.fail = nil
	if o := s.run(); o != (Outcome{}) || len(s.box.got) != 2 || !cmp.Equal(s.box.got[0], s.box.got[1]) {
		t.Errorf("%+v: %s", o, s.said())
	}
}

func TestARelayThatTakesOnlySmallMessagesGetsASmallOne(t *testing.T) {
	var src things
	for range 4000 {
		src.transactions = append(src.transactions, captured(t, string(rune('a'+len(src.transactions)%26))+time.Duration(len(src.transactions)).String(), 100))
	}
	s := newShop(t, src, mailed("a@x.no"))
	relay := &narrow{limit: 200_000}
	s.sender = relay
	if o := s.run(); o != (Outcome{}) || len(relay.got) != 1 || relay.asked != 2 {
		t.Fatalf("%+v: asked %d times: %s", o, relay.asked, s.said())
	}
	if message := string(relay.got[0].Bytes); int64(len(message)) > relay.limit || !strings.Contains(message, ".csv.gz") {
		t.Errorf("%d bytes", len(message))
	}
	if d := s.delivery("a@x.no"); d.State != ledger.Sent || d.Size != int64(len(relay.got[0].Bytes)) {
		t.Errorf("%+v", d)
	}
}

// narrow is a relay that states a SIZE.
type narrow struct {
	outbox
	limit int64
}

func (n *narrow) Send(ctx context.Context, name string, f ourmail.Frozen, intent func() error) (string, error) {
	if int64(len(f.Bytes)) > n.limit {
		n.asked++
		e := refusal()
		e.Step, e.Code, e.Limit, e.Err = "sender", 0, n.limit, context.DeadlineExceeded
		return "", e
	}
	return n.outbox.Send(ctx, name, f, intent)
}

func TestAnEmptyPeriodIsArchivedAndNotMailedWhereThatIsWanted(t *testing.T) {
	rep := mailed("a@x.no")
	rep.SkipEmpty = true
	s := newShop(t, things{}, rep)
	if o := s.run(); o != (Outcome{}) || s.sent() != "" || s.said() != "report empty, not mailed" {
		t.Errorf("%+v: %s", o, s.said())
	}
	if held, err := isHeld(filepath.Join(s.archive, "test", "2026-11-19"), "2026-11-19"); !held || err != nil {
		t.Error("the archive has it")
	}
	s.days(1)
	s.source = things{transactions: oneSale(t).transactions}
	if s.run(); s.sent() != "" {
		t.Error("the sale is of the day before")
	}
}

func TestAnEmptyPeriodThatDinteroDoesNotKnowAsEmptyIsMailed(t *testing.T) {
	rep := mailed("a@x.no")
	rep.SkipEmpty, rep.Reconcile = true, reportconfig.ReconcileWarn
	s := newShop(t, &ledgered{figures: always(naively(captured(t, "a", 4711)))}, rep)
	s.run()
	letters := s.letters()
	if len(letters) != 1 {
		t.Fatalf("%d letters: %s", len(letters), s.said())
	}
	if subject, _ := subjectAndText(t, letters[0]); !strings.Contains(subject, "ingen transaksjoner i perioden, avvik mot Dintero") {
		t.Error(subject)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package engine_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

func TestAFaultLeavesNothing(t *testing.T) {
	t.Parallel()
	src := paymenttest.OneSale(t)
	src.Err = context.DeadlineExceeded
	s := shoptest.New(t, src, paymenttest.Mailed("a@x.no"))
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) || len(s.Events) != 1 || !strings.Contains(s.Events[0].Error, "report test: 2026-11-19: ") {
		t.Errorf("the report waits and says why: %+v %+v", o, s.Events)
	}
	if left, _ := os.ReadDir(s.Archive); len(left) > 0 {
		t.Errorf("%d entries are left in the archive", len(left))
	}
	src.Err, s.Source = nil, paymenttest.OneSale(t)
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "2026-11-19 a@x.no" {
		t.Errorf("the next run makes it: %+v %s", o, s.Said())
	}
}

func TestWhatCouldNotBeSentIsSentLaterTheSameToTheByte(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("now@x.no", "later@x.no", "never@x.no"))
	s.Box.Failing("later@x.no", shoptest.NotSent())
	s.Box.Failing("never@x.no", shoptest.Refusal())
	if o := s.Run(); o != (builder.Outcome{Failed: true, Waiting: true}) || s.Sent() != "2026-11-19 now@x.no" {
		t.Fatalf("one is sent, one waits, one failed for good: %+v, %s", o, s.Said())
	}
	waiting := s.Delivery("later@x.no")
	frozen, err := message.Read(t.Context(), archive.Archive{Dir: s.Archive}, waiting.File)
	if err != nil || frozen.SHA256() != waiting.SHA256 || waiting.Attempts != 1 {
		t.Fatalf("%+v, %v", waiting, err)
	}
	s.Box.Fail = nil
	s.Days(1)
	s.Source = paymenttest.Source{Err: context.DeadlineExceeded} // what is made is not fetched again
	s.Run()
	if len(s.Box.Got) != 1 {
		t.Fatalf("the second run sends the one that waited: %s", s.Said())
	}
	frozen.Pieces = [][]byte{frozen.Bytes()}
	if diff := cmp.Diff(frozen.Frozen, s.Box.Got[0]); diff != "" {
		t.Error(diff)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Archive, "test", "2026-11-19", ".*")); len(left) != 1 || filepath.Base(left[0]) != archive.Seal {
		t.Errorf("nothing of it waits any more: %v", left)
	}
	s.Box.Got = nil
	if s.Run("2026-11-19"); len(s.Box.Got) != 0 || s.Said() != "report already delivered, delivery refused before, not sent again never@x.no" {
		t.Errorf("a third run sends nothing and says so: %s", s.Said())
	}
}

func TestARecipientWhoLeftIsCancelledVisibly(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("left@x.no")
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	s.Box.Failing("left@x.no", shoptest.NotSent())
	s.Run()
	rep.Emails = paymenttest.Mailed("stays@x.no").Emails
	s.Box.Fail = nil
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "" || s.Said() != "delivery cancelled left@x.no" {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

// TestWhatWaitsForLongerThanADayIsAFailureToo: who looks at the exit code alone, as a timer
// does, must hear of an outage that lasts.
func TestWhatWaitsForLongerThanADayIsAFailureToo(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]builder.Source{"mail": paymenttest.OneSale(t), "report": paymenttest.Source{Err: context.DeadlineExceeded}} {
		s := shoptest.New(t, source, paymenttest.Mailed("a@x.no"))
		s.Reports[0].Ping = "https://watch.example/1"
		fails := 0
		s.Called = func(_, signal string) error {
			if signal == "fail" {
				fails++
			}
			return nil
		}
		s.Box.Failing("a@x.no", shoptest.NotSent())
		if o := s.Run(); o != (builder.Outcome{Waiting: true}) {
			t.Errorf("%s: at first %+v", name, o)
		}
		s.Clock.Time = s.Clock.Add(17 * time.Hour)
		if o := s.Run(); o != (builder.Outcome{Waiting: true}) {
			t.Errorf("%s: in the evening %+v", name, o)
		}
		s.Clock.Time = s.Clock.Add(8 * time.Hour)
		if o := s.Run(); o != (builder.Outcome{Waiting: true, Failed: true}) || fails == 0 {
			t.Errorf("%s: the next day %+v, the monitor heard %d times", name, o, fails)
		}
	}
}

func TestAMessageIsTriedForFiveDaysAndThenGivenUp(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Box.Failing("a@x.no", shoptest.NotSent())
	s.Run()
	s.Clock.Time = s.Clock.Add(5*24*time.Hour - time.Minute)
	s.Reports[0].Schedule = calendar.Monthly // nothing new meanwhile
	if o := s.Run(); !o.Waiting || s.Said() != "delivery deferred a@x.no" {
		t.Fatalf("just before: %+v %s", o, s.Said())
	}
	s.Clock.Time = s.Clock.Add(time.Minute)
	if o := s.Run(); o != (builder.Outcome{Failed: true}) || s.Said() != "delivery expired a@x.no" {
		t.Fatalf("then: %+v %s", o, s.Said())
	}
	if o := s.Run(); o != (builder.Outcome{}) || s.Box.Asked != 3 {
		t.Errorf("it is over: %+v, asked %d times", o, s.Box.Asked)
	}
}

func TestARelayThatIsDownIsAskedWithOneMessage(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no", "c@x.no", "d@x.no", "e@x.no", "f@x.no"))
	for _, to := range s.Reports[0].Emails {
		s.Box.Failing(to.Address, shoptest.RelayOut())
	}
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) || s.Box.Asked != 1 || strings.Count(s.Said(), "deferred") != 6 {
		t.Errorf("%+v: asked %d times: %s", o, s.Box.Asked, s.Said())
	}
	s.Box.Fail = nil
	if o := s.Run(); o != (builder.Outcome{}) || strings.Count(s.Sent(), "@") != 6 {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

func TestAnUncertainMessageIsSentOnceMoreTheSameAndThenHeld(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Box.Failing("a@x.no", shoptest.Unknown())
	for i, want := range []string{"delivery uncertain a@x.no", "delivery held a@x.no", ""} {
		if o := s.Run(); o != (builder.Outcome{Waiting: true, Held: min(i, 1)}) || s.Said() != want {
			t.Errorf("run %d: %+v %s", i, o, s.Said())
		}
	}
	if len(s.Box.Got) != 2 || !cmp.Equal(s.Box.Got[0], s.Box.Got[1]) {
		t.Errorf("%d copies", len(s.Box.Got))
	}
	if d := s.Delivery("a@x.no"); d.Uncertain != 2 || d.Attempts != 2 {
		t.Errorf("counted: %+v", d)
	}
}

func TestWithHoldAnUncertainMessageWaitsForThePerson(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("a@x.no")
	rep.HoldUncertain = true
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	s.Box.Failing("a@x.no", shoptest.Unknown())
	if s.Run(); s.Said() != "delivery held a@x.no" {
		t.Fatal(s.Said())
	}
	if o := s.Run(); o != (builder.Outcome{Waiting: true, Held: 1}) || s.Said() != "" || len(s.Box.Got) != 1 {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	s.Box.Fail = nil
	id := s.Delivery("a@x.no").ID
	book := s.Open()
	_, err := book.Release(t.Context(), id, s.Clock.Now())
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || !cmp.Equal(s.Box.Got[0], s.Box.Got[1]) {
		t.Errorf("%+v: released, the same message goes: %s", o, s.Said())
	}
}

func TestResendMakesANewMessageOfTheSameFiles(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	id := s.Delivery("a@x.no").ID
	book := s.Open()
	_, err := book.Resend(t.Context(), id, s.Clock.Now())
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	s.Source = nil
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	first, second := s.Box.Got[0], s.Box.Got[1]
	if first.ID == second.ID || shoptest.Attached(t, first) != shoptest.Attached(t, second) {
		t.Errorf("%s and %s", first.ID, second.ID)
	}
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 {
		t.Errorf("once: %+v", o)
	}
}

func TestAFileThatWasChangedIsNotSent(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	id := s.Delivery("a@x.no").ID
	paymenttest.Must(t, os.WriteFile(filepath.Join(s.Archive, "test", "2026-11-19", "transactions_2026-11-19.csv"), []byte("x"), 0o600))
	book := s.Open()
	_, err := book.Resend(t.Context(), id, s.Clock.Now())
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	s.Box.Got = nil
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) || len(s.Box.Got) != 0 || !strings.Contains(s.Events[0].Error, "was changed") {
		t.Errorf("%+v: %+v", o, s.Events)
	}
	if got := s.Alarms(); !strings.HasPrefix(got, "archive: test: the error was: ") {
		t.Errorf("alarms %q", got)
	}
}

func TestALostMessageIsComposedAgainTheSame(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Box.Failing("a@x.no", shoptest.Unknown())
	s.Run()
	paymenttest.Must(t, os.RemoveAll(filepath.Join(s.Archive, "test", "2026-11-19", archive.MadeDir)))
	s.Box.Fail = nil
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || !cmp.Equal(s.Box.Got[0], s.Box.Got[1]) {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

// TestAnAlteredMessageIsComposedAgainTheSame: what lies in the archive is not what was frozen.
func TestAnAlteredMessageIsComposedAgainTheSame(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Box.Failing("a@x.no", shoptest.Unknown())
	s.Run()
	frozen, err := filepath.Glob(filepath.Join(s.Archive, "test", "2026-11-19", archive.MadeDir, "*", "*"+archive.MessageSuffix))
	paymenttest.Must(t, err)
	if len(frozen) != 1 {
		t.Fatalf("%q", frozen)
	}
	data, err := os.ReadFile(frozen[0])
	paymenttest.Must(t, err)
	paymenttest.Must(t, os.WriteFile(frozen[0], altered(t, data), 0o600))
	s.Box.Fail = nil
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || !cmp.Equal(s.Box.Got[0], s.Box.Got[1]) {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

func TestARelayThatTakesOnlySmallMessagesGetsASmallOne(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, manySales(t), paymenttest.Mailed("a@x.no"))
	relay := &narrow{limit: 200_000}
	s.Sender = relay
	if o := s.Run(); o != (builder.Outcome{}) || len(relay.Got) != 1 || relay.Asked != 2 {
		t.Fatalf("%+v: asked %d times: %s", o, relay.Asked, s.Said())
	}
	if message := string(relay.Got[0].Bytes()); int64(len(message)) > relay.limit || !strings.Contains(message, ".zip") {
		t.Errorf("%d bytes", len(message))
	}
	if d := s.Delivery("a@x.no"); d.State != ledger.Sent || d.Size != int64(len(relay.Got[0].Bytes())) {
		t.Errorf("%+v", d)
	}
}

// narrow is a relay that states a SIZE.
type narrow struct {
	shoptest.Relay
	limit int64
}

func (n *narrow) Send(ctx context.Context, name string, f ourmail.Frozen, intent func() error) (string, error) {
	if int64(len(f.Bytes())) > n.limit {
		n.Asked++
		e := shoptest.Refusal()
		e.Verdict, e.Step, e.Code, e.Limit, e.Err = ourmail.NotSent, "sender", 0, n.limit, context.DeadlineExceeded
		return "", e
	}
	return n.Relay.Send(ctx, name, f, intent)
}

// stated is a narrow relay of which the SIZE is known before anything is sent.
type stated struct{ narrow }

func (n *stated) KnownLimit() int64 { return n.limit }

func (n *stated) Limit(context.Context) (int64, error) { return n.limit, nil }

// TestAMessageThatWaitsFitsTheRelayOfTheDay: what was left out is in it again where the relay
// takes it, and what it does not take any more is not tried.
func TestAMessageThatWaitsFitsTheRelayOfTheDay(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, manySales(t), paymenttest.Mailed("a@x.no"))
	relay := &stated{narrow{limit: 200_000}}
	s.Sender = relay
	relay.Failing("a@x.no", shoptest.NotSent())
	if s.Run(); s.Delivery("a@x.no").Size > relay.limit {
		t.Fatalf("%+v", s.Delivery("a@x.no"))
	}
	relay.limit = 100_000_000
	if s.Run(); s.Delivery("a@x.no").Size < 500_000 {
		t.Errorf("the relay takes all, and it waits with %d bytes", s.Delivery("a@x.no").Size)
	}
	relay.limit, relay.Fail = 150_000, nil
	if o := s.Run(); o != (builder.Outcome{}) || len(relay.Got) != 1 || len(relay.Got[0].Bytes()) > 150_000 {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

func manySales(t *testing.T) (src paymenttest.Source) {
	for range 4000 {
		src.Sales = append(src.Sales, paymenttest.Captured(t, string(rune('a'+len(src.Sales)%26))+time.Duration(len(src.Sales)).String(), 100))
	}
	return src
}

func TestAnEmptyPeriodIsArchivedAndNotMailedWhereThatIsWanted(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("a@x.no")
	rep.SkipEmpty = true
	s := shoptest.New(t, paymenttest.Source{}, rep)
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "" || s.Said() != "report empty, not mailed" {
		t.Errorf("%+v: %s", o, s.Said())
	}
	if held, err := (archive.Archive{Dir: s.Archive}).Holds(t.Context(), "test", "2026-11-19"); !held || err != nil {
		t.Error("the archive has it")
	}
	s.Days(1)
	s.Source = paymenttest.Source{Sales: paymenttest.OneSale(t).Sales}
	if s.Run(); s.Sent() != "" {
		t.Error("the sale is of the day before")
	}
}

func TestAnEmptyPeriodThatDinteroDoesNotKnowAsEmptyIsMailed(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("a@x.no")
	rep.SkipEmpty, rep.Reconcile = true, reportconfig.ReconcileWarn
	s := shoptest.New(t, &paymenttest.WithKeyFigures{Figures: paymenttest.Always(paymenttest.KeyFiguresOf(paymenttest.Captured(t, "a", 4711)))}, rep)
	s.Run()
	letters := s.Letters()
	if len(letters) != 1 {
		t.Fatalf("%d letters: %s", len(letters), s.Said())
	}
	if subject, _ := shoptest.SubjectAndText(t, letters[0]); !strings.Contains(subject, "ingen transaksjoner i perioden, avvik mot Dintero") {
		t.Error(subject)
	}
}

// altered has another letter in the last part of what is frozen.
func altered(t *testing.T, data []byte) []byte {
	t.Helper()
	at := bytes.LastIndex(data, []byte("\r\nMIME-Version: 1.0"))
	if at < 0 {
		t.Fatalf("%.200q", data)
	}
	data = bytes.Clone(data)
	data[at+3]++
	return data
}

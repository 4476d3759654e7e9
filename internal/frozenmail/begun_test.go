package frozenmail_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/mailcopy"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
)

// forgetCopies deletes what the ledger keeps of the messages of the only period.
func forgetCopies(t *testing.T, s *shoptest.Shop) {
	t.Helper()
	book := s.Open()
	defer book.Close()
	periods, err := book.Periods(t.Context(), ledger.Filter{})
	paymenttest.Must(t, err)
	paymenttest.Must(t, book.Write(t.Context(), func(tx ledger.Tx) error { return mailcopy.Forget(tx, periods[0].ID) }))
}

// TestOfAMessageThatWentOutInPartNoOtherBytesGo: it is lost, what would be composed now reads
// otherwise, and the ledger has no copy of it.
func TestOfAMessageThatWentOutInPartNoOtherBytesGo(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Box.Failing("a@x.no", shoptest.Unknown())
	s.Run()
	forgetCopies(t, s)
	paymenttest.Must(t, os.RemoveAll(filepath.Join(s.Archive, "test", "2026-11-19", archive.MadeDir)))
	s.Box.Fail = nil
	s.Reports[0].Emails[0].Name = "Another"
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) || len(s.Box.Got) != 1 || !strings.Contains(s.Events[0].Error, "a part of it may have been sent") {
		t.Errorf("%+v: %s, %d sent: %+v", o, s.Said(), len(s.Box.Got), s.Events)
	}
	if got := s.Alarms(); !strings.Contains(got, "lost: ") {
		t.Errorf("alarms %q", got)
	}
	s.Reports[0].Emails[0].Name = ""
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || !cmp.Equal(s.Box.Got[0], s.Box.Got[1]) {
		t.Errorf("the same bytes may go: %+v: %s", o, s.Said())
	}
}

// A narrowed relay takes only smaller messages than it took before.
type narrowed struct {
	asked int
	limit int64
}

func (n *narrowed) Send(_ context.Context, _ string, f ourmail.Frozen, _ func() error) (string, error) {
	n.asked++
	if int64(f.Size()) <= n.limit {
		return "250 ok", nil
	}
	return "", &ourmail.Error{Verdict: ourmail.NotSent, Step: "sender", Code: 552, Limit: n.limit, Err: os.ErrInvalid}
}

// TestBytesThatBeganToGoOutAreNotMadeSmaller: they may have arrived, and a smaller message
// would be a second one.
func TestBytesThatBeganToGoOutAreNotMadeSmaller(t *testing.T) {
	src := paymenttest.Source{}
	for i := range 400 {
		src.Sales = append(src.Sales, paymenttest.Captured(t, strings.Repeat("a", 1+i), 100))
	}
	s := shoptest.New(t, src, paymenttest.Mailed("a@x.no"))
	s.Box.Failing("a@x.no", shoptest.Unknown())
	s.Run()
	before := s.Delivery("a@x.no")
	relay := &narrowed{limit: before.Size / 2}
	s.Sender = relay
	s.Run()
	if row := s.Delivery("a@x.no"); relay.asked != 1 || row.SHA256 != before.SHA256 || row.Size != before.Size || !strings.Contains(row.Answer, os.ErrInvalid.Error()) {
		t.Errorf("asked %d times, %+v", relay.asked, row)
	}
}

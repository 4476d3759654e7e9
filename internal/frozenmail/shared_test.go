package frozenmail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
)

// twoRecipients is a shop with a report that is too large to stand in a message's own file.
func twoRecipients(t *testing.T) *shoptest.Shop {
	t.Helper()
	src := paymenttest.Source{}
	for i := range 100 {
		src.Sales = append(src.Sales, paymenttest.Captured(t, strings.Repeat("a", 1+i), 100))
	}
	return shoptest.New(t, src, paymenttest.Mailed("a@x.no", "b@x.no"))
}

// waiting are the files of the messages that wait, by name.
func waiting(t *testing.T, s *shoptest.Shop) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.Archive, "test", "2026-11-19", archive.MadeDir, "*", "*"))
	paymenttest.Must(t, err)
	files := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		paymenttest.Must(t, err)
		files[path] = data
	}
	return files
}

// TestTwoRecipientsShareWhatBothGet: each has a small head of its own, and what is shared stays until
// the last of them is decided.
func TestTwoRecipientsShareWhatBothGet(t *testing.T) {
	s := twoRecipients(t)
	s.Box.Failing("a@x.no", shoptest.NotSent())
	s.Box.Failing("b@x.no", shoptest.NotSent())
	s.Run()
	heads, shared := 0, 0
	for path, data := range waiting(t, s) {
		switch {
		case strings.HasSuffix(path, archive.SharedSuffix):
			shared++
		case len(data) > 5_000:
			t.Errorf("%s has %d bytes", path, len(data))
		default:
			heads++
		}
	}
	if heads != 2 || shared < 3 {
		t.Errorf("%d heads, %d shared: of the text, the HTML and the file", heads, shared)
	}
	rows := map[string]ledger.Delivery{"a@x.no": s.Delivery("a@x.no"), "b@x.no": s.Delivery("b@x.no")}
	for i, to := range []string{"a@x.no", "b@x.no"} {
		delete(s.Box.Fail, to)
		s.Clock.Time = s.Clock.Add(time.Hour)
		s.Run()
		if there := len(waiting(t, s)) > 0; there != (i == 0) {
			t.Errorf("after %s: what both share is there: %t", to, there)
		}
	}
	letters := s.Letters()
	for _, m := range letters {
		if row := rows[m.To]; m.ID != row.MessageID || int64(m.Size()) != row.Size || !strings.Contains(string(m.Bytes()), "\r\nTo: <"+m.To+">\r\n") {
			t.Errorf("%s got %d bytes, not %d", m.To, m.Size(), row.Size)
		}
	}
	if len(letters) != 2 || letters[0].To == letters[1].To {
		t.Errorf("%d letters: %s", len(letters), s.Said())
	}
}

// TestAChangedByteStopsTheMessagesThatHaveIt, and no others: what would be composed now reads otherwise.
func TestAChangedByteStopsTheMessagesThatHaveIt(t *testing.T) {
	for name, test := range map[string]struct {
		changed string // the end of a file's name
		copies  bool   // the ledger has them
		sent    []string
	}{
		"nothing":              {"", false, []string{"a@x.no", "b@x.no"}},
		"a head":               {"_a-x-no_*" + archive.MessageSuffix, false, []string{"b@x.no"}},
		"the file":             {"1" + archive.SharedSuffix, false, nil},
		"the HTML":             {"html" + archive.SharedSuffix, false, nil},
		"a head, with a copy":  {"_a-x-no_*" + archive.MessageSuffix, true, []string{"a@x.no", "b@x.no"}},
		"the file, and copies": {"1" + archive.SharedSuffix, true, []string{"a@x.no", "b@x.no"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := twoRecipients(t)
			s.Box.Failing("a@x.no", shoptest.Unknown())
			s.Box.Failing("b@x.no", shoptest.Unknown())
			s.Run()
			first := map[string][]byte{}
			for _, m := range s.Box.Got {
				first[m.To] = m.Bytes()
			}
			if test.changed != "" {
				change(t, s, test.changed)
			}
			if !test.copies {
				forgetCopies(t, s)
			}
			s.Box.Fail, s.Box.Got = nil, nil
			for i := range s.Reports[0].Emails {
				s.Reports[0].Emails[i].Name = "Another"
			}
			s.Run()
			var sent []string
			for _, m := range s.Box.Got {
				sent = append(sent, m.To)
				if !cmp.Equal(m.Bytes(), first[m.To]) {
					t.Errorf("%s gets other bytes than at first", m.To)
				}
			}
			if slices.Sort(sent); !slices.Equal(sent, test.sent) {
				t.Errorf("sent to %v: %s", sent, s.Said())
			}
		})
	}
}

// change turns over a bit in the middle of the file whose name ends so.
func change(t *testing.T, s *shoptest.Shop, end string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.Archive, "test", "2026-11-19", archive.MadeDir, "*", "*"+end))
	paymenttest.Must(t, err)
	if len(paths) != 1 {
		t.Fatalf("%s: %v", end, paths)
	}
	data, err := os.ReadFile(paths[0])
	paymenttest.Must(t, err)
	at := strings.Index(string(data), "MIME-Version") // of a head
	if at < 0 {
		at = len(data) / 2
	}
	data[at] ^= 1
	paymenttest.Must(t, os.WriteFile(paths[0], data, 0o600))
}

// TestWhatAKillLeftBetweenBodyAndHeadIsCleared: the report is made again, and nothing stays.
func TestWhatAKillLeftBetweenBodyAndHeadIsCleared(t *testing.T) {
	s := twoRecipients(t)
	left := filepath.Join(s.Archive, "test", "2026-11-19", archive.MadeDir, "KILLEDAA")
	paymenttest.Must(t, os.MkdirAll(left, 0o700))
	paymenttest.Must(t, os.WriteFile(filepath.Join(left, "html"+archive.SharedSuffix), []byte("half of"), 0o600))
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 {
		t.Errorf("%+v: %s", o, s.Said())
	}
	if files := waiting(t, s); len(files) > 0 || archive.Exists(filepath.Dir(left)) {
		t.Errorf("left: %v", files)
	}
}

// TestAHeadThatAPowerCutTookIsMadeAgain: it alone is not synced, and may be empty then. What would be composed now
// reads otherwise, whether the message was begun or not.
func TestAHeadThatAPowerCutTookIsMadeAgain(t *testing.T) {
	for name, failure := range map[string]*ourmail.Error{"begun": shoptest.Unknown(), "not begun": shoptest.NotSent()} {
		t.Run(name, func(t *testing.T) { headsAreMadeAgain(t, failure) })
	}
}

func headsAreMadeAgain(t *testing.T, failure *ourmail.Error) {
	s := twoRecipients(t)
	s.Box.Failing("a@x.no", failure)
	s.Run()
	for path := range waiting(t, s) {
		if strings.HasSuffix(path, archive.MessageSuffix) {
			paymenttest.Must(t, os.Truncate(path, 0))
		}
	}
	s.Box.Fail = nil
	s.Reports[0].Emails[0].Name = "Another"
	frozen, page := s.Delivery("a@x.no").SHA256, s.Box.Got[0].HTML
	s.Box.Got = nil
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 1 {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	if m := (message.Stored{Frozen: s.Box.Got[0]}); m.SHA256() != frozen || !bytes.Equal(m.HTML, page) || len(m.AttachmentSpans) != 1 || len(m.BodySpans) != 2 {
		t.Errorf("another message went: %s of %s, %d spans", m.SHA256(), frozen, len(m.AttachmentSpans))
	}
}

package logging_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"rapport/internal/logging"
)

// withoutTime writes no time, so that tests can compare.
func withoutTime(w io.Writer) slog.Handler {
	return slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
}

func TestEachLineOfTheJournalHasThePriorityOfItsLevel(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(logging.ForJournal(&out, withoutTime))
	log.With("account", "T1").Error("one\ntwo", "error", errors.New("three\nfour"))
	log.WithGroup("of").Warn("a", "b", 1)
	log.Info("a")
	log.Debug("a")
	want := "<3>level=ERROR msg=\"one\\ntwo\" account=T1 error=\"three\\nfour\"\n<4>level=WARN msg=a of.b=1\n<6>level=INFO msg=a\n<7>level=DEBUG msg=a\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
	out.Reset()
	if n, err := io.WriteString(logging.WithPriority(&out, slog.LevelWarn), "one\ntwo\n\nthree"); n != 14 || err != nil || out.String() != "<4>one\n<4>two\n\n<4>three" {
		t.Errorf("%d, %v, %q", n, err, &out)
	}
}

func TestOnlyTheStreamOfTheJournalIsTheJournal(t *testing.T) {
	if logging.UnderJournal(new(bytes.Buffer), "1:2") || logging.UnderJournal(os.Stderr, "") || logging.UnderJournal(os.Stderr, "0:0") || logging.UnderJournal(os.Stderr, "nonsense") {
		t.Error("what is no stream of the journal is taken for it")
	}
}

func TestAFaultThatLastsIsSaidOnce(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	log := logging.WithoutRepeats(slog.New(withoutTime(&out)), func() time.Time { return now })
	said := func() int { defer out.Reset(); return strings.Count(out.String(), "\n") }
	for range 30 {
		log.Warn("could not be read", "report", "a", "error", errors.New("dial 10.0.0.1:4711: refused"), "wait", time.Second)
		now = now.Add(time.Hour)
	}
	if n := said(); n != 1 {
		t.Errorf("%d lines of one fault", n)
	}
	log.Warn("could not be read", "report", "a", "error", errors.New("dial 10.0.0.1:4712: refused"), "wait", time.Minute)
	if n := said(); n != 0 {
		t.Errorf("%d lines as a number changed", n)
	}
	log.Warn("could not be read", "report", "a", "error", errors.New("timed out"))
	log.Warn("could not be read", "report", "b", "error", errors.New("timed out"))
	log.With("account", "T1").Warn("could not be read", "report", "b", "error", errors.New("timed out"))
	log.Error("could not be read", "report", "b", "error", errors.New("timed out"))
	if n := said(); n != 4 {
		t.Errorf("%d lines of four that say something new", n)
	}
	now = now.Add(4 * time.Hour)
	log.Error("could not be read", "report", "b", "error", errors.New("timed out"))
	if n := said(); n != 1 {
		t.Errorf("%d lines of a fault that came back", n)
	}
}

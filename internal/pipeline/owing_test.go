package pipeline

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	ourmail "rapport/mail"
)

// TestATrialShowsAllThatWouldGoOut, with the numbers that it will have, and owes it still.
func TestATrialShowsAllThatWouldGoOut(t *testing.T) {
	s := newShop(t, fourThursdays(t), mailed("a@x.no"))
	s.run()
	s.letters()
	s.days(3)
	book := s.open()
	d := s.desk(book, nil)
	jobs, err := d.Owing(t.Context(), s.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	preview := previewOf(t, nil, s.archive, s.box)
	preview.Builder, preview.Clock = d.Builder, s.clock.now
	if o := preview.All(t.Context(), jobs, func() {}); o != (Outcome{}) {
		t.Fatalf("%+v: %s", o, s.said())
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(s.archive, "test", "*", "trial", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var tried, sent []string
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		subject, _ := subjectAndText(t, ourmail.Frozen{Bytes: data})
		tried = append(tried, subject)
	}
	if len(s.letters()) != 0 {
		t.Error("a trial sent something")
	}
	s.run()
	for _, f := range s.letters() {
		subject, _ := subjectAndText(t, f)
		sent = append(sent, subject)
	}
	slices.Sort(tried)
	slices.Sort(sent)
	if diff := cmp.Diff(sent, tried); diff != "" || len(sent) != 3 {
		t.Errorf("-sent +tried:\n%s", diff)
	}
}

// previewOf is of a source, into an archive; what it sends goes to sender.
func previewOf(t *testing.T, src Source, archive string, sender Sender) *Preview {
	t.Helper()
	return &Preview{
		Archive: archive, MaxMessage: 10_000_000, Builder: newBuilder(t, src), Composer: newComposer(t), Sender: sender,
		Clock: func() time.Time { return morning(t) }, Log: slog.New(slog.DiscardHandler), Emit: func(Event) {},
	}
}

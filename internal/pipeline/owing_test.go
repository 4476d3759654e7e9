package pipeline

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

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
	if o := d.TryAll(t.Context(), jobs, nil, func() {}); o != (Outcome{}) {
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

package pipeline

import (
	"context"
	"errors"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/fetch"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// crashJob is a report to two people.
func crashJob(t *testing.T) Job {
	rep := report(reportconfig.Transactions{}, "no")
	rep.Emails = []mail.Address{{Address: "a@x.no"}, {Address: "b@x.no"}}
	return Job{Report: rep, Period: parsePeriod(t, "2026-11-19")}
}

// committed leaves a period as a crash does right after its commit: nothing moved, nothing sent.
func committed(t *testing.T) (*Runner, *outbox, Job) {
	t.Helper()
	r, _ := newRunner(t, things{transactions: []fetch.Transaction{captured(t, "a", 12345)}})
	box, job := &outbox{}, crashJob(t)
	r.Sender = box
	if err := makeDirs(r.periodDir(job)); err != nil {
		t.Fatal(err)
	}
	if err := r.commit(t.Context(), job, r.periodDir(job)); err != nil {
		t.Fatal(err)
	}
	return r, box, job
}

// TestACrashAnywhereLosesNothing builds what each crash leaves on the disk, runs again a
// day later on other data, and expects what was committed to go out, to the byte.
func TestACrashAnywhereLosesNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		crash func(t *testing.T, dir string)
		sent  int  // by the second run
		anew  bool // whether the second run makes the report itself
	}{
		{"before anything", func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }, 2, true},
		{"while the files were made", func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, outgoing), filepath.Join(dir, outgoing+".new")))
			must(t, os.Truncate(filepath.Join(dir, outgoing+".new", "transactions_2026-11-19.csv"), 10))
		}, 2, true},
		{"after the commit", func(*testing.T, string) {}, 2, false},
		{"after the files were moved", func(t *testing.T, dir string) {
			_, err := moveFiles(dir)
			must(t, err)
		}, 2, false},
		{"after one message was sent and removed", func(t *testing.T, dir string) {
			names, err := messagesIn(filepath.Join(dir, outgoing))
			must(t, err)
			must(t, os.Remove(filepath.Join(dir, outgoing, names[0])))
		}, 1, false},
		{"after all was sent, before the directory went", func(t *testing.T, dir string) {
			_, err := moveFiles(dir)
			must(t, err)
			must(t, os.RemoveAll(filepath.Join(dir, outgoing)))
			must(t, os.Mkdir(filepath.Join(dir, outgoing), 0o700))
		}, 0, false},
		{"after all", func(t *testing.T, dir string) {
			_, err := moveFiles(dir)
			must(t, err)
			must(t, os.RemoveAll(filepath.Join(dir, outgoing)))
		}, 0, false},
	} {
		r, box, job := committed(t)
		dir := r.periodDir(job)
		want := spoolOf(t, dir)
		c.crash(t, dir)
		r.Now = r.Now.AddDate(0, 0, 1)
		r.Source = things{transactions: []fetch.Transaction{captured(t, "other", 777)}}
		if o := r.Run(t.Context(), job); o != (Outcome{}) || len(box.got) != c.sent {
			t.Errorf("crash %s: %+v, %d sent, want %d", c.name, o, len(box.got), c.sent)
		}
		for _, m := range box.got {
			if same := cmp.Equal(m, want[m.To]); same == c.anew {
				t.Errorf("crash %s: the message to %s is the committed one: %v", c.name, m.To, same)
			}
		}
		data, err := os.ReadFile(filepath.Join(dir, "transactions_2026-11-19.csv"))
		must(t, err)
		if other := strings.Contains(string(data), ";other;"); other != c.anew {
			t.Errorf("crash %s: the file is of other data: %v", c.name, other)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("crash %s: %d entries are left, want the CSV alone", c.name, len(entries))
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func spoolOf(t *testing.T, dir string) map[string]ourmail.Frozen {
	t.Helper()
	names, err := messagesIn(filepath.Join(dir, outgoing))
	must(t, err)
	messages := map[string]ourmail.Frozen{}
	for _, name := range names {
		m, err := readSpool(filepath.Join(dir, outgoing, name))
		must(t, err)
		messages[m.To] = m.Frozen
	}
	return messages
}

func TestAProcessThatDiesWhileItSpeaksHasNotForgottenWhatItSent(t *testing.T) {
	r, box, job := committed(t)
	r.Emit = func(e Event) {
		if e.Type == "delivery" {
			panic("stdout is gone")
		}
	}
	r.Run(t.Context(), job)
	r.Emit = func(Event) {}
	r.Run(t.Context(), job)
	if len(box.got) != 2 || box.got[0].To == box.got[1].To {
		t.Errorf("%d messages were sent", len(box.got))
	}
}

func TestAMessageThatCannotBeReadHoldsNoOtherBack(t *testing.T) {
	r, box, job := committed(t)
	names, err := messagesIn(filepath.Join(r.periodDir(job), outgoing))
	must(t, err)
	must(t, os.Truncate(filepath.Join(r.periodDir(job), outgoing, names[0]), 20))
	if o := r.Run(t.Context(), job); !o.Waiting || len(box.got) != 1 {
		t.Errorf("%+v, %d sent", o, len(box.got))
	}
}

func TestTwoRunsAtOnceSendOnce(t *testing.T) {
	r, box, job := committed(t)
	var other Outcome
	r.Sender = during(func(f ourmail.Frozen) {
		if f.To == "a@x.no" {
			second := *r
			second.Sender = box
			other = second.Run(t.Context(), job)
		}
		box.got = append(box.got, f)
	})
	if o := r.Run(t.Context(), job); o != (Outcome{}) || !other.Waiting || len(box.got) != 2 {
		t.Errorf("first %+v, second %+v, %d sent", o, other, len(box.got))
	}
}

// during is a sender that does something while it sends.
type during func(ourmail.Frozen)

func (d during) Send(_ context.Context, _ string, f ourmail.Frozen) (string, error) {
	d(f)
	return "250 ok", nil
}

func TestUnsentIsSortedAndLeavesCopiesAlone(t *testing.T) {
	archive := t.TempDir()
	for _, period := range []string{"2026-11-19", "2026-W46", "2026-11-02", "2026-11-19.bak"} {
		must(t, os.MkdirAll(filepath.Join(archive, "test", period, outgoing), 0o700))
	}
	unsent, err := Unsent(archive, "test", oslo(t))
	if err != nil || len(unsent) != 3 || unsent[0].String() != "2026-11-02" || unsent[2].String() != "2026-11-19" {
		t.Errorf("got %v, %v", unsent, err)
	}
}

func TestAPanicIsAnErrorOfItsReportAlone(t *testing.T) {
	r, events := newRunner(t, things{})
	r.Source = nil
	if o := r.Run(t.Context(), crashJob(t)); !o.Waiting || !strings.Contains((*events)[0].Error, "internal fault") {
		t.Errorf("%+v, %+v", o, *events)
	}
	if left, _ := filepath.Glob(filepath.Join(r.Archive, "test", "*", "*")); len(left) > 0 {
		t.Errorf("a report that could not be made leaves %v", left)
	}
}

func TestARefusalIsRemembered(t *testing.T) {
	r, box, job := committed(t)
	box.fail = map[string]error{"b@x.no": &ourmail.Error{Verdict: ourmail.Refused, Step: "recipient", Code: 550, Err: errors.New("no such user")}}
	if o := r.Run(t.Context(), job); o != (Outcome{Failed: true}) {
		t.Errorf("first run: %+v", o)
	}
	var states []string
	r.Emit = func(e Event) { states = append(states, e.State+" "+e.Recipient) }
	if o := r.Run(t.Context(), job); o != (Outcome{}) || strings.Join(states, ", ") != "already delivered , refused before, not sent again b@x.no" || len(box.got) != 1 {
		t.Errorf("second run: %+v, %q, %d sent", o, states, len(box.got))
	}
}

func TestAReportThatIsRenamedIsNotSentAgain(t *testing.T) {
	r, box, job := committed(t)
	r.Run(t.Context(), job)
	renamed := *job.Report
	renamed.Name = "Dagsoppgjør"
	job.Report = &renamed
	if o := r.Run(t.Context(), job); o != (Outcome{}) || len(box.got) != 2 {
		t.Errorf("%+v, %d sent", o, len(box.got))
	}
}

func TestANoteInTheArchiveIsNoReport(t *testing.T) {
	r, box, job := committed(t)
	must(t, os.RemoveAll(r.periodDir(job)))
	must(t, makeDirs(r.periodDir(job)))
	must(t, os.WriteFile(filepath.Join(r.periodDir(job), "notes.txt"), nil, 0o600))
	if o := r.Run(t.Context(), job); o != (Outcome{}) || len(box.got) != 2 {
		t.Errorf("%+v, %d sent", o, len(box.got))
	}
}

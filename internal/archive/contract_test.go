package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/objectstore"
	"rapport/internal/objectstore/s3test"
	"rapport/reportconfig"
)

// archives are one of each form, and another machine's view of it.
func archives(t *testing.T) map[string]func(t *testing.T) (mine, others archive.Archive, store *s3test.Store) {
	return map[string]func(t *testing.T) (mine, others archive.Archive, store *s3test.Store){
		"directory": func(t *testing.T) (mine, others archive.Archive, store *s3test.Store) {
			a := archive.Archive{Dir: filepath.Join(t.TempDir(), "archive")}
			return a, a, nil
		},
		"store": func(t *testing.T) (mine, others archive.Archive, store *s3test.Store) {
			store = s3test.New(t)
			return inStore(t, store), inStore(t, store), store
		},
	}
}

func inStore(t *testing.T, store *s3test.Store) archive.Archive {
	t.Helper()
	config := &reportconfig.ObjectStore{
		Bucket: s3test.Bucket, Prefix: "shops/fjord", Endpoint: store.URL, AccessKey: reportconfig.Secret{Env: "ACCESS"}, SecretKey: reportconfig.Secret{Env: "SECRET"},
	}
	a, err := objectstore.Archive(t.Context(), config, t.TempDir(), func(s reportconfig.Secret) (string, error) {
		return map[string]string{"ACCESS": s3test.AccessKey, "SECRET": s3test.SecretKey}[s.Env], nil
	})
	must(t, err)
	return a
}

const (
	period  = "daily/2026-11-19"
	attempt = ".made/ABCDEFGH"
)

// make puts what a period is made of into an archive.
func makePeriod(t *testing.T, a archive.Archive, period, attempt, text string) (sum string) {
	t.Helper()
	dir := a.Path(path.Join(period, attempt))
	must(t, os.MkdirAll(dir, 0o700))
	f, err := archive.Write(filepath.Join(dir, "sales_2026-11-19.csv"), "text/csv", func(w io.Writer) (int64, error) { _, err := io.WriteString(w, text); return 1, err })
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "m"+archive.MessageSuffix), []byte("a message of "+text), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "1"+archive.SharedSuffix), []byte("shared"), 0o600))
	must(t, archive.WriteSeal(dir, "T12345678", 7, time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC), []archive.File{f}))
	must(t, a.PutAttempt(t.Context(), path.Join(period, attempt)))
	return f.SHA256
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheArchiveKeepsWhatItPromises: both forms do the same, also for another machine.
func TestTheArchiveKeepsWhatItPromises(t *testing.T) {
	for name, both := range archives(t) {
		t.Run(name, func(t *testing.T) {
			mine, others, _ := both(t)
			ctx := t.Context()
			holds := func(a archive.Archive) bool {
				held, err := a.Holds(ctx, "daily", "2026-11-19")
				must(t, err)
				return held
			}
			if holds(mine) {
				t.Error("nothing was made, and it is held")
			}
			sum := makePeriod(t, mine, period, attempt, "one;two")
			if holds(mine) || holds(others) {
				t.Error("what is not sealed counts as held")
			}
			for range 2 { // anybody may finish it, also twice
				for _, a := range []archive.Archive{others, mine} {
					_, err := a.Publish(ctx, period, attempt)
					must(t, err)
				}
			}
			if !holds(mine) || !holds(others) {
				t.Error("it is sealed, and not held")
			}
			names, err := others.Periods(ctx, "daily")
			must(t, err)
			if !slices.Equal(names, []string{"2026-11-19"}) {
				t.Errorf("the archive has %v", names)
			}
			for _, a := range []archive.Archive{mine, others} {
				f, err := a.Open(ctx, period+"/sales_2026-11-19.csv", sum)
				must(t, err)
				text, err := io.ReadAll(f)
				must(t, errors.Join(err, f.Close()))
				if string(text) != "one;two" {
					t.Errorf("it says %q", text)
				}
				if _, err := a.Open(ctx, period+"/sales_2026-11-19.csv", strings.Repeat("0", 64)); err == nil {
					t.Error("a file that is not the one is opened")
				}
			}
			seal, err := others.Fetch(ctx, period+"/"+archive.Seal)
			must(t, err)
			text, err := os.ReadFile(seal)
			must(t, err)
			for _, want := range []string{`"account": "T12345678"`, `"number": 7`, `"made_at": "2026-11-20T05:00:00Z"`, `"name": "sales_2026-11-19.csv"`, `"sha256": "` + sum + `"`} {
				if !strings.Contains(string(text), want) {
					t.Errorf("the seal has no %s: %s", want, text)
				}
			}
			message := path.Join(period, attempt, "m"+archive.MessageSuffix)
			if !others.Has(ctx, message) {
				t.Error("another machine cannot send the message")
			}
			must(t, others.Remove(ctx, message))
			must(t, mine.Remove(ctx, message))
			if mine.Has(ctx, message) {
				t.Error("the message is there still")
			}
			if _, err := others.Open(ctx, message, sum); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what is not there: %v", err)
			}
		})
	}
}

// TestManyMessagesPublishTheirPeriodAtOnce, on two machines: each asks for it before it is sent, and
// none is in another's way.
func TestManyMessagesPublishTheirPeriodAtOnce(t *testing.T) {
	for name, both := range archives(t) {
		t.Run(name, func(t *testing.T) {
			mine, others, _ := both(t)
			for day := range 5 {
				period := fmt.Sprintf("daily/2026-11-%02d", day+1)
				sum := makePeriod(t, mine, period, attempt, "one;two")
				var all sync.WaitGroup
				for n := range 12 {
					a := []archive.Archive{mine, others}[n%2]
					all.Go(func() {
						if _, err := a.Publish(t.Context(), period, attempt); err != nil {
							t.Errorf("%s: %v", period, err)
						}
					})
				}
				all.Wait()
				for _, a := range []archive.Archive{mine, others} {
					f, err := a.Open(t.Context(), period+"/sales_2026-11-19.csv", sum)
					must(t, err)
					must(t, f.Close())
				}
			}
		})
	}
}

// TestWhatNobodyNeedsIsSwept: an attempt that lost its claim stays a day, as it may be somebody's.
func TestWhatNobodyNeedsIsSwept(t *testing.T) {
	for name, both := range archives(t) {
		t.Run(name, func(t *testing.T) {
			mine, _, _ := both(t)
			ctx := t.Context()
			makePeriod(t, mine, period, attempt, "made")
			makePeriod(t, mine, period, ".made/LOSTLOST", "lost")
			_, err := mine.Publish(ctx, period, attempt)
			must(t, err)
			has := func(attempt string) bool { return mine.Has(ctx, path.Join(period, attempt, "m"+archive.MessageSuffix)) }
			young, err := mine.Sweep(ctx, period, "", []string{"ABCDEFGH"}, time.Now())
			must(t, err)
			if !young || !has(attempt) || !has(".made/LOSTLOST") {
				t.Error("what may be needed was swept")
			}
			young, err = mine.Sweep(ctx, period, "", []string{"ABCDEFGH"}, time.Now().Add(25*time.Hour))
			must(t, err)
			if young || !has(attempt) || has(".made/LOSTLOST") {
				t.Error("after a day what no row names is swept, and nothing else")
			}
			young, err = mine.Sweep(ctx, period, "ABCDEFGH", nil, time.Now())
			must(t, err)
			if young || has(attempt) {
				t.Error("what is over is there still")
			}
			if held, err := mine.Holds(ctx, "daily", "2026-11-19"); !held || err != nil {
				t.Errorf("what is sealed was swept: %v", err)
			}
		})
	}
}

func TestADirectoryOfAnOlderVersionIsHeldByItsFiles(t *testing.T) {
	a := archive.Archive{Dir: t.TempDir()}
	must(t, os.MkdirAll(a.Path(period), 0o700))
	must(t, os.WriteFile(a.Path(period+"/sales_2026-11-19.csv"), nil, 0o600))
	if held, err := a.Holds(t.Context(), "daily", "2026-11-19"); !held || err != nil {
		t.Error(held, err)
	}
	must(t, os.MkdirAll(a.Path(period+"/"+attempt), 0o700))
	if held, err := a.Holds(t.Context(), "daily", "2026-11-19"); held || err != nil {
		t.Error("a file without its seal is not already sent", err)
	}
}

// TestAStoreThatFails loses nothing: what was said to be there is, and whoever asks again gets on.
func TestAStoreThatFails(t *testing.T) {
	for name, fault := range map[string]s3test.Fault{"500": s3test.Failing, "cut": s3test.Cut, "answer lost": s3test.LostPut, "wrong etag": s3test.WrongETag, "changed": s3test.Changed} {
		t.Run(name, func(t *testing.T) {
			store := s3test.New(t)
			mine := inStore(t, store)
			ctx := t.Context()
			n := 0
			store.Fail(func(r *http.Request) s3test.Fault {
				if n++; n%3 == 0 {
					return fault
				}
				return s3test.None
			})
			sum := makePeriod(t, mine, period, attempt, "one;two")
			others := inStore(t, store)
			for tries := 0; ; tries++ {
				_, err := others.Publish(ctx, period, attempt)
				if err == nil {
					break
				}
				if tries > 5 {
					t.Fatal(err)
				}
			}
			f, err := others.Open(ctx, period+"/sales_2026-11-19.csv", sum)
			for tries := 0; err != nil; tries++ {
				if f, err = others.Open(ctx, period+"/sales_2026-11-19.csv", sum); tries > 5 {
					t.Fatal(err)
				}
			}
			must(t, f.Close())
			store.Fail(nil)
			if data, _ := store.Object("shops/fjord/" + period + "/sales_2026-11-19.csv"); string(data) != "one;two" {
				t.Errorf("the store has %q", data)
			}
		})
	}
}

// TestAStoreThatIsAwayIsNoStoreWithoutTheFile, and neither is a bucket that is not there.
func TestAStoreThatIsAwayIsNoStoreWithoutTheFile(t *testing.T) {
	store := s3test.New(t)
	a := inStore(t, store)
	store.Fail(func(*http.Request) s3test.Fault { return s3test.Failing })
	if _, err := a.Holds(t.Context(), "daily", "2026-11-19"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("away: %v", err)
	}
	store.Fail(func(*http.Request) s3test.Fault { return s3test.Slow })
	hasty, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := a.Holds(hasty, "daily", "2026-11-19"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("slow: %v", err)
	}
	store.Fail(nil)
	config := &reportconfig.ObjectStore{Bucket: "another", Endpoint: store.URL, AccessKey: reportconfig.Secret{Env: "A"}, SecretKey: reportconfig.Secret{Env: "B"}}
	b, err := objectstore.Open(t.Context(), config, func(s reportconfig.Secret) (string, error) {
		return map[string]string{"A": s3test.AccessKey, "B": s3test.SecretKey}[s.Env], nil
	})
	must(t, err)
	if _, err := b.Open(context.Background(), "x"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no bucket: %v", err)
	}
	if err := b.Try(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "NoSuchBucket") {
		t.Errorf("a check: %v", err)
	}
}

// TestWhatAKillLeftOfANoteIsPublishedNowhere: it goes with the attempt.
func TestWhatAKillLeftOfANoteIsPublishedNowhere(t *testing.T) {
	for name, both := range archives(t) {
		t.Run(name, func(t *testing.T) {
			mine, _, _ := both(t)
			makePeriod(t, mine, "daily/2026-11-19", attempt, "one")
			left := ".2026-11-19_daily_a" + archive.MessageSuffix + archive.SentSuffix + "-123"
			must(t, os.WriteFile(mine.Path(path.Join("daily/2026-11-19", attempt, left)), nil, 0o600))
			_, err := mine.Publish(t.Context(), "daily/2026-11-19", attempt)
			must(t, err)
			if archive.Exists(mine.Path("daily/2026-11-19/" + left)) {
				t.Error("it lies among the reports")
			}
		})
	}
}

func TestAFileThatWasChangedIsNotTheOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	f, err := archive.Write(path, "text/csv", func(w io.Writer) (int64, error) { _, err := io.WriteString(w, "one"); return 1, err })
	must(t, err)
	must(t, archive.Verify(path, f.SHA256))
	must(t, os.WriteFile(path, []byte("two"), 0o600))
	if err := archive.Verify(path, f.SHA256); !errors.Is(err, archive.ErrChanged) {
		t.Error(err)
	}
}

// TestNothingIsHeldWhoseFilesAreNotAllThere: the seal is published last.
func TestNothingIsHeldWhoseFilesAreNotAllThere(t *testing.T) {
	a := archive.Archive{Dir: t.TempDir()}
	makePeriod(t, a, period, attempt, "one;two")
	inTheWay := a.Path(period + "/sales_2026-11-19.csv")
	must(t, os.MkdirAll(filepath.Join(inTheWay, "x"), 0o700))
	if _, err := a.Publish(t.Context(), period, attempt); err == nil {
		t.Error("a file could not be published, and nobody says so")
	}
	if archive.Exists(a.Path(period + "/" + archive.Seal)) {
		t.Error("it is sealed")
	}
	must(t, os.RemoveAll(inTheWay))
	_, err := a.Publish(t.Context(), period, attempt)
	must(t, err)
	if held, err := a.Holds(t.Context(), "daily", "2026-11-19"); !held || err != nil {
		t.Error(held, err)
	}
}

// TestAnAttemptLeavesWhatOthersNeed, and sweeps what nobody does.
func TestAnAttemptLeavesWhatOthersNeed(t *testing.T) {
	a := archive.Archive{Dir: t.TempDir()}
	makePeriod(t, a, period, ".made/NEEDED", "one")
	makePeriod(t, a, period, ".made/LEFT", "two")
	must(t, a.Begin(period, period+"/.made/NEW", "NEEDED"))
	for name, want := range map[string]bool{"NEEDED": true, "LEFT": false, "NEW": true} {
		if archive.Exists(a.Path(period+"/.made/"+name)) != want {
			t.Errorf("%s is there: %t", name, !want)
		}
	}
}

// TestACopyOfAStoreThatRottedIsFetchedAgain: the store has it as it was.
func TestACopyOfAStoreThatRottedIsFetchedAgain(t *testing.T) {
	a := inStore(t, s3test.New(t))
	sum := makePeriod(t, a, period, attempt, "one;two")
	_, err := a.Publish(t.Context(), period, attempt)
	must(t, err)
	key := period + "/sales_2026-11-19.csv"
	must(t, os.WriteFile(a.Path(key), []byte("one;too"), 0o600))
	f, err := a.Open(t.Context(), key, sum)
	must(t, err)
	text, err := io.ReadAll(f)
	if must(t, errors.Join(err, f.Close())); string(text) != "one;two" {
		t.Errorf("it says %q", text)
	}
}

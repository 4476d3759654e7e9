package main

import (
	"cmp"
	"compress/gzip"
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rapport/fetch/sandbox"
)

var hostileFor = flag.Duration("hostile", 0, "how long TestHostileAccountsHurtNoOther goes on; 0: a quarter of a minute")

// attacks are what a hostile server does instead of answering; each listing of it gets one.
func attacks() []func(w http.ResponseWriter, r *http.Request) {
	page := func(open, member, end string, members int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			io.WriteString(zip, open)
			block := strings.Repeat(member, 1000)
			for range members / 1000 {
				if _, err := io.WriteString(zip, block); err != nil {
					return
				}
			}
			io.WriteString(zip, end)
			zip.Close()
		}
	}
	const transaction = `[{"id":"T12345678.A","amount":100,"currency":"NOK","status":"CAPTURED","created_at":"2026-11-20T05:00:00Z","updated_at":"2026-11-20T05:00:00Z",`
	return []func(http.ResponseWriter, *http.Request){
		page(transaction+`"events":[`, `{},`, `{}]}]`, 3_000_000),
		page(transaction+`"items":[`, `{"x":[[[]]]},`, `{}]}]`, 1_000_000),
		page(transaction+`"unknown":[`, `1,`, `1]}]`, 10_000_000),
		page(`[`, `{"id":"a"},`, `{}]`, 1_000_000),
		page(transaction+`"amount":"`, strings.Repeat("9", 100), `"}]`, 500_000),
		func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		func(w http.ResponseWriter, r *http.Request) { // drips
			for r.Context().Err() == nil {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(300 * time.Millisecond):
				}
			}
		},
		func(w http.ResponseWriter, _ *http.Request) { // a clock far ahead
			w.Header().Set("Date", time.Now().AddDate(0, 0, 200).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		func(w http.ResponseWriter, r *http.Request) { // reflects what it was sent
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			fmt.Fprintf(conn, "HTTP/1.1 %s\r\n\r\n", r.Header.Get("Authorization"))
		},
		func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":{"message":%q,"code":"\u001b[31m"}}`, r.Header.Get("Authorization"))
		},
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
}

// TestHostileAccountsHurtNoOther has a daemon with four accounts. The servers of three of them
// attack it in turn, and the process is killed now and then: what the fourth owes is mailed
// soon after it is due, once; memory is bounded; no secret is said.
func TestHostileAccountsHurtNoOther(t *testing.T) {
	long(t)
	t.Parallel()
	lasts := cmp.Or(*hostileFor, 15*time.Second)
	gone := make(chan struct{}, 100_000)
	g, port := startScriptedRelay(t, func(g *scriptedRelay) { g.taken = func(string) error { gone <- struct{}{}; return nil } })
	_, elsewhere := startScriptedRelay(t, nil) // takes the others' mail, if there is any
	honest, err := sandbox.New(sandbox.Options{Seed: 1, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	good := httptest.NewServer(honest)
	t.Cleanup(good.Close)
	secret, dir, turn := rand.Text(), t.TempDir(), new(atomic.Int64)
	paths := []string{filepath.Join(dir, "good", "shop.yaml")}
	config := func(n int) string { return hostileText("T12345678", good.URL, port) + dailyReports(n) }
	var attacked []func(reports int)
	for i := range 3 {
		kinds := attacks()
		bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/token") {
				honest.ServeHTTP(w, r)
				return
			}
			kinds[int(turn.Add(1))%len(kinds)](w, r)
		}))
		t.Cleanup(bad.Close)
		t.Cleanup(bad.CloseClientConnections)
		path := filepath.Join(dir, fmt.Sprint("bad", i), "shop.yaml")
		paths = append(paths, path)
		attacked = append(attacked, func(n int) {
			writeInDir(t, path, hostileText(fmt.Sprint("T8765432", i), bad.URL, elsewhere)+dailyReports(n))
		})
		attacked[i](2)
	}
	writeInDir(t, paths[0], config(1))
	command := append([]string{"env", "DINTERO_CLIENT_SECRET=" + secret, binary(t), "serve"}, paths...)
	said, peak, slowest, reports := "", int64(0), time.Duration(0), 1
	p := start(t, command...)
	p.waitFor(gone, "the first message")
	killed := 0
	end := func(s syscall.Signal) {
		peak = max(peak, peakMemory(t, p.Process.Pid))
		p.signal(s)
		p.waitFor(p.ended, "its end")
		said += p.said.String()
	}
	for began, born := time.Now(), time.Now(); time.Since(began) < lasts; {
		reports++
		writeInDir(t, paths[0], config(reports))
		attacked[reports%3](reports) // its new report is read at once
		asked := time.Now()
		if time.Since(born) > 5*time.Second {
			born = asked
			end(syscall.SIGKILL)
			killed++
			p = start(t, command...)
		} else {
			p.signal(syscall.SIGHUP)
		}
		for to := fmt.Sprintf("p%d@x.example", reports-1); !g.has(to); {
			p.waitFor(gone, "the message to "+to)
		}
		slowest = max(slowest, time.Since(asked))
	}
	end(syscall.SIGTERM)
	t.Logf("%d reports, %d kills, the slowest after %s; %d MB at most; %d attacks", reports, killed, slowest.Round(time.Millisecond), peak/1024, turn.Load())
	if duplicates, uncertain := checkHistory(t, binary(t), paths[0], g.keepingRelay, reports); duplicates > uncertain {
		t.Errorf("%d came twice, and %d were uncertain", duplicates, uncertain)
	}
	if slowest > time.Minute {
		t.Errorf("a report waited %s for others", slowest)
	}
	if peak > 200<<10 && !underRace {
		t.Errorf("%d MB of memory", peak/1024)
	}
	if turn.Load() < 20 {
		t.Error("there were few attacks, so this proves little")
	}
	find(t, "what it said", said, canaries(secret))
}

// peakMemory is the most that a living process has held, in kB. What the system says of one
// that ended counts what its parent held when it began.
func peakMemory(t *testing.T, pid int) (kB int64) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "VmHWM:")
	if _, err := fmt.Sscan(rest, &kB); !found || err != nil {
		t.Fatalf("no peak in %s", text)
	}
	return kB
}

// has tells whether somebody has a message.
func (k *keepingRelay) has(to string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, got := range k.to {
		if got == to {
			return true
		}
	}
	return false
}

func hostileText(account, url string, port int) string {
	return fmt.Sprintf(`account: %s
source:
  dintero: {client_id: a, client_secret: {env: DINTERO_CLIENT_SECRET}, api_url: %s/v1, checkout_url: %s/v1}
operator: drift@x.example
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
listen: 127.0.0.1:0
reports:
`, account, url, url, port)
}

func writeInDir(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	writeConfig(t, path+".new", text)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

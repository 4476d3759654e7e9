package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/ledger/sqlite"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startAPI serves a configuration, and gives the address of its account.
func startAPI(t *testing.T, program, config string) (p *process, account string) {
	t.Helper()
	p = &process{Cmd: exec.Command(program, "serve", config), t: t, said: &transcript{more: make(chan struct{})}, ended: make(chan struct{})}
	p.Stdout, p.Stderr = p.said, p.said
	p.Env = append(os.Environ(), "BI_SECRET=c4n4ry-bi")
	p.begin()
	p.says("msg=started", 1)
	_, rest, _ := strings.Cut(p.said.String(), "msg=\"API and pages\" address=")
	url, _, _ := strings.Cut(rest, " ")
	return p, "http://" + url + "/v1/accounts/T12345678"
}

// served is the example, at addresses that are free.
func servedConfig(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../examples/served.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "served.yaml")
	writeConfig(t, path, strings.NewReplacer("127.0.0.1:9797", "127.0.0.1:0", "127.0.0.1:9798", "127.0.0.1:0").Replace(string(text)))
	return path
}

// TestTheSessionOfREADME runs what README shows of the API, as a user types it.
func TestTheSessionOfREADME(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(readme), "/auth/token")
	session := before[strings.LastIndex(before, "```\n")+4:] + "/auth/token"
	after, _, _ = strings.Cut(after, "\n```")
	session += after
	const shown = "http://127.0.0.1:9798/v1/accounts/T12345678"
	if strings.Count(session, shown) != 1 {
		t.Fatalf("README has no session with %s: %q", shown, session)
	}
	p, account := startAPI(t, binary(t), servedConfig(t))
	dir := t.TempDir()
	shell := exec.Command("sh", "-e", "-c", strings.Replace(session, shown, account, 1))
	shell.Dir, shell.Env = dir, append(os.Environ(), "BI_SECRET=c4n4ry-bi")
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, p.said.last())
	}
	if !bytes.Contains(out, []byte(`"created_by":"bi"`)) || !bytes.Contains(out, []byte(`"interval":"day"`)) {
		t.Errorf("the session says %s", out)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "dagsoppgjoer-oslo_*.pdf"))
	if len(files) != 1 {
		t.Fatalf("downloaded: %q", files)
	}
	if data, err := os.ReadFile(files[0]); err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Errorf("%s is no PDF: %v", files[0], err)
	}
	p.signal(syscall.SIGTERM)
	if said := p.ends(exitDone); strings.Contains(said, "c4n4ry") {
		t.Errorf("the log shows a secret:\n%s", said)
	}
}

// An apiClient is a program that uses the API.
type apiClient struct {
	t       *testing.T
	account string
	token   string
}

// ask gives the status, 0 where nobody answered, and the body as JSON.
func (c *apiClient) ask(method, path, body string) (status int, answer map[string]any, list []map[string]any) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.account+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+c.token)
	if c.token == "" {
		request.SetBasicAuth("bi", "c4n4ry-bi")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, nil
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, nil
	}
	if json.Unmarshal(data, &answer) != nil && json.Unmarshal(data, &list) != nil {
		return 0, nil, nil
	}
	return response.StatusCode, answer, list
}

func newAPIClient(t *testing.T, account string) *apiClient {
	t.Helper()
	c := &apiClient{t: t, account: account}
	_, answer, _ := c.ask("POST", "/auth/token", `{"grant_type":"client_credentials","audience":"`+account+`"}`)
	c.token, _ = answer["access_token"].(string)
	if c.token == "" {
		t.Fatalf("no token: %v", answer)
	}
	return c
}

// TestWhatWasAnsweredIsKeptOverAKill: reports are made, changed and deleted, and periods asked
// for, while the daemon is killed again and again.
func TestWhatWasAnsweredIsKeptOverAKill(t *testing.T) {
	t.Parallel()
	config, program := servedConfig(t), binary(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	const path = "/insight/reports/configuration"
	body := func(i int, language string) string {
		return fmt.Sprintf(`{"name":"Report %d","dataType":"wallets/transactions","schedule":"monthly","language":%q,"contentTypes":["text/csv"],"paused":true}`, i, language)
	}
	sure := map[string]string{} // by id: the language, "" of a deleted one
	unsure := map[string]bool{}
	promised := map[string]bool{} // names of reports of one period
	rounds := cmp.Or(*kills, scaled(50, 4))
	if testing.Short() {
		rounds = 4
	}
	for round := range rounds {
		p, account := startAPI(t, program, config)
		c := newAPIClient(t, account)
		_, _, list := c.ask("GET", path, "")
		there := map[string]string{}
		for _, r := range list {
			there[r["id"].(string)], _ = r["language"].(string)
		}
		for id, language := range sure {
			if !unsure[id] && there[id] != language {
				t.Fatalf("round %d: report %s is %q, and was answered as %q", round, id, there[id], language)
			}
			if unsure[id] {
				sure[id] = there[id]
			}
		}
		clear(unsure)
		asks, last := 0, 1+dice.IntN(30) // over which it is killed, or soon after
		ask := func(method, path, body string) (status int, answer map[string]any) {
			if asks++; asks == last {
				time.AfterFunc(time.Duration(dice.IntN(4000))*time.Microsecond, func() { _ = p.Process.Kill() })
			}
			status, answer, _ = c.ask(method, path, body)
			return status, answer
		}
		for i := round * 100; ; i++ {
			status, own := ask("POST", path, body(i, "no"))
			if status == 0 {
				break
			}
			id, _ := own["id"].(string)
			if status != 200 {
				t.Errorf("POST: %d %v", status, own)
				break
			}
			sure[id] = "no"
			if i%100 == 3 { // once a round
				name := fmt.Sprintf("Asked for %d", round)
				if status, _ = ask("POST", "/insight/generate-report", asked(name)); status == 200 {
					promised[name] = true
				} else {
					break
				}
			}
			if status, _ = ask("PUT", path+"/"+id, body(i, "en")); status == 200 {
				sure[id] = "en"
			} else {
				unsure[id] = true
				break
			}
			if i%2 == 0 {
				continue
			}
			if status, _ = ask("DELETE", path+"/"+id, ""); status == 200 {
				sure[id] = ""
			} else {
				unsure[id] = true
				break
			}
		}
		_ = p.Process.Kill()
		p.waitFor(p.ended, "its end")
	}
	if len(sure) == 0 {
		t.Errorf("only %d reports were made", len(sure))
	}
	p, account := startAPI(t, program, config)
	c := newAPIClient(t, account)
	for name := range promised { // asked for once more: nothing is made twice
		if status, answer, _ := c.ask("POST", "/insight/generate-report", asked(name)); status != 200 {
			t.Errorf("%s again: %d %v", name, status, answer)
		}
	}
	owed := owedByName(t, strings.TrimSuffix(config, ".yaml")+".db") // over which the process died too often to be made by now
	made := filesByName(c)
	for name := range promised {
		if made[name] > 1 || made[name] == 0 && !owed[name] {
			t.Errorf("%s was promised, made %d times, owed: %t", name, made[name], owed[name])
		}
	}
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
	if len(promised) == 0 {
		t.Error("nothing was promised")
	}
}

// owedByName are the names of the reports of which a ledger owes a period.
func owedByName(t *testing.T, path string) map[string]bool {
	t.Helper()
	l, err := ledger.Open(t.Context(), sqlite.New(path), ledger.Options{Now: time.Now, Host: "here", MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	owed, err := l.OwedPeriods(t.Context(), "T12345678")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, period := range owed {
		row, _, err := served.Of(l).Report(t.Context(), "T12345678", period.Report)
		var body struct{ Name string }
		if err := errors.Join(err, json.Unmarshal(row.Body, &body)); err != nil {
			t.Fatal(err)
		}
		names[body.Name] = true
	}
	return names
}

// asked is a body of generate-report.
func asked(name string) string {
	return fmt.Sprintf(`{"name":%q,"dataType":"wallets/transactions","schedule":"monthly","language":"no","contentType":"text/csv","from":"2026-09-01","to":"2026-09-30"}`, name)
}

// filesByName counts the files of all pages of the metadata by the name of their report.
func filesByName(c *apiClient) map[string]int {
	c.t.Helper()
	made, after := map[string]int{}, ""
	for {
		status, page, _ := c.ask("GET", "/reports/metadata?limit=100"+after, "")
		if status != 200 {
			c.t.Fatalf("metadata: %d %v", status, page)
		}
		for _, item := range page["reports"].([]any) {
			name, _ := item.(map[string]any)["custom_report_name"].(string)
			made[name]++
		}
		next, _ := page["starting_after"].(string)
		if next == "" {
			return made
		}
		after = "&starting_after=" + url.QueryEscape(next)
	}
}

// TestOurFiguresAgreeWithOurReports: a report that is held unless Dintero's own figures agree is
// made where the figures are those of our server.
func TestOurFiguresAgreeWithOurReports(t *testing.T) {
	source := startSandbox(t)
	dir := t.TempDir()
	config, program := filepath.Join(dir, "served.yaml"), binary(t)
	writeConfig(t, config, "account: T12345678\n"+source+`listen: 127.0.0.1:0
web:
  listen: 127.0.0.1:0
  clients: [{id: bi, secret: {env: BI_SECRET}, scopes: [read:insight]}]
`)
	t.Setenv("DINTERO_CLIENT_SECRET", "c4n4ry-secret")
	p, account := startAPI(t, program, config)
	front := frontOf(t, source, account)
	second := filepath.Join(dir, "second.yaml")
	writeConfig(t, second, `account: T12345678
source: {dintero: {client_id: bi, client_secret: {env: BI_SECRET}, api_url: `+front+`/v1, checkout_url: `+front+`/v1}}
state: second.db
archive: second
reports:
  - {id: held, dataType: checkout/transactions, schedule: daily, language: en, reconcile: hold, contentTypes: [text/csv]}
`)
	run := exec.Command(program, "run", second, "--period", "2026-11-17")
	run.Env = append(os.Environ(), "BI_SECRET=c4n4ry-bi")
	out, err := run.CombinedOutput()
	files, _ := filepath.Glob(filepath.Join(dir, "second", "held", "*", "*.csv"))
	if err != nil || len(files) != 1 || bytes.Contains(out, []byte("econcil")) {
		t.Errorf("%v: %s\n%s", err, out, p.said.last())
	}
}

// frontOf is Dintero to a client: its payments are the simulation's, its figures and tokens ours.
// It gives its address.
func frontOf(t *testing.T, source, account string) string {
	t.Helper()
	_, rest, _ := strings.Cut(source, "checkout_url: ")
	simulated, _, _ := strings.Cut(rest, "/v1")
	ours, _, _ := strings.Cut(account, "/v1")
	token := newAPIClient(t, simulated+"/v1/accounts/T12345678").token
	figures := 0
	t.Cleanup(func() {
		if figures == 0 {
			t.Error("nobody asked for our figures")
		}
	})
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		to := simulated
		if strings.Contains(r.In.URL.Path, "/insight/") || strings.Contains(r.In.URL.Path, "/auth/") {
			to = ours
			figures += strings.Count(r.In.URL.Path, "/insight/")
		} else {
			r.Out.Header.Set("Authorization", "Bearer "+token)
		}
		target, err := url.Parse(to)
		if err != nil {
			t.Error(err)
			return
		}
		r.SetURL(target)
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

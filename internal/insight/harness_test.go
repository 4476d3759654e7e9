package insight_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"rapport/internal/access"
	"rapport/internal/archive"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/payment"
	"rapport/reportconfig"
)

const configText = `account: T12345678
source: {sandbox: {seed: 1}}
mail: {from: Rapport <rapport@shop.example>, outbox: outbox}
operator: drift@shop.example
web:
  clients:
    - {id: all, secret: {env: A}, scopes: [admin:insight, admin:reports]}
    - {id: reader, secret: {env: A}, scopes: [read:insight]}
    - {id: writer, secret: {env: A}, scopes: [write:insight]}
    - {id: lister, secret: {env: A}, scopes: [read:reports]}
reports:
  - {id: oslo, name: Oslo, dataType: checkout/transactions, schedule: daily, language: no, reportFilters: [{filter: store_id, value: sc029}], ping: "https://ping.example/x?token=c4n4ry"}
`

// A service is a server with what is behind it.
type service struct {
	*testing.T
	*insight.Server
	config  *reportconfig.Config
	ledger  *ledger.Ledger
	tables  served.Tables
	clock   *clock
	source  *fakeSource
	poked   int
	alarms  []string
	log     bytes.Buffer
	secrets []string
	lasting testing.TB
	dice    *rand.ChaCha8
}

type clock struct{ time.Time }

// A fakeSource has the transactions that a test says.
type fakeSource struct {
	mu   sync.Mutex
	all  []payment.Transaction
	err  error
	asks []payment.Query
	wait chan struct{} // nil: it answers at once
}

func (f *fakeSource) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asks = append(f.asks, q)
	all, err, wait := f.all, f.err, f.wait
	return func(yield func(payment.Transaction, error) bool) {
		if wait != nil {
			<-wait
		}
		for _, tx := range all {
			if !tx.UpdatedAt.IsZero() && tx.UpdatedAt.Before(q.From) {
				continue
			}
			if !yield(tx, nil) {
				return
			}
		}
		if err != nil {
			yield(payment.Transaction{}, err)
		}
	}
}

func start(t *testing.T) *service {
	t.Helper()
	return startFor(t, t)
}

// startFor begins a service that lasts as long as another test.
func startFor(t *testing.T, lasting testing.TB) *service {
	lasting.Helper()
	dir := lasting.TempDir()
	path := filepath.Join(dir, "shop.yaml")
	if err := os.WriteFile(path, []byte(configText), 0o600); err != nil {
		lasting.Fatal(err)
	}
	config, err := reportconfig.Load(path, "")
	if err != nil {
		lasting.Fatal(err)
	}
	s := &service{T: t, config: config, clock: &clock{time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}, source: &fakeSource{}, lasting: lasting, dice: rand.NewChaCha8([32]byte{1})}
	s.ledger, err = ledger.Open(lasting.Context(), sqlite.New(config.State), ledger.Options{Now: s.now, Host: "here"})
	if err != nil {
		lasting.Fatal(err)
	}
	lasting.Cleanup(func() {
		if err := s.ledger.Close(); err != nil {
			lasting.Error(err)
		}
		if text := s.log.String(); strings.Contains(text, "c4n4ry") || strings.Contains(text, "panic") {
			lasting.Errorf("the log: %s", text)
		}
	})
	s.tables = served.Of(s.ledger)
	s.secrets = []string{"c4n4ry-all", "c4n4ry-reader", "c4n4ry-writer", "c4n4ry-lister"}
	s.restart()
	return s
}

func (s *service) now() time.Time { return s.clock.Time }

// restart makes the server anew, as a reload does.
func (s *service) restart() {
	s.lasting.Helper()
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	var err error
	s.Server, err = insight.New([]insight.Account{{
		Config: s.config, Path: s.config.Path, Archive: archive.Archive{Dir: s.config.Archive}, Ledger: s.ledger, Source: s.source, Secrets: s.secrets, Use: func(do func() error) error { return do() },
		Poke: func() { s.poked++ }, Alarm: func(_ context.Context, report, what string) { s.alarms = append(s.alarms, report+": "+what) }, Log: log,
	}}, insight.Options{
		Now: s.now, Attempts: access.NewAttempts(s.now), Random: func() []byte { b := make([]byte, 32); _, _ = s.dice.Read(b); return b }, URL: "https://rapport.example", Log: log, Background: s.lasting.Context(),
	})
	if err != nil {
		s.lasting.Fatal(err)
	}
}

// An answer is one that the OpenAPI document allows.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

// ask sends a request, and holds the answer against the document.
func (s *service) ask(method, target, token, body string, change ...func(*http.Request)) answer {
	s.Helper()
	r := httptest.NewRequest(method, "https://rapport.example"+target, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.7:1234"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, do := range change {
		do(r)
	}
	a := answer{httptest.NewRecorder(), s.T}
	s.ServeHTTP(a, r)
	document(s.T).holds(s.T, r, a.ResponseRecorder)
	if strings.Contains(a.Body.String(), "c4n4ry") {
		s.Errorf("%s %s shows a secret: %s", method, target, a.Body)
	}
	return a
}

// token is an access token of a client.
func (s *service) token(client string) string {
	s.Helper()
	a := s.tokenAnswer(client, "c4n4ry-"+client, account, `{"grant_type":"client_credentials","audience":"https://api.dintero.com/v1/accounts/T12345678"}`)
	if a.Code != 200 {
		s.Fatalf("token: %d %s", a.Code, a.Body)
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	a.read(&token)
	return token.AccessToken
}

func (s *service) tokenAnswer(id, secret, oid, body string) answer {
	s.Helper()
	return s.ask("POST", "/v1/accounts/"+oid+"/auth/token", "", body, func(r *http.Request) { r.SetBasicAuth(id, secret) })
}

func (a answer) read(v any) {
	a.t.Helper()
	if err := json.Unmarshal(a.Body.Bytes(), v); err != nil {
		a.t.Fatalf("%v: %s", err, a.Body)
	}
}

// fails holds an answer to a status and a code, and gives the paths of its errors.
func (a answer) fails(status int, code string) (paths []string) {
	a.t.Helper()
	var body struct {
		Error struct {
			Message, Code string
			Errors        []struct{ Path, Message, Hint string }
		}
	}
	a.read(&body)
	if a.Code != status || body.Error.Code != code {
		a.t.Errorf("got %d %s, want %d %s", a.Code, a.Body, status, code)
	}
	for _, e := range body.Error.Errors {
		paths = append(paths, e.Path)
	}
	return paths
}

const (
	account = "T12345678"
	base    = "/v1/accounts/" + account
	reports = base + "/insight/reports/configuration"
)

// A checkedDocument is the OpenAPI document with its schemas compiled.
type checkedDocument struct {
	raw     map[string]any
	schemas *jsonschema.Compiler
}

var document = func() func(*testing.T) *checkedDocument {
	load := sync.OnceValues(func() (*checkedDocument, error) {
		parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(insight.OpenAPI))
		if err != nil {
			return nil, err
		}
		d := &checkedDocument{raw: parsed.(map[string]any), schemas: jsonschema.NewCompiler()}
		d.schemas.AssertFormat()
		return d, d.schemas.AddResource("mem:///openapi.json", parsed)
	})
	return func(t *testing.T) *checkedDocument {
		t.Helper()
		d, err := load()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}()

var schemaLock sync.Mutex

// holds tells whether the document allows an answer.
func (d *checkedDocument) holds(t *testing.T, r *http.Request, a *httptest.ResponseRecorder) {
	t.Helper()
	schema := "#/components/schemas/Error"
	path := d.pathOf(r.URL.Path)
	method := strings.ToLower(r.Method)
	if method == "head" {
		method = "get"
	}
	operation, described := dig(d.raw, "paths", path, method).(map[string]any)
	if described && a.Code != 405 && a.Code != 404 || a.Code == 200 {
		if dig(operation, "responses", fmt.Sprint(a.Code)) == nil {
			t.Errorf("%s %s: %d is not described: %s", r.Method, r.URL.Path, a.Code, a.Body)
			return
		}
	}
	if r.Method == "HEAD" || a.Code/100 == 3 || a.Code == 206 || a.Code == 416 || (strings.HasSuffix(path, "/files/{id}") || strings.HasSuffix(path, "/evidence/{id}")) && a.Code == 200 {
		return
	}
	if a.Code == 200 {
		schema = "#/paths/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path) + "/" + method + "/responses/200/content/application~1json/schema"
	}
	schemaLock.Lock()
	defer schemaLock.Unlock()
	compiled, err := d.schemas.Compile("mem:///openapi.json" + schema)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.Body.Bytes()))
	if err == nil {
		err = compiled.Validate(value)
	}
	if err != nil || a.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%s %s: %d: %v: %s", r.Method, r.URL.Path, a.Code, err, a.Body)
	}
}

// pathOf is the path of the document that a request is of.
func (d *checkedDocument) pathOf(path string) string {
	best := ""
	for pattern := range dig(d.raw, "paths").(map[string]any) {
		re := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(pattern), "[^/]+") + "$")
		if re.MatchString(path) {
			best = pattern
		}
	}
	return best
}

func dig(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// made writes a period down as made, with files.
func (s *service) made(report, day string, names ...string) {
	s.Helper()
	from, err := time.ParseInLocation(time.DateOnly, day, s.config.Location)
	s.must(err)
	added, err := s.ledger.Plan(s.Context(), []ledger.Planned{{
		Key:  ledger.Key{Account: account, Report: report, From: from, To: from.AddDate(0, 0, 1)},
		Name: day, Schedule: "daily", Config: s.config.Path, Due: from.AddDate(0, 0, 1), State: ledger.Owed,
	}})
	s.must(err)
	if len(added) != 1 {
		s.Fatalf("%s %s is known", report, day)
	}
	claim, err := s.ledger.ClaimPeriod(s.Context(), added[0].ID)
	s.must(err)
	m := ledger.MadePeriod{At: s.now(), Facts: []byte(`{"data_type":"checkout/transactions","schedule":"daily","language":"no","name":"Oslo","filters":[{"filter":"store_id","value":"sc029"}]}`)}
	for _, name := range names {
		data := []byte("the bytes of " + name)
		sum := sha256.Sum256(data)
		path := report + "/" + day + "/" + name
		s.must(os.MkdirAll(filepath.Dir(filepath.Join(s.config.Archive, path)), 0o700))
		s.must(os.WriteFile(filepath.Join(s.config.Archive, path), data, 0o600))
		kind := "text/csv"
		if strings.HasSuffix(name, ".pdf") {
			kind = "application/pdf"
		}
		m.Artifacts = append(m.Artifacts, ledger.Artifact{Path: path, ContentType: kind, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))})
	}
	s.must(s.ledger.RecordMade(s.Context(), claim.Claim, m))
}

func (s *service) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

var errAway = errors.New("no route to host")

// contextDone is one that is over.
func contextDone() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx, cancel
}

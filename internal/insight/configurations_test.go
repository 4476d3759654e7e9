package insight_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/access"
	"rapport/internal/calendar"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

const weekly = `{"dataType":"checkout/transactions","schedule":"weekly","language":"no","name":"Uke","emails":["kari@shop.example"],"reportFilters":[{"filter":"store_id","value":"b"},{"filter":"store_id","value":"a"}],"at":"07:15"}`

type object = map[string]any

func parsed(t *testing.T, text string) object {
	t.Helper()
	o := object{}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestAReportIsMadeReadChangedAndDeleted(t *testing.T) {
	s := start(t)
	token := s.token("all")
	made := s.ask("POST", reports, token, weekly)
	var own object
	made.read(&own)
	id := own["id"].(string)
	want := parsed(t, weekly)
	for k, v := range (object{"id": id, "accountId": account, "created_at": "2026-11-20T12:00:00.000Z", "created_by": "all"}) {
		want[k] = v
	}
	if diff := cmp.Diff(want, own); diff != "" || made.Code != 200 {
		t.Error(diff)
	}
	read := s.ask("GET", reports+"/"+id, token, "")
	if read.Body.String() != made.Body.String() || read.Header().Get("ETag") == "" || read.Header().Get("ETag") != made.Header().Get("ETag") {
		t.Errorf("read: %s", read.Body)
	}
	if head := s.ask("HEAD", reports+"/"+id, token, ""); head.Code != 200 || head.Header().Get("ETag") != read.Header().Get("ETag") {
		t.Error("HEAD differs from GET")
	}
	other := strings.Replace(weekly, "weekly", "monthly", 1)
	matching := func(tag string) func(*http.Request) { return func(r *http.Request) { r.Header.Set("If-Match", tag) } }
	s.ask("PUT", reports+"/"+id, token, other, matching(`"another"`)).fails(409, "changed")
	changed := s.ask("PUT", reports+"/"+id, token, other, matching(read.Header().Get("ETag")))
	if changed.Code != 200 || !strings.Contains(changed.Body.String(), "monthly") || changed.Header().Get("ETag") == read.Header().Get("ETag") {
		t.Errorf("changed: %s", changed.Body)
	}
	gone := s.ask("DELETE", reports+"/"+id, token, "")
	if gone.Code != 200 || gone.Body.String() != changed.Body.String() {
		t.Errorf("deleted: %d %s", gone.Code, gone.Body)
	}
	for _, method := range []string{"GET", "DELETE"} {
		s.ask(method, reports+"/"+id, token, "").fails(404, "not_found")
	}
	s.ask("PUT", reports+"/"+id, token, other).fails(404, "not_found")
	acts, err := s.tables.Acts(t.Context(), served.ActFilter{Account: account, Limit: 10})
	s.must(err)
	var done []string
	for _, a := range acts {
		done = append(done, fmt.Sprint(a.Name, " ", a.Via, " ", a.Address, " ", a.Action, " ", a.Object == "report "+id))
	}
	if want := []string{"all api 192.0.2.7 delete true", "all api 192.0.2.7 replace true", "all api 192.0.2.7 create true"}; !slices.Equal(done, want) {
		t.Errorf("written down: %q", done)
	}
	if s.poked != 3 {
		t.Errorf("the engine was poked %d times", s.poked)
	}
}

func TestAFilesReportIsReadOnly(t *testing.T) {
	s := start(t)
	token := s.token("all")
	var all []object
	s.ask("GET", reports, token, "").read(&all)
	if len(all) != 1 || all[0]["id"] != insight.FileReportID(account, "oslo") || all[0]["ping"] != "https://ping.example/x" || all[0]["created_by"] != "file" {
		t.Fatalf("listed: %v", all)
	}
	id := all[0]["id"].(string)
	s.ask("PUT", reports+"/"+id, token, weekly).fails(409, "managed_by_file")
	s.ask("DELETE", reports+"/"+id, token, "").fails(409, "managed_by_file")
	same := `{"dataType":"checkout/transactions","schedule":"daily","language":"no","name":"Oslo","reportFilters":[{"filter":"store_id","value":"sc029"}],"emails":["ny@shop.example"]}`
	if a := s.ask("POST", reports, token, same); !strings.Contains(a.Body.String(), id) {
		t.Errorf("the conflict does not name the other: %s", a.Body)
	} else {
		a.fails(409, "conflict")
	}
}

// A report of settlements is ours: a client of Dintero's never meets one, but for its files.
func TestSettlementsAreNoReportOfTheAPI(t *testing.T) {
	s := start(t)
	token := s.token("all")
	settlements := reportconfig.Report{ID: "utbetalinger", Data: reportconfig.Settlements{}, Schedule: "daily", Language: "no", Written: []byte(`{"dataType":"settlements","schedule":"daily","language":"no"}`)}
	s.config.Reports = append(s.config.Reports, settlements)
	s.restart()
	id := insight.FileReportID(account, settlements.ID)
	for method, target := range map[string]string{"POST": reports, "PUT": reports + "/" + id} {
		a := s.ask(method, target, token, string(settlements.Written))
		if paths := a.fails(400, "invalid_configuration"); !slices.Equal(paths, []string{"dataType"}) {
			t.Errorf("%s: %s", method, a.Body)
		}
	}
	daily := `{"dataType":"settlements","schedule":"daily","language":"no","from":"2026-11-19","to":"2026-11-19"}`
	s.ask("POST", base+"/insight/generate-report", token, daily).fails(400, "invalid_configuration")
	var all []object
	s.ask("GET", reports, token, "").read(&all)
	if len(all) != 1 || all[0]["dataType"] != "checkout/transactions" {
		t.Errorf("listed: %v", all)
	}
	s.ask("GET", reports+"/"+id, token, "").fails(404, "not_found")
}

// Every key of a report in the file is one of the document, but for what settlements alone have, and what names a file
// on the server.
func TestTheDocumentNamesEveryKeyOfAReport(t *testing.T) {
	var schema, document map[string]any
	for _, text := range []struct {
		from []byte
		to   *map[string]any
	}{{reportconfig.Schema(), &schema}, {insight.OpenAPI, &document}} {
		if err := json.Unmarshal(text.from, text.to); err != nil {
			t.Fatal(err)
		}
	}
	want := dig(schema, "$defs", "report", "properties").(map[string]any)
	for _, name := range []string{"voucher", "split", "addresses"} {
		delete(want, name)
	}
	for _, name := range []string{"CheckoutTransactions", "OpenTransactions", "OrderOperations", "WalletTransactions"} {
		got := dig(document, "components", "schemas", name+"Configuration", "properties").(map[string]any)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWorkingDaysAndDaysThatStartLateAreTakenOverHTTP(t *testing.T) {
	s := start(t)
	token := s.token("all")
	const late = `{"dataType":"checkout/transactions","schedule":"monthly","language":"no","name":"Natt","at":"07:00","workday":-1,"calendar":"bank","day_starts":"04:00","attachments":"none"}`
	if a := s.ask("POST", reports, token, late); a.Code != 200 {
		t.Fatal(a.Body)
	}
	for part, path := range map[string]string{`"workday":-1`: "workday", `"calendar":"bank"`: "calendar", `"day_starts":"04:00"`: "day_starts", `"attachments":"none"`: "attachments"} {
		wrong := map[string]string{"workday": `"workday":0`, "calendar": `"calendar":"moon"`, "day_starts": `"day_starts":"07:01"`, "attachments": `"attachments":"forward"`}[path]
		a := s.ask("POST", reports, token, strings.NewReplacer(part, wrong, "Natt", path).Replace(late))
		if paths := a.fails(400, "invalid_configuration"); !slices.Equal(paths, []string{path}) {
			t.Errorf("%s: %s", path, a.Body)
		}
	}
	taken := s.taken()
	if len(taken) != 1 || taken[0].Workday != -1 || taken[0].Days != calendar.BankDays || taken[0].DayStarts != (calendar.TimeOfDay{Hour: 4}) {
		t.Errorf("an engine takes up %+v", taken)
	}
}

func TestTheSameReportIsAConflictHoweverItIsWritten(t *testing.T) {
	s := start(t)
	token := s.token("all")
	if a := s.ask("POST", reports, token, weekly); a.Code != 200 {
		t.Fatal(a.Body)
	}
	turned := `{"dataType":"checkout/transactions","schedule":"weekly","language":"no","name":"Uke","contentTypes":["text/csv"],"reportFilters":[{"filter":"store_id","value":"a"},{"filter":"store_id","value":"b"}]}`
	s.ask("POST", reports, token, turned).fails(409, "conflict")
	untitled := `{"dataType":"checkout/transactions","schedule":"weekly","language":"en"}`
	if a := s.ask("POST", reports, token, untitled); a.Code != 200 {
		t.Error(a.Body)
	}
	s.ask("POST", reports, token, strings.Replace(untitled, "{", `{"name":"Transactions",`, 1)).fails(409, "conflict")
	sibling := strings.Replace(turned, `"value":"b"`, `"value":"c"`, 1)
	a := s.ask("POST", reports, token, sibling)
	if a.Code != 200 {
		t.Fatal(a.Body)
	}
	var made object
	a.read(&made)
	s.ask("PUT", reports+"/"+made["id"].(string), token, turned).fails(409, "conflict")
	if a := s.ask("PUT", reports+"/"+made["id"].(string), token, sibling); a.Code != 200 {
		t.Errorf("a report is in its own way: %s", a.Body)
	}
}

func TestWhatTheFileRefusesIsRefusedWithItsPath(t *testing.T) {
	s := start(t)
	token := s.token("writer")
	for body, want := range map[string][]string{
		`{"dataType":"checkout/transactions","schedule":"hourly","language":"no"}`:                                                                  {"schedule"},
		`{"schedul":"daily","language":"no"}`:                                                                                                       {"dataType", "schedule", "schedul"},
		`{"dataType":"checkout/transactions","schedule":"daily","language":null}`:                                                                   {"language"},
		`{"dataType":"checkout/transactions","schedule":"daily","language":"no","emails":[]}`:                                                       {"emails"},
		`{"dataType":"checkout/transactions","schedule":"daily","language":"no","emails":["a@elsewhere.example"]}`:                                  {"emails[0]"},
		`{"dataType":"checkout/transactions","schedule":"daily","language":"no","reportFilters":[{"filter":"store","value":"x"}]}`:                  {"reportFilters[0].filter"},
		`{"dataType":"wallets/transactions","schedule":"daily","language":"no","reportFilters":[{"filter":"store_id","value":"x"}]}`:                {"reportFilters"},
		`{"dataType":"checkout/transactions","schedule":"daily","language":"no","accountId":"T87654321"}`:                                           {"accountId"},
		`{"dataType":"orders/orderoperations","schedule":"monthly","language":"no","contentTypes":["application/pdf"],"name":"` + longName() + `"}`: {"schedule", "contentTypes[0]", "name"},
	} {
		paths := s.ask("POST", reports, token, body).fails(400, "invalid_configuration")
		slices.Sort(paths)
		slices.Sort(want)
		if !slices.Equal(paths, want) {
			t.Errorf("%s: %q, want %q", body, paths, want)
		}
	}
	for _, body := range []string{"{", "[]", `"x"`, "a: 1", "null", `{"a":1}{"b":2}`, `{"name":"a","name":"b"}`, strings.Repeat(" ", 65<<10) + "{}", "\xff\xfe{\x00}\x00"} {
		if a := s.ask("POST", reports, token, body); a.Code != 400 {
			t.Errorf("%.40q: %d %s", body, a.Code, a.Body)
		}
	}
	s.ask("POST", reports, token, weekly, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }).fails(400, "bad_request")
	s.ask("PUT", reports+"/6f0d1c52-7e5b-4f0e-9c39-9d6f6a3f7b11", token, strings.Replace(weekly, "{", `{"id":"another",`, 1)).fails(400, "bad_request")
}

func longName() string { return strings.Repeat("x", 65) }

func TestAPingsQueryIsKeptAndNotShown(t *testing.T) {
	s := start(t)
	token := s.token("all")
	a := s.ask("POST", reports, token, strings.Replace(weekly, "{", `{"ping":"https://ping.example/y?key=c4n4ry",`, 1))
	var shown object
	a.read(&shown)
	if shown["ping"] != "https://ping.example/y" {
		t.Fatalf("shown: %v", shown)
	}
	id := shown["id"].(string)
	back, err := json.Marshal(shown)
	s.must(err)
	if a := s.ask("PUT", reports+"/"+id, token, string(back)); a.Code != 200 {
		t.Fatal(a.Body)
	}
	if all := s.taken(); len(all) != 1 || all[0].Ping != "https://ping.example/y?key=c4n4ry" {
		t.Errorf("kept: %+v", all)
	}
	acts, err := s.tables.Acts(t.Context(), served.ActFilter{Account: account, Limit: 10})
	s.must(err)
	for _, act := range acts {
		if strings.Contains(act.Before+act.After, "c4n4ry") {
			t.Errorf("written down: %+v", act)
		}
	}
}

// taken are the reports as an engine takes them up.
func (s *service) taken() []reportconfig.Report {
	s.Helper()
	all, _, err := insight.ReportsOf(s.Context(), s.tables, s.config, s.config.Path, "", func(report, what string) { s.Errorf("%s: %s", report, what) })
	s.must(err)
	return all
}

func TestAnEngineTakesUpWhatIsThere(t *testing.T) {
	s := start(t)
	token := s.token("all")
	s.ask("POST", reports, token, weekly)
	all, version, err := insight.ReportsOf(t.Context(), s.tables, s.config, s.config.Path, "", nil)
	s.must(err)
	if len(all) != 1 || all[0].Name != "Uke" || all[0].At.String() != "07:15" || len(all[0].Emails) != 1 {
		t.Fatalf("%+v", all)
	}
	if again, same, err := insight.ReportsOf(t.Context(), s.tables, s.config, s.config.Path, version, nil); err != nil || again != nil || same != version {
		t.Errorf("nothing has changed: %v %q %v", again, same, err)
	}
	s.config.Web.Recipients = []string{"*@another.example"}
	told := 0
	all, _, err = insight.ReportsOf(t.Context(), s.tables, s.config, s.config.Path, "", func(string, string) { told++ })
	if err != nil || len(all) != 1 || len(all[0].Emails) != 0 || told != 1 {
		t.Errorf("mailed to whom it may not be: %+v, told %d times", all, told)
	}
}

func TestAPausedReportGoesOnFromNow(t *testing.T) {
	s := start(t)
	token := s.token("all")
	daily := `{"dataType":"checkout/transactions","schedule":"daily","language":"no","name":"Dag"}`
	var own object
	s.ask("POST", reports, token, daily).read(&own)
	id := own["id"].(string)
	s.made(id, "2026-11-16", "x.csv")
	if a := s.ask("PUT", reports+"/"+id, token, strings.Replace(daily, "{", `{"paused":true,`, 1)); a.Code != 200 {
		t.Fatal(a.Body)
	}
	if all := s.taken(); !all[0].Paused {
		t.Error("it is not paused")
	}
	if a := s.ask("PUT", reports+"/"+id, token, daily); a.Code != 200 {
		t.Fatal(a.Body)
	}
	rows, err := s.ledger.Periods(t.Context(), ledger.Filter{Account: account, Report: id})
	s.must(err)
	var got []string
	for _, p := range rows {
		got = append(got, p.Name+" "+string(p.State))
	}
	if want := []string{"2026-11-19 skipped", "2026-11-18 skipped", "2026-11-17 skipped", "2026-11-16 made"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestADeletedReportEndsAndItsHistoryStays(t *testing.T) {
	s := start(t)
	token := s.token("all")
	var own object
	s.ask("POST", reports, token, weekly).read(&own)
	id := own["id"].(string)
	from := time.Date(2026, 11, 9, 0, 0, 0, 0, s.config.Location)
	_, err := s.ledger.Plan(t.Context(), []ledger.Planned{{
		Key: ledger.Key{Account: account, Report: id, From: from, To: from.AddDate(0, 0, 7)}, Name: "2026-W46", Schedule: "weekly", Config: s.config.Path, Due: from.AddDate(0, 0, 7), State: ledger.Owed,
	}})
	s.must(err)
	if a := s.ask("DELETE", reports+"/"+id, token, ""); a.Code != 200 {
		t.Fatal(a.Body)
	}
	rows, err := s.ledger.Periods(t.Context(), ledger.Filter{Account: account, Report: id})
	s.must(err)
	if len(rows) != 1 || rows[0].State != ledger.Cancelled || len(s.taken()) != 0 {
		t.Errorf("%+v", rows)
	}
}

func TestAnAccountHasAThousandReportsAtMost(t *testing.T) {
	s := start(t)
	token := s.token("all")
	err := s.ledger.Write(t.Context(), func(tx ledger.Tx) (err error) {
		for i := range 1000 {
			id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
			err = errors.Join(err, served.Report{Account: account, ID: id, Config: s.config.Path, Kind: served.Scheduled, Body: []byte(weekly), Sameness: id, CreatedAt: s.now(), CreatedBy: "all"}.Insert(tx))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.ask("POST", reports, token, weekly).fails(409, "conflict")
}

// TestAReportThatChangesWhileItIsChangedIsAConflict, however late the other one comes.
func TestAReportThatChangesWhileItIsChangedIsAConflict(t *testing.T) {
	s := start(t)
	var own object
	s.ask("POST", reports, s.token("all"), weekly).read(&own)
	id, uses, overtakeAt := own["id"].(string), 0, 0
	monthly := strings.Replace(weekly, "weekly", "monthly", 1)
	use := func(do func() error) error {
		if uses++; uses == overtakeAt {
			s.must(s.ledger.Write(t.Context(), func(tx ledger.Tx) error {
				row, _, err := served.ReportOf(tx, account, id)
				row.Body = []byte(strings.Replace(weekly, "07:15", "08:15", 1))
				return errors.Join(err, row.Replace(tx))
			}))
		}
		return do()
	}
	var err error
	s.Server, err = insight.New([]insight.Account{{
		Config: s.config, Path: s.config.Path, Ledger: s.ledger, Source: s.source, Secrets: s.secrets, Use: use, Poke: func() {}, Log: slog.New(slog.DiscardHandler),
	}}, insight.Options{
		Now: s.now, Attempts: access.NewAttempts(s.now), Random: func() []byte { b := make([]byte, 32); _, _ = s.dice.Read(b); return b }, URL: "https://rapport.example", Log: slog.New(slog.DiscardHandler), Background: t.Context(),
	})
	s.must(err)
	token := s.token("all")
	uses = 0
	if a := s.ask("PUT", reports+"/"+id, token, monthly); a.Code != 200 {
		t.Fatal(a.Body)
	}
	overtakeAt, uses = uses, 0 // before what is the last use of the ledger
	s.ask("PUT", reports+"/"+id, token, weekly).fails(409, "changed")
}

package webpage

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

func (s *site) form(change url.Values) url.Values {
	form := url.Values{
		"dataType": {"checkout/transactions"}, "schedule": {"daily"}, "language": {"no"}, "name": {"Trondheim"}, "emails": {"kari@shop.example, ola@shop.example"},
		"contentTypes": {"application/pdf", "text/csv"}, "reportFilters.store_id": {"t1, t2"}, "at": {"07:30"}, "empty": {"skip"}, "save": {"1"},
	}
	for key, value := range change {
		form[key] = value
	}
	return form
}

// TestAReportIsMadeChangedPausedAndDeleted: as the API would, and each act goes down.
func TestAReportIsMadeChangedPausedAndDeleted(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	w := s.send("POST", "/reports/new", s.form(nil))
	path, notice, _ := strings.Cut(w.Header().Get("Location"), "?")
	if w.Code != 303 || notice != "done=save" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	own := s.account.Reports()[2]
	const want = `{"at":"07:30","contentTypes":["application/pdf","text/csv"],"dataType":"checkout/transactions","emails":["kari@shop.example","ola@shop.example"],"empty":"skip","language":"no","name":"Trondheim","reportFilters":[{"filter":"store_id","value":"t1"},{"filter":"store_id","value":"t2"}],"schedule":"daily"}`
	if string(own.Written) != want {
		t.Errorf("kept: %s", own.Written)
	}
	if w := s.ask("GET", path+"?done=save"); !strings.Contains(w.Body.String(), `role="status">The report is saved.`) || !strings.Contains(w.Body.String(), "Store ID: t1") || !strings.Contains(w.Body.String(), "/delete") {
		t.Errorf("the report is not shown: %s", w.Body)
	}
	if w := s.send("POST", "/reports/new", s.form(nil)); w.Code != 409 || !strings.Contains(w.Body.String(), `id="name-fault"`) {
		t.Errorf("the same again: %d", w.Code)
	}
	w = s.ask("GET", path+"/edit")
	for _, part := range []string{`value="Trondheim"`, `>kari@shop.example, ola@shop.example</textarea>`, `value="t1, t2"`, `value="skip" selected`, `value="07:30"`} {
		if !strings.Contains(w.Body.String(), part) {
			t.Errorf("the form does not have %s", part)
		}
	}
	change := s.form(url.Values{"name": {"Nidaros"}})
	change.Del("save")
	change.Set("review", "1")
	if w := s.send("POST", path+"/edit", change); w.Code != 200 || !strings.Contains(w.Body.String(), "Trondheim</td>") || !strings.Contains(w.Body.String(), "<strong>Nidaros</strong>") {
		t.Errorf("what changes is not shown: %d %s", w.Code, w.Body)
	}
	if got := s.account.Reports()[2].Name; got != "Trondheim" {
		t.Errorf("a look changed the report to %s", got)
	}
	steps := []struct{ path, done string }{{"/edit", "save"}, {"/pause", "pause"}, {"/resume", "resume"}, {"/delete", "delete"}}
	for _, step := range steps {
		if w := s.ask("GET", path+step.path); w.Code != 200 {
			t.Errorf("%s is not asked: %d", step.path, w.Code)
		}
		w := s.send("POST", path+step.path, s.form(url.Values{"name": {"Nidaros"}}))
		if w.Code != 303 || !strings.HasSuffix(w.Header().Get("Location"), "?done="+step.done) {
			t.Errorf("%s: %d %s", step.path, w.Code, w.Body)
		}
		if all := s.account.Reports(); step.done != "delete" && (all[2].Paused != (step.done == "pause") || all[2].Name != "Nidaros") {
			t.Errorf("after %s: %s, paused %v", step.path, all[2].Name, all[2].Paused)
		}
		if again := s.send("POST", path+step.path, nil); step.done != "save" && again.Code/100 != 4 {
			t.Errorf("%s again: %d", step.path, again.Code)
		}
	}
	if got := len(s.account.Reports()); got != 2 {
		t.Errorf("there are %d reports after the delete", got)
	}
	acts := strings.Join(s.acts(), "\n")
	if strings.Count(acts, "replace report") != 3 || !strings.Contains(acts, "create report") || !strings.Contains(acts, "delete report") {
		t.Errorf("written down: %s", acts)
	}
}

// TestEachFaultIsShownAtItsField, all at once, and nothing that was typed is lost.
func TestEachFaultIsShownAtItsField(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	for field, change := range map[string]url.Values{
		"name":                   {"name": {strings.Repeat("x", 65)}},
		"emails":                 {"emails": {"kari@shop.example, not an address"}},
		"schedule":               {"schedule": {"twice-a-month"}},
		"at":                     {"at": {"25:00"}},
		"language":               {"language": {"sv"}},
		"dataType":               {"dataType": {"nothing"}},
		"ping":                   {"ping": {"ftp://x"}},
		"contentTypes":           {"contentTypes": {"text/html"}},
		"day_starts":             {"day_starts": {"late"}},
		"reportFilters.store_id": {"reportFilters.store_id": {strings.Repeat("s", 9000)}},
	} {
		form := s.form(change)
		w := s.send("POST", "/reports/new", form)
		body := w.Body.String()
		if w.Code != http.StatusBadRequest || !strings.Contains(body, `<a href="#`+field+`">`) || !strings.Contains(body, `id="`+field+`-fault"`) {
			if field == "reportFilters.store_id" && w.Code == 303 { // as long as one may be
				continue
			}
			t.Errorf("%s: %d: %s", field, w.Code, body)
		}
		if !strings.Contains(body, "Trondheim") && field != "name" {
			t.Errorf("%s: what was typed is lost", field)
		}
	}
	w := s.send("POST", "/reports/new", s.form(url.Values{"emails": {"somebody@elsewhere.example"}}))
	if w.Code != 400 || !strings.Contains(w.Body.String(), "web.recipients") || !strings.Contains(w.Body.String(), `id="emails-fault"`) {
		t.Errorf("whom nobody may mail: %d", w.Code)
	}
	all := s.send("POST", "/reports/new", s.form(url.Values{"at": {"x"}, "name": {strings.Repeat("x", 65)}, "language": {"sv"}})).Body.String()
	if strings.Count(all, `class="fault"`) != 3 {
		t.Errorf("three faults are not shown at once: %s", all)
	}
}

func TestAnotherDataTypeHasOtherChoices(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	form := s.form(url.Values{"dataType": {"checkout/transactions/open"}, "redraw": {"1"}})
	form.Del("save")
	body := s.send("POST", "/reports/new", form).Body.String()
	if !strings.Contains(body, `name="reportFilters.older_than_days"`) || strings.Contains(body, "payout_destination_id") || !strings.Contains(body, `value="t1, t2"`) {
		t.Error(body)
	}
}

func TestAReportOfTheFileIsReadOnly(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	for _, act := range []string{"edit", "pause", "resume", "delete"} {
		for _, method := range []string{"GET", "POST"} {
			if w := s.send(method, "/reports/oslo/"+act, s.form(nil)); w.Code != 409 || !strings.Contains(w.Body.String(), "configuration file") {
				t.Errorf("%s %s: %d", method, act, w.Code)
			}
		}
	}
	body := s.ask("GET", "/reports/oslo").Body.String()
	if strings.Contains(body, "/reports/oslo/edit") || strings.Contains(body, "/delete") || !strings.Contains(body, "/reports/oslo/copy") {
		t.Error("its page offers what it refuses")
	}
}

func TestAChosenPeriodIsMadeOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	s.made("2026-11-19")
	for period, want := range map[string]int{"2026-11-21": 400, "2026-11-20": 400, "2026-W47": 400, "x": 400, "2026-11-10": 303, "": 303} {
		w := s.send("POST", "/reports/oslo/make", url.Values{"period": {period}})
		if w.Code != want {
			t.Errorf("%q: %d %s", period, w.Code, w.Body)
		}
	}
	owed, err := s.account.Ledger.OwedPeriods(s.Context(), "T12345678")
	s.must(err)
	if len(owed) != 1 || owed[0].Name != "2026-11-10" || s.poked == 0 {
		t.Errorf("owed: %+v", owed)
	}
	if w := s.send("POST", "/reports/oslo/make", url.Values{"period": {"2026-11-10"}}); !strings.HasSuffix(w.Header().Get("Location"), "?done=made_before") {
		t.Errorf("again: %s", w.Header().Get("Location"))
	}
	s.must(s.account.Ledger.CancelPeriods(s.Context(), []int64{owed[0].ID}, "x"))
	if w := s.send("POST", "/reports/oslo/make", url.Values{"period": {"2026-11-10"}}); !strings.HasSuffix(w.Header().Get("Location"), "?done=make") {
		t.Errorf("one that was cancelled: %s", w.Header().Get("Location"))
	}
	if got := slices.DeleteFunc(s.acts(), func(a string) bool { return !strings.HasPrefix(a, "make ") }); len(got) != 2 {
		t.Errorf("written down: %q", got)
	}
}

func TestAReportIsLookedAtBeforeItExists(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	form := s.form(nil)
	form.Del("save")
	form.Set("preview", "1")
	w := s.send("POST", "/reports/new", form)
	path, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	if w.Code != 303 || !strings.HasPrefix(path, "/previews/") || len(s.shop.asked) != 1 || s.shop.asked[0] != "preview 2026-11-19 <nil>" {
		t.Fatalf("%d %s %q", w.Code, w.Body, s.shop.asked)
	}
	if len(s.account.Reports()) != 2 {
		t.Error("a look made a report")
	}
	page := s.ask("GET", path).Body.String()
	for _, part := range []string{"a.csv", "Oppgjør", "<th scope=\"col\">Butikk</th>", "<td>1,50</td>", `src="` + path + `/mail" sandbox`, "9.4 MB"} {
		if !strings.Contains(page, part) {
			t.Errorf("the trial does not show %s: %s", part, page)
		}
	}
	if w := s.ask("GET", path+"/files/a.csv"); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "Butikk;Beløp") || w.Header().Get("Content-Disposition") != "attachment; filename=a.csv" {
		t.Errorf("the file: %d %s", w.Code, w.Header())
	}
	if w := s.ask("GET", path+"/mail"); w.Code != 200 || !strings.Contains(w.Body.String(), "<b>Netto</b>") || !strings.Contains(w.Body.String(), `src="data:image/png;base64,QUJD"`) {
		t.Errorf("the mail: %d %s", w.Code, w.Body)
	}
	for to, want := range map[string]int{"kari@shop.example": 303, "x@elsewhere.example": 400, "no address": 400} {
		if w := s.send("POST", "/reports/oslo/preview", url.Values{"to": {to}, "period": {"2026-11-18"}}); w.Code != want {
			t.Errorf("to %s: %d", to, w.Code)
		}
	}
	if last := s.shop.asked[len(s.shop.asked)-1]; last != "oslo 2026-11-18 <kari@shop.example>" || !slices.Contains(s.acts(), "trial report oslo 2026-11-18 to kari@shop.example") {
		t.Errorf("asked for %s, written down %q", last, s.acts())
	}
	s.now = s.now.Add(trialLife)
	if w := s.ask("GET", path); w.Code != 404 {
		t.Errorf("after half an hour: %d", w.Code)
	}
}

// TestItIsSentAgainToThoseWhoDidNotGetIt, and to others only when that is confirmed by name.
func TestItIsSentAgainToThoseWhoDidNotGetIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	rows := s.made("2026-11-18")
	s.outcome = ledger.Sent
	sent := s.made("2026-11-19")
	s.signIn()
	path := "/periods/" + itoa(rows[0].PeriodID)
	page := s.ask("GET", path).Body.String()
	if strings.Count(page, `name="delivery"`) != 2 || strings.Count(page, " checked") != 2 || !strings.Contains(page, "no recipient any more") {
		t.Errorf("not all that lack it are chosen: %s", page)
	}
	if page := s.ask("GET", "/periods/"+itoa(sent[0].PeriodID)).Body.String(); strings.Contains(page, " checked") || !strings.Contains(page, "1,234.50") {
		t.Errorf("who has it is chosen: %s", page)
	}
	if w := s.send("POST", path+"/resend", url.Values{}); w.Code != 400 {
		t.Errorf("nobody: %d", w.Code)
	}
	if w := s.send("POST", path+"/resend", url.Values{"delivery": {itoa(sent[0].ID)}}); w.Code != 404 {
		t.Errorf("of another period: %d", w.Code)
	}
	all := url.Values{}
	for _, r := range rows {
		all.Add("delivery", itoa(r.ID))
	}
	if w := s.send("POST", path+"/resend", all); w.Code != 303 || !strings.HasSuffix(w.Header().Get("Location"), "?done=resend_some") { // gone@ is no recipient any more
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	states := map[string]ledger.DeliveryState{}
	now, err := s.account.Ledger.Deliveries(s.Context(), ledger.Filter{Account: "T12345678", Period: "2026-11-18"})
	s.must(err)
	for _, d := range now {
		states[d.Recipient] = d.State
	}
	if states["kari@shop.example"] != ledger.Queued || states["ola@shop.example"] != ledger.Queued || states["gone@shop.example"] != ledger.Refused {
		t.Errorf("after it: %v", states)
	}
	one := url.Values{"delivery": {itoa(sent[1].ID)}}
	twice := "/periods/" + itoa(sent[0].PeriodID) + "/resend"
	if w := s.send("POST", twice, one); w.Code != 200 || !strings.Contains(w.Body.String(), sent[1].Recipient+": Accepted") || !strings.Contains(w.Body.String(), "twice") {
		t.Errorf("who has it gets it again unasked: %d", w.Code)
	}
	one.Set("twice", "1")
	if w := s.send("POST", twice, one); w.Code != 303 && w.Code != 409 {
		t.Errorf("confirmed: %d", w.Code)
	}
}

func TestWhoOnlyLooksSeesAddressesInPart(t *testing.T) {
	t.Parallel()
	v := &visit{role: viewer}
	if got := v.shownAddress("per@shop.example"); got != "p•••@shop.example" {
		t.Errorf("a viewer sees %s", got)
	}
	v.role = operator
	if got := v.shownAddress("per@shop.example"); got != "per@shop.example" {
		t.Errorf("an operator sees %s", got)
	}
}

// TestWhatTheFormDoesNotAskForStays when a report of the API is given another name on the page, or is copied.
func TestWhatTheFormDoesNotAskForStays(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	for _, body := range []string{
		`{"name":"A","dataType":"checkout/transactions","schedule":"daily","language":"no","emails":["kari@shop.example"],"corrections":"recipients"}`,
		`{"name":"B","dataType":"checkout/transactions/open","schedule":"monthly","language":"en","reportFilters":[{"filter":"older_than_days","value":"7"}],"workday":3,"calendar":"bank"}`,
	} {
		id, err := s.Editor.SaveReport(httptest.NewRequest("POST", "/", nil), "T12345678", "", []byte(body), served.Actor{Name: "bi", Via: served.ViaAPI})
		s.must(err)
		before := len(s.account.Reports())
		for _, how := range []string{"edit", "copy"} {
			form, page := url.Values{"save": {"1"}}, s.ask("GET", "/reports/"+id+"/"+how).Body.String()
			for _, m := range regexp.MustCompile(`(?:<input id="[^"]*" name="([^"]*)" value="([^"]*)")|(?:<select id="([^"]*)")|(?:<option value="([^"]*)" selected)|(?:<input type="checkbox" name="([^"]*)" value="([^"]*)" checked)|(?:<textarea id="([^"]*)".*?>([^<]*)<)`).FindAllStringSubmatch(page, -1) {
				switch {
				case m[1] != "":
					form.Set(m[1], m[2])
				case m[3] != "":
					form.Set("last", m[3])
				case m[4] != "":
					form.Set(form.Get("last"), m[4])
				case m[5] != "":
					form.Add(m[5], m[6])
				case m[7] != "":
					form.Set(m[7], m[8])
				}
			}
			form.Set("name", "Nidaros "+form.Get("name"))
			to := html.UnescapeString(regexp.MustCompile(`<form method="post" action="([^"]*(?:/edit|/new)[^"]*)"`).FindStringSubmatch(page)[1])
			if w := s.send("POST", to, form); w.Code != 303 {
				t.Fatalf("%s: %d %s", to, w.Code, w.Body)
			}
			all := s.account.Reports()
			at := slices.IndexFunc(all, func(r reportconfig.Report) bool { return r.ID == id })
			if how == "copy" {
				if at = slices.IndexFunc(all, func(r reportconfig.Report) bool { return r.Name == form.Get("name") }); len(all) != before+1 {
					t.Errorf("%d reports, and there were %d", len(all), before)
				}
			}
			var was, is map[string]any
			s.must(json.Unmarshal([]byte(body), &was))
			s.must(json.Unmarshal(all[at].Written, &is))
			was["name"] = form.Get("name")
			if !reflect.DeepEqual(was, is) {
				t.Errorf("%s: %v became %v", how, was, is)
			}
		}
	}
}

// TestACopyHasNoHistory: the id that a report had is the original's.
func TestACopyHasNoHistory(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	r := &s.account.Config.Reports[0]
	var written map[string]any
	s.must(json.Unmarshal(r.Written, &written))
	written["was"] = "gamle-oslo"
	var err error
	r.Written, err = json.Marshal(written)
	s.must(err)
	if w := s.send("POST", "/reports/new?copy="+r.ID, s.form(url.Values{"name": {"Nidaros"}})); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	all := s.account.Reports()
	at := slices.IndexFunc(all, func(r reportconfig.Report) bool { return r.Name == "Nidaros" })
	if at < 0 || bytes.Contains(all[at].Written, []byte("gamle-oslo")) {
		t.Errorf("%d: %s", at, all[at].Written)
	}
}

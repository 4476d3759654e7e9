package webpage

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rapport/internal/insight"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// formFilter is one entry of reportFilters.
type formFilter struct {
	Filter string `json:"filter"`
	Value  string `json:"value"`
}

func filtersOf(body []byte) []formFilter {
	var b struct {
		Filters []formFilter `json:"reportFilters"`
	}
	_ = json.Unmarshal(body, &b) // what is there is shown
	return b.Filters
}

// A formField is one key of a report, as the form asks for it.
type formField struct {
	Key, Label, Help, Value string
	Kind                    string   // text, time, select, check, area
	Choices                 []choice // of select and check
	Fault                   string
	Wide                    bool
}

// formData is a report that is written or changed.
type formData struct {
	ID, Name, Action string // Action is where the form goes
	Parts            []formPart
	Faults           []formFault
	Changes          []change
	Reviewed         bool
	JSON             string
	Extra            bool // what is folded is open
}

type formPart struct {
	Title  string
	Folded bool
	Fields []formField
}

type formFault struct{ Key, Label, Text string }

type change struct{ Label, Before, After string }

// filterKeys are what reports of a data type can be narrowed down by.
func filterKeys(dataType string) []string {
	return map[string][]string{
		"checkout/transactions":      {"store_id", "payout_destination_id"},
		"checkout/transactions/open": {"store_id", "older_than_days"},
		"orders/orderoperations":     {"operation_payout_destination"},
	}[dataType]
}

// schedulesOf and formsOf are what the data type can be; the validator has the last word.
func schedulesOf(dataType string) []string {
	if dataType == "orders/orderoperations" {
		return []string{"daily", "weekly", "twice-a-month"}
	}
	return []string{"daily", "weekly", "monthly"}
}

const csvType, pdfType = "text/csv", "application/pdf"

func formsOf(dataType string) []string {
	all := []string{pdfType, csvType, string(reportconfig.XLSX)}
	if dataType == "orders/orderoperations" {
		all = all[1:]
	}
	return all
}

// formName is a content type as people call it.
func formName(contentType string) string {
	return cmp.Or(map[string]string{pdfType: "PDF", csvType: "CSV", string(reportconfig.XLSX): "Excel"}[contentType], contentType)
}

// enumerated are the keys of ours that have a word, the default first.
func enumerated() []struct {
	key   string
	words []string
} {
	return []struct {
		key   string
		words []string
	}{
		{"empty", []string{"send", "skip"}}, {"subject", []string{"answer", "plain"}}, {"attach", []string{"all", "voucher"}}, {"pdf", []string{"full", "totals"}},
		{"csv", []string{"local", "machine"}}, {"reconcile", []string{"warn", "hold", "off"}}, {"uncertain", []string{"resend", "hold"}},
	}
}

// bodyOf makes the report of a form, key for key; what is left empty or as it is by itself is not said.
// Kept has the keys that the form does not ask for. The filters are in the order of places.
func bodyOf(form url.Values, kept map[string]json.RawMessage) (body []byte, places []string, err error) {
	b := map[string]any{}
	for key, value := range kept {
		b[key] = value
	}
	value := func(key string) string { return strings.TrimSpace(form.Get(key)) }
	set := func(key, byDefault string) {
		if given := value(key); given != "" && given != byDefault {
			b[key] = given
		} else {
			delete(b, key)
		}
	}
	for _, key := range []string{"dataType", "schedule", "language", "name", "ping"} {
		set(key, "")
	}
	set("at", "06:00")
	set("day_starts", "00:00")
	for _, e := range enumerated() {
		set(e.key, e.words[0])
	}
	for key, list := range map[string][]string{"emails": split(form["emails"]), "contentTypes": form["contentTypes"]} {
		if delete(b, key); len(list) > 0 {
			b[key] = list
		}
	}
	filters := []formFilter{}
	for _, key := range filterKeys(value("dataType")) {
		for _, one := range split(form["reportFilters."+key]) {
			filters, places = append(filters, formFilter{key, one}), append(places, key)
		}
	}
	for _, line := range split(form["reportFilters"]) {
		key, one, _ := strings.Cut(line, "=")
		filters, places = append(filters, formFilter{strings.TrimSpace(key), strings.TrimSpace(one)}), append(places, strings.TrimSpace(key))
	}
	if delete(b, "reportFilters"); len(filters) > 0 {
		b["reportFilters"] = filters
	}
	delete(b, "paused")
	if paused := value("paused"); paused != "" && paused != "false" {
		b["paused"] = true
	}
	body, err = json.Marshal(b)
	return body, places, err
}

// split cuts texts at commas and lines.
func split(texts []string) (all []string) {
	for _, t := range texts {
		for _, one := range strings.FieldsFunc(t, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ';' }) {
			if one = strings.TrimSpace(one); one != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

// formOf is the form of a report as it was written.
func formOf(body []byte) url.Values {
	form, b := url.Values{}, map[string]json.RawMessage{}
	_ = json.Unmarshal(cutSecrets(body), &b) // then it is empty
	for key, raw := range b {
		var one string
		var list []string
		switch {
		case json.Unmarshal(raw, &one) == nil:
			form.Set(key, one)
		case key == "emails" && json.Unmarshal(raw, &list) == nil:
			form.Set(key, strings.Join(list, ", "))
		case key == "contentTypes" && json.Unmarshal(raw, &list) == nil:
			form[key] = list
		case key == "paused" && string(raw) == "true":
			form.Set(key, "true")
		}
	}
	for _, f := range filtersOf(body) {
		key := "reportFilters." + f.Filter
		form.Set(key, strings.TrimPrefix(form.Get(key)+", "+f.Value, ", "))
	}
	return form
}

// keptOf are the keys of a report that the form does not ask for.
func keptOf(body []byte) map[string]json.RawMessage {
	b := map[string]json.RawMessage{}
	_ = json.Unmarshal(body, &b) // then nothing is kept
	for key := range b {
		if !slices.Contains([]string{"workday", "calendar", "was"}, key) {
			delete(b, key)
		}
	}
	return b
}

func newReport(v *visit) error {
	form := url.Values{"dataType": {"checkout/transactions"}, "schedule": {"daily"}, "language": {v.lang}, "at": {"06:00"}, "contentTypes": {pdfType, csvType}}
	for key, value := range v.URL.Query() {
		form[key] = value
	}
	return v.showForm(http.StatusOK, nil, form, nil)
}

func copyReport(v *visit) error {
	r, err := v.findReport()
	if err != nil {
		return err
	}
	form := formOf(r.Written)
	form.Set("name", text.Limit(v.nameOf(r), 56)+" ("+v.words.Word("page.copy")+")")
	form.Del("paused")
	form.Del("ping")
	return v.showForm(http.StatusOK, nil, form, nil)
}

func editReport(v *visit) error {
	r, err := v.own()
	if r == nil || err != nil {
		return err
	}
	return v.showForm(http.StatusOK, r, formOf(r.Written), nil)
}

// saveReport keeps what the form says, or shows what becomes of it: what would change, how it
// would look, which choices another data type has.
func saveReport(v *visit) error {
	var r *reportconfig.Report
	id := ""
	if v.PathValue("id") != "" {
		var err error
		if r, err = v.own(); r == nil || err != nil {
			return err
		}
		id = r.ID
	}
	if err := v.ParseForm(); err != nil {
		v.problem(http.StatusBadRequest, "page.unreadable")
		return nil
	}
	var kept map[string]json.RawMessage
	if r != nil {
		kept = keptOf(r.Written)
	}
	body, places, err := bodyOf(v.PostForm, kept)
	if err != nil {
		return err
	}
	by := v.act("", "").Actor
	switch {
	case v.PostForm.Has("save"):
		id, err = v.server.Editor.SaveReport(v.Request, v.account.Config.Account, id, body, by)
		if err == nil {
			return v.done("/reports/"+url.PathEscape(id), "save")
		}
	case v.PostForm.Has("preview"):
		read, fault := v.server.Editor.ReadReport(v.Request, v.account.Config.Account, id, body, by)
		if err = fault; err == nil {
			read.ID = cmp.Or(id, "preview")
			return v.makeTrial(read, nil, "")
		}
	case v.PostForm.Has("review"):
		_, err = v.server.Editor.ReadReport(v.Request, v.account.Config.Account, id, body, by)
	default: // another data type was chosen
		return v.showForm(http.StatusOK, r, v.PostForm, nil)
	}
	if err == nil {
		return v.showForm(http.StatusOK, r, v.PostForm, func(d *formData) { d.review(v, r, v.PostForm) })
	}
	var refusal *insight.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	status := http.StatusBadRequest
	if refusal.Code == "conflict" || refusal.Code == "changed" {
		status = http.StatusConflict
	}
	return v.showForm(status, r, v.PostForm, func(d *formData) { d.tell(v, refusal, places) })
}

// tell puts each fault at its field, and all of them on top.
func (d *formData) tell(v *visit, refusal *insight.Refusal, places []string) {
	for _, f := range refusal.Faults {
		said := text.PrintableLine(f.Message)
		if f.Hint != "" {
			said += " – " + text.PrintableLine(f.Hint)
		}
		key := fieldOf(f.Path, places)
		label := key
		for p := range d.Parts {
			for i := range d.Parts[p].Fields {
				field := &d.Parts[p].Fields[i]
				if field.Key != key {
					continue
				}
				label = field.Label
				field.Fault = strings.TrimPrefix(field.Fault+"; "+said, "; ")
				d.Parts[p].Folded = false
			}
		}
		d.Faults = append(d.Faults, formFault{key, label, said})
	}
	if len(d.Faults) == 0 {
		d.Faults = []formFault{{"", "", text.PrintableLine(refusal.Message)}}
	}
}

// fieldOf is the field of a path, as reportFilters[0].value or emails[2].
func fieldOf(path string, places []string) string {
	key, _, _ := strings.Cut(path, "[")
	key, _, _ = strings.Cut(key, ".")
	if key != "reportFilters" {
		return key
	}
	_, index, _ := strings.Cut(path, "[")
	for i, place := range places {
		if strings.HasPrefix(index, itoa(int64(i))+"]") {
			return key + "." + place
		}
	}
	return key
}

// review says what would change.
func (d *formData) review(v *visit, r *reportconfig.Report, form url.Values) {
	d.Reviewed = true
	before := url.Values{}
	if r != nil {
		before = formOf(r.Written)
	}
	for _, p := range d.Parts {
		for _, f := range p.Fields {
			was, is := shownValue(f, before), shownValue(f, form)
			if was != is {
				d.Changes = append(d.Changes, change{f.Label, cmp.Or(was, "–"), cmp.Or(is, "–")})
			}
		}
	}
}

func shownValue(f formField, form url.Values) string {
	values := form[f.Key]
	if f.Kind == "area" {
		values = split(values)
	}
	var said []string
	for _, one := range values {
		for _, c := range f.Choices {
			if c.Value == one {
				one = c.Word
			}
		}
		if one = strings.TrimSpace(one); one != "" {
			said = append(said, one)
		}
	}
	if len(said) == 0 && f.Kind == "select" && len(f.Choices) > 0 {
		said = []string{f.Choices[0].Word}
	}
	return text.PrintableLine(strings.Join(said, ", "))
}

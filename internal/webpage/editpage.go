package webpage

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"rapport/internal/insight"
	"rapport/internal/reportform"
	"rapport/internal/text"
	"rapport/reportconfig"
)

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

func newReport(v *visit) error {
	form := url.Values{"dataType": {"checkout/transactions"}, "schedule": {"daily"}, "language": {v.lang}, "at": {"06:00"}, "contentTypes": {reportform.PDF, reportform.CSV}}
	for key, value := range v.URL.Query() {
		form[key] = value
	}
	return showForm(v, http.StatusOK, nil, form, nil)
}

func copyReport(v *visit) error {
	r, err := findReport(v)
	if err != nil {
		return err
	}
	form := reportform.FormOf(r.Written)
	form.Set("name", text.Limit(v.nameOf(r), 56)+" ("+v.words.Word("page.copy")+")")
	form.Del("paused")
	form.Del("ping")
	return showForm(v, http.StatusOK, nil, form, nil)
}

func editReport(v *visit) error {
	r, err := ownReport(v)
	if r == nil || err != nil {
		return err
	}
	return showForm(v, http.StatusOK, r, reportform.FormOf(r.Written), nil)
}

// saveReport keeps what the form says, or shows what becomes of it: what would change, how it
// would look, which choices another data type has.
func saveReport(v *visit) error {
	var r *reportconfig.Report
	id := ""
	if v.PathValue("id") != "" {
		var err error
		if r, err = ownReport(v); r == nil || err != nil {
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
		kept = reportform.KeptOf(r.Written)
	} else if of := v.URL.Query().Get("copy"); of != "" {
		from, err := reportOf(v, of)
		if err != nil {
			return err
		}
		kept = reportform.KeptOf(from.Written)
		delete(kept, "paused")
		delete(kept, "was") // its history is the original's
	}
	body, places, err := reportform.Body(v.PostForm, kept)
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
			return makeTrial(v, read, nil, "")
		}
	case v.PostForm.Has("review"):
		_, err = v.server.Editor.ReadReport(v.Request, v.account.Config.Account, id, body, by)
	default: // another data type was chosen
		return showForm(v, http.StatusOK, r, v.PostForm, nil)
	}
	if err == nil {
		return showForm(v, http.StatusOK, r, v.PostForm, func(d *formData) { d.review(v, r, v.PostForm) })
	}
	var refusal *insight.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	status := http.StatusBadRequest
	if refusal.Code == "conflict" || refusal.Code == "changed" {
		status = http.StatusConflict
	}
	return showForm(v, status, r, v.PostForm, func(d *formData) { d.tell(v, refusal, places) })
}

// tell puts each fault at its field, and all of them on top.
func (d *formData) tell(v *visit, refusal *insight.Refusal, places []string) {
	for _, f := range refusal.Faults {
		said := text.PrintableLine(f.Message)
		if f.Hint != "" {
			said += " – " + text.PrintableLine(f.Hint)
		}
		key := reportform.FieldOf(f.Path, places)
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

// review says what would change.
func (d *formData) review(v *visit, r *reportconfig.Report, form url.Values) {
	d.Reviewed = true
	before := url.Values{}
	if r != nil {
		before = reportform.FormOf(r.Written)
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
		values = reportform.Split(values)
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

package webpage

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"rapport/internal/reportform"
	"rapport/reportconfig"
)

// showForm writes the form of a new report, or of one that is there; more fills in what became of it.
func showForm(v *visit, status int, r *reportconfig.Report, form url.Values, more func(*formData)) error {
	d := formData{Action: "/reports/new", Name: v.words.Word("page.new_report")}
	title := d.Name
	if of := cmp.Or(v.URL.Query().Get("copy"), v.PathValue("id")); r == nil && of != "" { // what the form does not ask for is copied too
		d.Action += "?copy=" + url.QueryEscape(of)
	}
	if r != nil {
		d.ID, d.Name, d.Action = r.ID, v.nameOf(r), "/reports/"+url.PathEscape(r.ID)+"/edit"
		title = v.words.Word("page.do.edit") + ": " + d.Name
	}
	d.Parts = formParts(v, form)
	if body, _, err := reportform.Body(form, nil); err == nil {
		d.JSON = string(body)
	}
	if more != nil {
		more(&d)
	}
	return v.show(status, "form", title, d)
}

// formParts are the fields in the order in which a person thinks: what, when, which part, in
// which form, to whom, and what is ours folded at the end.
func formParts(v *visit, form url.Values) []formPart {
	dataType := form.Get("dataType")
	field := func(key, kind string, choices ...choice) formField {
		f := formField{Key: key, Label: v.words.Word("page.field." + key), Kind: kind, Value: strings.Join(form[key], ", "), Choices: choices}
		if v.words.Has("page.help." + key) {
			f.Help = v.words.Word("page.help." + key)
		}
		for i := range f.Choices {
			f.Choices[i].Chosen = slices.Contains(form[key], f.Choices[i].Value)
		}
		return f
	}
	words := func(key string, values ...string) (all []choice) {
		for _, value := range values {
			all = append(all, choice{Value: value, Word: v.words.WordOr("page."+key+"."+value, value)})
		}
		return all
	}
	var types, forms []choice
	for _, t := range []string{"checkout/transactions", "checkout/transactions/open", "orders/orderoperations", "wallets/transactions", "settlements"} {
		if t == "settlements" && dataType != t { // the configuration file alone has them: of a copy that is a fault that can be seen
			continue
		}
		types = append(types, choice{Value: t, Word: v.words.Word("title." + t)})
	}
	for _, t := range reportform.FormsOf(dataType) {
		forms = append(forms, choice{Value: t, Word: reportform.FormName(t)})
	}
	for _, t := range form["contentTypes"] { // what the data type cannot be is a fault that can be seen and mended
		if !slices.Contains(reportform.FormsOf(dataType), t) {
			forms = append(forms, choice{Value: t, Word: reportform.FormName(t)})
		}
	}
	schedules := reportform.SchedulesOf(dataType)
	if s := form.Get("schedule"); s != "" && !slices.Contains(schedules, s) {
		schedules = append(schedules, s)
	}
	what := formPart{Title: v.words.Word("page.part.what"), Fields: []formField{
		field("dataType", "select", types...), field("name", "text"), field("language", "select", choice{Value: "no", Word: "norsk bokmål"}, choice{Value: "en", Word: "English"}),
	}}
	when := formPart{Title: v.words.Word("page.part.when"), Fields: []formField{field("schedule", "select", words("schedule", schedules...)...), field("at", "time")}}
	parts := []formPart{what, when}
	which := formPart{Title: v.words.Word("page.part.which")}
	for _, key := range reportform.FilterKeys(dataType) {
		f := field("reportFilters."+key, "text")
		f.Label = v.words.WordOr("filter."+key, key)
		f.Help = v.words.Word("page.help.reportFilters")
		which.Fields = append(which.Fields, f)
	}
	if len(which.Fields) > 0 {
		parts = append(parts, which)
	}
	to := field("emails", "area")
	to.Wide = true
	parts = append(parts, formPart{Title: v.words.Word("page.part.to"), Fields: []formField{field("contentTypes", "check", forms...), to}})
	extra := formPart{Title: v.words.Word("page.part.extra"), Folded: true}
	for _, e := range reportform.Choices() {
		f := field(e.Key, "select", words("choice."+e.Key, e.Words...)...)
		if cmp.Or(f.Value, e.Words[0]) != e.Words[0] {
			extra.Folded = false
		}
		extra.Fields = append(extra.Fields, f)
	}
	extra.Fields = append(extra.Fields, field("day_starts", "time"), field("ping", "text"), field("paused", "check", choice{Value: "true", Word: v.words.Word("page.paused")}))
	for _, key := range []string{"day_starts", "ping", "paused"} {
		if form.Get(key) != "" && form.Get(key) != "00:00" {
			extra.Folded = false
		}
	}
	return append(parts, extra)
}

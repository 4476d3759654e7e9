package webpage

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/listpage"
	"rapport/internal/reportform"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// findReport gives the report of the path.
func findReport(v *visit) (*reportconfig.Report, error) { return reportOf(v, v.PathValue("id")) }

func reportOf(v *visit, id string) (*reportconfig.Report, error) {
	all := v.reports()
	i := slices.IndexFunc(all, func(r reportconfig.Report) bool { return r.ID == id })
	if i < 0 || isGenerated(&all[i]) {
		return nil, errNotFound
	}
	return &all[i], nil
}

// isGenerated tells whether a report is one that somebody asked for once, over the API.
func isGenerated(r *reportconfig.Report) bool { return strings.HasPrefix(r.ID, "generate-") }

// isOfFile tells whether a report stands in the configuration file: it is read only here.
func isOfFile(v *visit, r *reportconfig.Report) bool {
	return slices.ContainsFunc(v.account.Config.Reports, func(of reportconfig.Report) bool { return of.ID == r.ID })
}

// ownReport is the report of the path, if it may be changed here.
func ownReport(v *visit) (*reportconfig.Report, error) {
	r, err := findReport(v)
	if err == nil && isOfFile(v, r) {
		v.problem(http.StatusConflict, "page.managed_by_file")
		return nil, nil
	}
	return r, err
}

// nameOf is how a report is called.
func (v *visit) nameOf(r *reportconfig.Report) string {
	return cmp.Or(text.PrintableLine(r.Name), v.words.Word("title."+string(r.Data.DataType())))
}

// reportDataOf is all that is shown of a report.
type reportData struct {
	reportRow
	OfFile   bool
	Due      []dueRow
	Facts    []fact
	JSON     string
	Periods  []periodRow
	Missed   string // how to have made what fell due while it was paused; "": nothing did
	Page     listpage.Page
	NotToday bool
	Action   string // that is to be confirmed
}

type fact struct{ Label, Value string }

type dueRow struct {
	Period  string
	At      moment
	Changes bool // the clock changes within the period
}

type periodRow struct {
	ID                             int64
	Report, Name, Words, State     string
	Word, Why, Net                 string
	Number, Accepted, Of, Attempts int
	Due, Made, Next                moment
	Bad                            bool
}

func reportPage(v *visit) error {
	r, err := findReport(v)
	if err != nil {
		return err
	}
	d := reportDataOf(v, r)
	d.Page = listpage.Of(v.URL.Query())
	rows, err := v.account.Ledger.Periods(v.Context(), ledger.Filter{Account: v.account.Config.Account, Report: r.ID, Limit: periodsShown + 1, Offset: (d.Page.Number - 1) * periodsShown})
	if err != nil {
		return err
	}
	d.Page.More = len(rows) > periodsShown
	for _, p := range rows[:min(len(rows), periodsShown)] {
		row, err := periodRowOf(v, p)
		if err != nil {
			return err
		}
		d.Periods = append(d.Periods, row)
	}
	return v.show(http.StatusOK, "report", d.Name, d)
}

const periodsShown = 20

func reportDataOf(v *visit, r *reportconfig.Report) reportData {
	d := reportData{OfFile: isOfFile(v, r)}
	d.ID, d.Name, d.Paused, d.Source = r.ID, v.nameOf(r), r.Paused, sourceOf(v, r)
	d.Type, d.Schedule = v.words.Word("title."+string(r.Data.DataType())), v.words.Word("page.schedule."+string(r.Schedule))
	for _, to := range r.Emails {
		d.Recipients = append(d.Recipients, v.shownAddress(to.Address))
	}
	timing, now := r.Timing(), v.server.Now()
	for p := timing.Latest(now, v.account.Config.Location).Next(); len(d.Due) < 3 && !r.Paused; p = p.Next() {
		_, before := p.From.Zone()
		_, after := p.To.Zone()
		d.Due = append(d.Due, dueRow{v.periodWords(string(r.Schedule), p.From, p.To), v.moment(timing.Due(p)), before != after})
	}
	var forms []string
	for _, t := range r.ContentTypes {
		forms = append(forms, reportform.FormName(string(t)))
	}
	filters := ""
	for _, f := range reportform.FiltersOf(r.Written) {
		filters += cmp.Or(map[bool]string{true: ", "}[filters != ""]) + v.words.WordOr("filter."+f.Filter, f.Filter) + ": " + f.Value
	}
	language := map[reportconfig.Language]string{reportconfig.Norwegian: "norsk", reportconfig.English: "English"}[r.Language]
	d.Facts = []fact{
		{v.words.Word("page.type"), d.Type}, {v.words.Word("page.schedule"), d.Schedule + ", " + r.At.String()}, {v.words.Word("page.language"), language},
		{v.words.Word("page.forms"), strings.Join(forms, ", ")}, {v.words.Word("page.filters"), cmp.Or(text.PrintableLine(filters), v.words.Word("page.all"))},
		{v.words.Word("page.source"), d.Source},
	}
	var indented bytes.Buffer
	if json.Indent(&indented, reportform.CutSecrets(r.Written), "", "  ") == nil {
		d.JSON = indented.String()
	}
	return d
}

// sourceOf is where a report stands.
func sourceOf(v *visit, r *reportconfig.Report) string {
	if isOfFile(v, r) {
		return cmp.Or(r.Source, v.words.Word("page.the_file"))
	}
	return v.words.Word("page.made_here")
}

// periodWords names a period.
func (v *visit) periodWords(schedule string, from, to time.Time) string {
	zone := v.account.Config.Location
	first, end := calendar.Period{From: from.In(zone), To: to.In(zone), Schedule: calendar.Schedule(schedule)}.Days()
	return v.words.Period(schedule, first, end)
}

func periodRowOf(v *visit, p ledger.Period) (row periodRow, err error) {
	row = periodRow{
		ID: p.ID, Report: p.Report, Name: p.Name, Words: v.periodWords(p.Schedule, p.From, p.To), State: string(p.State), Word: v.words.Word("page.period." + string(p.State)), Why: v.said(p.Error),
		Number: p.Number, Attempts: p.Attempts, Due: v.moment(p.Due), Made: v.moment(p.MadeAt), Next: v.moment(p.NextTry), Bad: p.State == ledger.Failed || p.State == ledger.Owed && p.Attempts > 0,
	}
	if p.State != ledger.Made {
		return row, nil
	}
	row.Next = moment{}
	err = v.account.Ledger.Read(v.Context(), func(tx ledger.Tx) error {
		return tx.Row([]any{&row.Of, &row.Accepted}, `SELECT count(*), count(CASE WHEN state IN ('sent', 'closed') THEN 1 END) FROM delivery WHERE period_id = ?`, p.ID)
	})
	return row, err
}

// done leads to a page with a notice of what was done.
func (v *visit) done(path, notice string) error {
	http.Redirect(v.writer, v.Request, path+"?done="+notice, http.StatusSeeOther)
	return nil
}

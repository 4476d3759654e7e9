package webpage

import (
	"net/http"
	"strconv"
	"strings"

	"rapport/internal/activitycsv"
	"rapport/internal/ledger/served"
	"rapport/internal/text"
)

type activityData struct {
	Actor, Via string
	Ways       []choice
	Rows       []actRow
	Older      int64  // the last act that is shown, if there are more
	Query      string // what the list is chosen by
}

type actRow struct {
	ID                              int64
	At                              moment
	Name, Via, From, Action, Object string
	Before, After                   string // of one alone: each may be a whole report
	Whole                           bool   // there is more to be seen of it
}

// activity is who did what, when and from where; as CSV too.
func activity(v *visit) error {
	q := v.URL.Query()
	f := served.ActFilter{Account: v.account.Config.Account, Actor: strings.TrimSpace(q.Get("actor")), Via: q.Get("via"), Limit: pageSize + 1}
	f.OlderThan, _ = strconv.ParseInt(q.Get("older"), 10, 64) // from the newest on
	if q.Get("form") == "csv" {
		return writeActs(v, f)
	}
	acts, err := served.Of(v.account.Ledger).Acts(v.Context(), f)
	if err != nil {
		return err
	}
	d := activityData{Actor: f.Actor, Via: f.Via}
	for _, way := range []string{served.ViaPage, served.ViaAPI, served.ViaShell, served.ViaFile} {
		d.Ways = append(d.Ways, choice{way, v.words.Word("page.via." + way), way == f.Via})
	}
	if len(acts) > pageSize {
		acts = acts[:pageSize]
		d.Older = acts[pageSize-1].ID
	}
	q.Del("older")
	if d.Query = q.Encode(); d.Query != "" {
		d.Query += "&"
	}
	for _, a := range acts {
		d.Rows = append(d.Rows, actRowOf(v, a))
	}
	return v.show(http.StatusOK, "activity", v.words.Word("page.activity"), d)
}

// writeActs writes acts as CSV. One that breaks off is cut by the server, not ended.
func writeActs(v *visit, f served.ActFilter) error {
	read := func(olderThan int64) ([]served.Act, error) {
		f.OlderThan, f.Limit = olderThan, activitycsv.AtOnce
		return served.Of(v.account.Ledger).Acts(v.Context(), f)
	}
	acts, err := read(f.OlderThan)
	if err != nil {
		return err
	}
	v.download("activity.csv", "text/csv; charset=utf-8")
	if err := activitycsv.Write(v.writer, acts, read, func(s string) string { return masked(v, s) }); err != nil {
		v.server.Log.Warn("activity breaks off", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// act shows one whole, as far as a page has room.
func act(v *visit) error {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return errNotFound
	}
	acts, err := served.Of(v.account.Ledger).Acts(v.Context(), served.ActFilter{Account: v.account.Config.Account, OlderThan: id + 1, Limit: 1})
	if err == nil && (len(acts) == 0 || acts[0].ID != id) {
		err = errNotFound
	}
	if err != nil {
		return err
	}
	row := actRowOf(v, acts[0])
	row.Object, row.Before, row.After = v.said(acts[0].Object), text.LimitHTML(v.said(acts[0].Before), stateShown), text.LimitHTML(v.said(acts[0].After), stateShown)
	return v.show(http.StatusOK, "act", v.words.Word("page.activity"), row)
}

const stateShown = 18_000 // bytes of a page, for what was and for what is

func actRowOf(v *visit, a served.Act) actRow {
	return actRow{
		ID: a.ID, At: v.moment(a.At), Name: v.said(a.Name), Via: v.words.WordOr("page.via."+a.Via, a.Via), From: text.Limit(a.Address, 60), Action: v.words.WordOr("page.act."+a.Action, a.Action),
		Object: text.Limit(v.said(a.Object), 120), Whole: a.Before != "" || a.After != "",
	}
}

package webpage

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

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
	At                              moment
	Name, Via, From, Action, Object string
	Before, After                   string
}

const (
	mostActs   = 100_000 // of a CSV
	actsAtOnce = 500     // that are read for it: each may have a report before and after
)

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
		d.Rows = append(d.Rows, actRow{
			v.moment(a.At), v.said(a.Name), v.words.WordOr("page.via."+a.Via, a.Via), a.Address, v.words.WordOr("page.act."+a.Action, a.Action), v.said(a.Object),
			text.Limit(v.said(a.Before), 2000), text.Limit(v.said(a.After), 2000),
		})
	}
	return v.show(http.StatusOK, "activity", v.words.Word("page.activity"), d)
}

// writeActs writes acts as CSV, some at a time. One that breaks off is cut by the server, not ended.
func writeActs(v *visit, f served.ActFilter) error {
	f.Limit = actsAtOnce
	acts, err := served.Of(v.account.Ledger).Acts(v.Context(), f)
	if err != nil {
		return err
	}
	v.download("activity.csv", "text/csv; charset=utf-8")
	w := csv.NewWriter(v.writer)
	_ = w.Write([]string{"at", "actor", "via", "address", "action", "object", "before", "after"}) // Error tells
	for written := 0; len(acts) > 0; {
		for _, a := range acts {
			row := []string{a.At.UTC().Format(time.RFC3339), masked(v, a.Name), a.Via, a.Address, a.Action, masked(v, a.Object), masked(v, a.Before), masked(v, a.After)}
			for i, cell := range row { // no cell is a formula of a spreadsheet
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					row[i] = "'" + cell
				}
			}
			_ = w.Write(row)
		}
		w.Flush()
		if written += len(acts); w.Error() != nil || len(acts) < f.Limit || written >= mostActs { // who asked may have gone
			return nil
		}
		f.OlderThan = acts[len(acts)-1].ID
		if acts, err = served.Of(v.account.Ledger).Acts(v.Context(), f); err != nil {
			v.server.Log.Warn("activity breaks off", "error", err)
			panic(http.ErrAbortHandler)
		}
	}
	return nil
}

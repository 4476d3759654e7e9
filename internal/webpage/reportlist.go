package webpage

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/listpage"
	"rapport/internal/status"
)

type reportsData struct {
	Rows   []reportRow
	People []personRow
	By     string // person: the same from the other side
	Search string
	Page   listpage.Page
}

type personRow struct {
	Address string
	Reports []reportRow
	More    string // how many are not shown; "": none
}

const (
	reportsShown = 40 // of a page
	peopleShown  = 20
	reportsOfOne = 8
)

func reports(v *visit) error {
	config := v.config()
	how, err := status.Read(v.Context(), config, v.account.Ledger, v.server.Now())
	if err != nil {
		return err
	}
	d := reportsData{Rows: reportRowsOf(v, config, how), By: v.URL.Query().Get("by"), Search: strings.TrimSpace(v.URL.Query().Get("q")), Page: listpage.Of(v.URL.Query())}
	d.Rows = slices.DeleteFunc(d.Rows, func(r reportRow) bool {
		return !strings.Contains(strings.ToLower(strings.Join(append([]string{r.Name, r.ID, r.Type, r.Schedule}, r.Recipients...), "\n")), strings.ToLower(d.Search))
	})
	if d.By == "person" {
		d.people()
		d.People, d.Page.More = listpage.Slice(d.People, d.Page.Number, peopleShown)
		for i := range d.People {
			p := &d.People[i]
			if more := len(p.Reports) - reportsOfOne; more > 0 {
				p.More, p.Reports = strconv.Itoa(more), p.Reports[:reportsOfOne]
			}
		}
	} else {
		d.Rows, d.Page.More = listpage.Slice(d.Rows, d.Page.Number, reportsShown)
	}
	return v.show(http.StatusOK, "reports", v.words.Word("page.reports"), d)
}

// people turns the reports around: who gets which.
func (d *reportsData) people() {
	places := map[string]int{}
	for _, r := range d.Rows {
		for i, to := range r.Recipients {
			key := strings.ToLower(r.whole[i])
			at, known := places[key]
			if !known {
				at = len(d.People)
				places[key], d.People = at, append(d.People, personRow{Address: to})
			}
			d.People[at].Reports = append(d.People[at].Reports, r)
		}
	}
	slices.SortFunc(d.People, func(a, b personRow) int {
		return cmp.Compare(strings.ToLower(a.Address), strings.ToLower(b.Address))
	})
}

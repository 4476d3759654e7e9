package webpage

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger"
)

const (
	daysAhead    = 31
	mostUpcoming = 2000
)

// agendaData is what comes in the next days, and what was skipped.
type agendaData struct {
	Days    []agendaDay
	Paused  []reportRow
	Skipped []periodRow
	Zone    string
}

type agendaDay struct {
	Words string
	ISO   string
	Rows  []agendaRow
}

type agendaRow struct {
	ID, Name, Period string
	At               moment
	Clock            string
	Recipients       int
	due              time.Time
}

func agenda(v *visit) error {
	zone, now := v.account.Config.Location, v.server.Now()
	end := now.AddDate(0, 0, daysAhead)
	d := agendaData{Zone: v.account.Config.Timezone}
	var all []agendaRow
	reports := v.reports()
	for i := range reports {
		r := &reports[i]
		if isGenerated(r) {
			continue
		}
		if r.Paused {
			d.Paused = append(d.Paused, reportRow{ID: r.ID, Name: v.nameOf(r)})
			continue
		}
		timing := r.Timing()
		for p := timing.Latest(now, zone).Next(); timing.Due(p).Before(end) && len(all) < mostUpcoming; p = p.Next() {
			due := timing.Due(p)
			all = append(all, agendaRow{r.ID, v.nameOf(r), v.periodWords(string(r.Schedule), p.From, p.To), v.moment(due), due.In(zone).Format("15:04"), len(r.Emails), due})
		}
	}
	slices.SortStableFunc(all, func(a, b agendaRow) int { return a.due.Compare(b.due) })
	for _, row := range all {
		day := row.due.In(zone).Format(time.DateOnly)
		if n := len(d.Days); n == 0 || d.Days[n-1].ISO != day {
			words := v.words.LongDate(row.due.In(zone))
			d.Days = append(d.Days, agendaDay{Words: strings.ToUpper(words[:1]) + words[1:], ISO: day})
		}
		last := &d.Days[len(d.Days)-1]
		last.Rows = append(last.Rows, row)
	}
	skipped, err := v.account.Ledger.Periods(v.Context(), ledger.Filter{Account: v.account.Config.Account, State: string(ledger.Skipped), Limit: 20})
	if err != nil {
		return err
	}
	for _, p := range skipped {
		row, err := periodRowOf(v, p)
		if err != nil {
			return err
		}
		d.Skipped = append(d.Skipped, row)
	}
	return v.show(http.StatusOK, "calendar", v.words.Word("page.calendar"), d)
}

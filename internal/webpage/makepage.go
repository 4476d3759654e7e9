package webpage

import (
	"net/http"
	"slices"
	"strings"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// makeDataOf is a form that asks for one period of a report.
type makeData struct {
	reportRow
	Period  string // as it was typed
	Fault   string
	Example string
	Latest  []choice // the last periods that are over
	To      string
	OfOne   bool
}

type choice struct {
	Value, Word string
	Chosen      bool
}

const latestPeriods = 40

func makeDataOf(v *visit, r *reportconfig.Report, chosen string) makeData {
	d := makeData{Period: chosen}
	d.ID, d.Name = r.ID, v.nameOf(r)
	timing := r.Timing()
	p := lastOver(v, timing)
	for range latestPeriods {
		d.Latest = append(d.Latest, choice{p.String(), v.periodWords(string(r.Schedule), p.From, p.To), p.String() == chosen})
		p = p.Previous()
	}
	d.Example = d.Latest[0].Value
	return d
}

// lastOver is the last period that has ended.
func lastOver(v *visit, timing calendar.Timing) calendar.Period {
	return timing.Containing(v.server.Now(), v.account.Config.Location).Previous()
}

// chosenPeriod is the one that the form names, and what is wrong with it.
func chosenPeriod(v *visit, r *reportconfig.Report) (p calendar.Period, fault string) {
	given := strings.TrimSpace(v.FormValue("period"))
	if given == "" {
		return lastOver(v, r.Timing()), ""
	}
	p, err := r.Timing().ParsePeriod(given, v.account.Config.Location)
	switch {
	case err != nil:
		return p, v.words.Word("page.fault.period")
	case p.To.After(v.server.Now()):
		return p, v.words.Word("page.fault.not_over", v.moment(p.To).Text)
	}
	return p, ""
}

func choosePeriod(v *visit) error {
	r, err := findReport(v)
	if err != nil {
		return err
	}
	d := makeDataOf(v, r, v.FormValue("period"))
	return v.show(http.StatusOK, "make", v.words.Word("page.do.make")+": "+d.Name, d)
}

// makePeriod has a period made that is over: one that was never planned, or was skipped, given up
// or cancelled. What was made is shown instead; it is never made twice.
func makePeriod(v *visit) error {
	r, err := findReport(v)
	if err != nil {
		return err
	}
	p, fault := chosenPeriod(v, r)
	if fault != "" {
		d := makeDataOf(v, r, v.FormValue("period"))
		d.Fault = fault
		return v.show(http.StatusBadRequest, "make", v.words.Word("page.do.make")+": "+d.Name, d)
	}
	notice, id, err := owe(v, r, p)
	if err != nil {
		return err
	}
	return v.done("/periods/"+itoa(id), notice)
}

// owe has a period made, and gives the notice of it: one that was made, or is under way, stays.
func owe(v *visit, r *reportconfig.Report, p calendar.Period) (notice string, id int64, err error) {
	now := v.server.Now()
	planned := ledger.Planned{
		Key:  ledger.Key{Account: v.account.Config.Account, Report: r.ID, From: p.From, To: p.To},
		Name: p.String(), Schedule: string(r.Schedule), Config: v.account.Path, Due: r.Timing().Due(p), State: ledger.Owed,
	}
	err = v.account.Ledger.Write(v.Context(), func(tx ledger.Tx) error {
		was, found, err := tx.Plan(planned)
		id, notice = was.ID, "make"
		switch {
		case err != nil:
			return err
		case found && slices.Contains([]ledger.PeriodState{ledger.Failed, ledger.Skipped, ledger.Cancelled}, was.State):
			if err := tx.Reopen(was.ID); err != nil {
				return err
			}
		case found:
			notice = "made_before"
			return nil
		}
		act := v.act("make", "report "+r.ID+" "+p.String())
		act.At = now
		return act.WriteDown(tx)
	})
	if err == nil {
		v.account.Poke()
	}
	return notice, id, err
}

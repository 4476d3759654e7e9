package insight

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/yamltree"
	"rapport/reportconfig"
)

// generateReport is POST …/insight/generate-report: a report of one period, that is owed from
// the moment of the answer on. The same call again is the same promise.
func generateReport(q *request) (any, error) {
	root, findings, err := q.body()
	if err != nil {
		return nil, err
	}
	if err := requireObject(root); err != nil {
		return nil, err
	}
	e, err := q.generated(root, findings)
	if err != nil {
		return nil, err
	}
	p, err := q.generatedPeriod(root, e.Timing())
	if err != nil {
		return nil, err
	}
	id, err := generatedID(e, p)
	if err != nil {
		return nil, err
	}
	now := q.server.Now()
	row := served.Report{
		Account: q.account.Config.Account, ID: id, Config: q.account.Path, Kind: served.Generated,
		Body: e.Written, Sameness: id, CreatedAt: now, CreatedBy: q.client,
	}
	planned := ledger.Planned{
		Key:  ledger.Key{Account: row.Account, Report: id, From: p.From, To: p.To},
		Name: p.String(), Schedule: string(e.Schedule), Config: q.account.Path, Due: now, State: ledger.Owed,
	}
	err = q.write5(func(tx ledger.Tx) error {
		_, known, err := served.ReportOf(tx, row.Account, id)
		if err != nil {
			return err
		}
		if !known {
			if err := row.Insert(tx); err != nil {
				return err
			}
		}
		was, found, err := tx.Plan(planned)
		if err != nil {
			return err
		}
		if found && slices.Contains([]ledger.PeriodState{ledger.Failed, ledger.Skipped, ledger.Cancelled}, was.State) {
			if err := tx.Reopen(was.ID); err != nil {
				return err
			}
		} else if found {
			return nil // it is promised, or was made
		}
		return q.act("generate", "report "+id+" "+p.String(), "", string(e.Written)).WriteDown(tx)
	})
	if err != nil {
		return nil, err
	}
	q.done(q.Context(), "report asked for", id)
	return append(yamltree.JSON(yamltree.Without(root, "id", "accountId", "created_at", "created_by")), '\n'), nil
}

// generated reads the parameters but for the period: they are a report's, with one contentType.
func (q *request) generated(root yamltree.Value, findings *yamltree.Findings) (e reportconfig.Entry, err error) {
	for _, key := range []string{"contentTypes", "paused", "was", "ping"} {
		if v, ok := root.Child(key); ok {
			v.Fault("leave it out", "is not a parameter of generate-report")
		}
	}
	if err := invalid(findings); err != nil {
		return e, err
	}
	body := yamltree.JSON(yamltree.Without(root, "from", "to", "contentType"))
	if v, ok := root.Child("contentType"); ok {
		one := `"contentTypes":[` + string(yamltree.JSON(v)) + `]}`
		if len(body) > len("{}") {
			one = "," + one
		}
		body = append(body[:len(body)-1:len(body)-1], one...)
	}
	d := yamltree.Document{Name: "body", Findings: &yamltree.Findings{}}
	parsed, ok := d.Parse(body)
	if ok {
		e, _ = q.account.Config.ReadBody(parsed, func(string) bool { return false })
	}
	err = invalid(d.Findings)
	var f *failure
	if errors.As(err, &f) {
		for i := range f.faults {
			f.faults[i].Path = strings.Replace(f.faults[i].Path, "contentTypes[0]", "contentType", 1)
		}
	}
	return e, err
}

// generatedPeriod is the period of the schedule that from and to name; to may be its last day or
// the day after.
func (q *request) generatedPeriod(root yamltree.Value, timing calendar.Timing) (p calendar.Period, err error) {
	var days [2]time.Time
	for i, key := range []string{"from", "to"} {
		v, ok := root.Child(key)
		if !ok {
			return p, errBadRequest(key, "%s is missing", key)
		}
		day, ok := calendarDate(v)
		if !ok {
			return p, errBadRequest(key, "%s must be a date like 2026-11-19", key)
		}
		days[i] = day
	}
	zone := q.account.Config.Location
	hour, minute := max(12, timing.DayStarts.Hour), timing.DayStarts.Minute // where no clock changes
	p = timing.Containing(time.Date(days[0].Year(), days[0].Month(), days[0].Day(), hour, minute, 0, 0, zone), zone)
	date := func(t time.Time) string { return t.Format(time.DateOnly) }
	end := date(p.To)
	if date(p.From) != date(days[0]) || end != date(days[1]) && end != date(days[1].AddDate(0, 0, 1)) {
		return p, errBadRequest("to", "from and to are no period of a %s report", timing.Schedule)
	}
	if p.To.After(q.server.Now()) {
		return p, errBadRequest("to", "the period is not over before %s", p.To.Format(time.RFC3339))
	}
	return p, nil
}

// calendarDate reads a date as it is written: a time of day may only say where the day begins or
// ends, in whatever zone.
func calendarDate(v yamltree.Value) (time.Time, bool) {
	if !v.IsScalar() {
		return time.Time{}, false
	}
	m := regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})([Tt ](00:00:00(\.0+)?|23:59:59(\.\d+)?)([Zz]|[+-]\d{2}:\d{2})?)?$`).FindStringSubmatch(v.Raw())
	if m == nil {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, m[1])
	return day, err == nil && day.Year() >= 2000
}

// generatedID is of all that is asked for, however it is written.
func generatedID(e reportconfig.Entry, p calendar.Period) (string, error) {
	same, err := sameness(&e.Report)
	if err != nil {
		return "", err
	}
	var emails []string
	for _, to := range e.Emails {
		emails = append(emails, strings.ToLower(to.Address))
	}
	slices.Sort(emails)
	canonical, err := json.Marshal([]any{
		same, p.String(), emails, e.ContentTypes, e.SkipEmpty, e.HoldUncertain, e.MachineCSV, e.TotalsPDF, e.Voucher, e.PlainSubject, e.Reconcile, e.DayStarts,
	})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return generatedPrefix + hex.EncodeToString(sum[:6]), nil
}

package webpage

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"rapport/internal/calendar"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/reportform"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// confirmReport asks before a report is paused, goes on or is deleted.
func confirmReport(v *visit) error {
	r, err := ownReport(v)
	if r == nil || err != nil {
		return err
	}
	d := reportDataOf(v, r)
	d.Action = v.URL.Path[strings.LastIndex(v.URL.Path, "/")+1:]
	if d.Action == "resume" {
		missed, err := missedOf(v, r)
		if err != nil {
			return err
		}
		if n := len(missed); n > 0 {
			d.Missed = v.words.Count("page.make_missed", int64(n))
		}
	}
	return v.show(http.StatusOK, "confirmreport", v.words.Word("page.do."+d.Action)+": "+d.Name, d)
}

// missedOf are the periods that fell due while a report was paused.
func missedOf(v *visit, r *reportconfig.Report) (all []calendar.Period, err error) {
	err = v.account.Ledger.Read(v.Context(), func(tx ledger.Tx) error {
		all, err = insight.Missed(tx, v.account.Config, r, v.server.Now())
		return err
	})
	return all, err
}

// pauseReport stops a report from being planned, or has it go on from now. What was missed is skipped,
// and with a missed=make owed after all.
func pauseReport(v *visit) error {
	r, err := ownReport(v)
	if r == nil || err != nil {
		return err
	}
	pause := strings.HasSuffix(v.URL.Path, "/pause")
	if r.Paused == pause {
		return errRefused
	}
	missed := []calendar.Period{}
	if !pause && v.FormValue("missed") == "make" {
		if missed, err = missedOf(v, r); err != nil {
			return err
		}
	}
	notice := map[bool]string{true: "pause", false: "resume"}[pause]
	if err := savePaused(v, r, pause); err != nil {
		return refused(v, err)
	}
	for _, p := range missed {
		if _, _, err := owe(v, r, p); err != nil {
			return err
		}
		notice = "resume_make"
	}
	return v.done("/reports/"+url.PathEscape(r.ID), notice)
}

// savePaused keeps a report with another paused, and nothing else of it.
func savePaused(v *visit, r *reportconfig.Report, pause bool) error {
	body := map[string]json.RawMessage{}
	if err := json.Unmarshal(reportform.CutSecrets(r.Written), &body); err != nil {
		return err
	}
	delete(body, "paused")
	if pause {
		body["paused"] = json.RawMessage("true")
	}
	written, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = v.server.Editor.SaveReport(v.Request, v.account.Config.Account, r.ID, written, v.act("", "").Actor)
	return err
}

// refused tells what an Editor says no to.
func refused(v *visit, err error) error {
	var refusal *insight.Refusal
	if errors.As(err, &refusal) {
		return v.show(http.StatusConflict, "problem", text.PrintableLine(refusal.Message), nil)
	}
	return err
}

func deleteReport(v *visit) error {
	r, err := ownReport(v)
	if r == nil || err != nil {
		return err
	}
	if err := v.server.Editor.DeleteReport(v.Request, v.account.Config.Account, r.ID, v.act("", "").Actor); err != nil {
		return refused(v, err)
	}
	return v.done("/reports", "delete")
}

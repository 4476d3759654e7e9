package webpage

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"rapport/internal/ledger"
)

// resendData asks before somebody gets a report twice.
type resendData struct {
	PeriodID       int64
	Report, Period string
	Twice, Missing []deliveryRow
}

// hasIt tells whether a recipient has, or may have, the report already.
func hasIt(s ledger.DeliveryState) bool {
	return slices.Contains([]ledger.DeliveryState{ledger.Sent, ledger.Uncertain, ledger.Held, ledger.Closed}, s)
}

// lacksIt tells whether a recipient surely did not get the report, and nothing is done about it any more.
func lacksIt(s ledger.DeliveryState) bool {
	return slices.Contains([]ledger.DeliveryState{ledger.Refused, ledger.Expired, ledger.CancelledDelivery}, s)
}

// resendChosen sends a period once more to those that were chosen. Whoever has it already is named
// first, and gets it only when that is confirmed.
func resendChosen(v *visit) error {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return errNotFound
	}
	if err := v.ParseForm(); err != nil {
		return errNotFound
	}
	d := resendData{PeriodID: id}
	var chosen []ledger.Delivery
	for _, one := range v.PostForm["delivery"] {
		n, err := strconv.ParseInt(one, 10, 64)
		if err != nil {
			return errNotFound
		}
		row, err := v.account.Ledger.Delivery(v.Context(), n)
		if err != nil {
			return err
		}
		if row.Account != v.account.Config.Account || row.PeriodID != id {
			return errNotFound
		}
		chosen = append(chosen, row)
		d.Report, d.Period = row.Report, row.Period
		if hasIt(row.State) {
			d.Twice = append(d.Twice, deliveryRowOf(v, row))
		} else {
			d.Missing = append(d.Missing, deliveryRowOf(v, row))
		}
	}
	switch {
	case len(chosen) == 0:
		v.problem(http.StatusBadRequest, "page.none_chosen")
		return nil
	case len(d.Twice) > 0 && !v.PostForm.Has("twice"):
		return v.show(http.StatusOK, "resend", v.words.Word("page.do.resend"), d)
	}
	sent := 0
	for _, row := range chosen {
		if !isRecipient(v, row) {
			continue
		}
		_, err := v.account.Ledger.Resend(v.Context(), row.ID, v.server.Now(), func(tx ledger.Tx) error {
			act := v.act("resend", "delivery "+itoa(row.ID))
			act.Before = string(row.State)
			return act.WriteDown(tx)
		})
		var state *ledger.StateError
		if errors.As(err, &state) { // somebody was faster
			continue
		}
		if err != nil {
			return err
		}
		sent++
	}
	if sent == 0 {
		return errRefused
	}
	v.account.Poke()
	return v.done("/periods/"+itoa(id), map[bool]string{true: "resend_all", false: "resend_some"}[sent == len(chosen)])
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

package webpage

import (
	"errors"
	"fmt"
	"net/http"
	"rapport/internal/ledger"
	"rapport/internal/parts"
	"rapport/internal/text"
	"slices"
	"strconv"
)

// findDelivery gives the delivery of the path, if it is the account's.
func findDelivery(v *visit) (d ledger.Delivery, err error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return d, errNotFound
	}
	d, err = v.account.Ledger.Delivery(v.Context(), id)
	if err == nil && d.Account != v.account.Config.Account {
		err = errNotFound
	}
	return d, err
}

type deliveryData struct {
	deliveryRow
	Sentence  string // what will happen next
	Size, SHA string
	Tries     []try
	Action    string // that is to be confirmed
}

type try struct {
	At                  moment
	State, Word, Answer string
	Revision            int
}

func delivery(v *visit) error {
	d, err := findDelivery(v)
	if err != nil {
		return err
	}
	data := deliveryData{deliveryRow: deliveryRowOf(v, d), Sentence: v.words.Word("page.says."+string(d.State), v.moment(d.NextTry).Text), Size: text.Size(d.Size, v.words.DecimalMark()), SHA: d.SHA256}
	attempts, err := v.account.Ledger.Attempts(v.Context(), d.ID)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(attempts) {
		data.Tries = append(data.Tries, try{v.moment(a.At), string(a.State), v.words.Word("page.state." + string(a.State)), v.said(a.Answer), a.Revision})
	}
	return v.show(http.StatusOK, "delivery", data.ReportName+", "+data.Words, data)
}

// confirm asks before anything is done.
func confirm(v *visit) error {
	d, err := findDelivery(v)
	if err != nil {
		return err
	}
	if action := v.PathValue("action"); action != "resend" && action != "release" && action != "close" {
		return errNotFound
	}
	return v.show(http.StatusOK, "confirm", v.words.Word("page.do."+v.PathValue("action")), deliveryData{deliveryRow: deliveryRowOf(v, d), Action: v.PathValue("action")})
}

// decide does what was confirmed. A second click finds it done, and says so.
func decide(v *visit) error {
	d, err := findDelivery(v)
	if err != nil {
		return err
	}
	do := map[string]func() (ledger.Delivery, error){}
	beside := func(tx ledger.Tx) error {
		act := v.act(v.PathValue("action"), fmt.Sprintf("delivery %d", d.ID))
		act.Before = string(d.State)
		return act.WriteDown(tx)
	}
	now := v.server.Now()
	do["resend"] = func() (ledger.Delivery, error) { return v.account.Ledger.Resend(v.Context(), d.ID, now, beside) }
	do["release"] = func() (ledger.Delivery, error) { return v.account.Ledger.Release(v.Context(), d.ID, now, beside) }
	do["close"] = func() (ledger.Delivery, error) { return v.account.Ledger.CloseDelivery(v.Context(), d.ID, now, beside) }
	action := do[v.PathValue("action")]
	if action == nil {
		return errNotFound
	}
	if v.PathValue("action") != "close" && !isRecipient(v, d) {
		v.problem(http.StatusConflict, "page.no_recipient")
		return nil
	}
	var state *ledger.StateError
	if _, err := action(); errors.As(err, &state) {
		return errRefused
	} else if err != nil {
		return err
	}
	v.account.Poke()
	http.Redirect(v.writer, v.Request, fmt.Sprintf("/deliveries/%d?done=%s", d.ID, v.PathValue("action")), http.StatusSeeOther)
	return nil
}

// isRecipient tells whether the report still goes to whom the delivery is to: nobody else is mailed.
func isRecipient(v *visit, d ledger.Delivery) bool {
	reports := v.reports()
	return parts.Directory(v.Context(), d.Account, reports, v.account.Ledger).Entry(reports, d.Report).HasRecipient(d.Recipient)
}

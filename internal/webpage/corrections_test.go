package webpage

import (
	"fmt"
	"net/url"
	"regexp"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
)

// TestAPeriodWithACorrectionIsSentAgain: the page offers the period's own messages alone, as the act takes no others.
func TestAPeriodWithACorrectionIsSentAgain(t *testing.T) {
	t.Parallel()
	s := start(t)
	rows := s.made("2026-11-19")
	p, _, err := s.account.Ledger.Period(t.Context(), rows[0].Key)
	s.must(err)
	var id int64
	s.must(s.account.Ledger.Write(t.Context(), func(tx ledger.Tx) (err error) { id, err = corrected.Plan(tx, p, 1, s.now); return err }))
	claim, err := s.account.Ledger.ClaimPeriod(t.Context(), id)
	s.must(err)
	s.must(s.account.Ledger.RecordMade(t.Context(), claim.Claim, ledger.MadePeriod{At: s.now, Deliveries: []ledger.NewDelivery{{Recipient: "kari@shop.example", MessageID: "<c1@shop.example>", File: "c.eml", SHA256: "x", Size: 1}}}))
	row, err := s.account.Ledger.Deliveries(t.Context(), ledger.Filter{Account: "T12345678", State: string(ledger.Queued)})
	s.must(err)
	sending, err := s.account.Ledger.ClaimDelivery(t.Context(), row[0].ID)
	s.must(err)
	s.must(s.account.Ledger.MarkSending(t.Context(), sending.Claim, s.now))
	s.must(s.account.Ledger.Finish(t.Context(), sending.Claim, ledger.Result{At: s.now, State: ledger.Refused, Answer: "550"}))
	s.signIn()
	for period, want := range map[int64]int{p.ID: 2, id: 1} { // gone is no recipient any more
		path := fmt.Sprint("/periods/", period)
		form := url.Values{"twice": {"1"}}
		for _, box := range regexp.MustCompile(`name="delivery" value="(\d+)"`).FindAllStringSubmatch(s.ask("GET", path).Body.String(), -1) {
			form.Add("delivery", box[1])
		}
		if len(form["delivery"]) != want {
			t.Errorf("%s offers %d messages", path, len(form["delivery"]))
		}
		if w := s.send("POST", path+"/resend", form); w.Code != 303 || w.Header().Get("Location") != path+"?done=resend_all" {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Location"))
		}
	}
}

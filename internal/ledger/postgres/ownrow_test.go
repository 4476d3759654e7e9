package postgres

import (
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

// TestMarkingAMessageUndoesNoOther: what one machine marks as sending does not have another begin anew, which read the
// row and writes its neighbour; of the same row only one of the two is written.
func TestMarkingAMessageUndoesNoOther(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	ours, _ := openAs(t, url, t.TempDir())
	theirs, _ := openAs(t, url, t.TempDir())
	p, err := ours.ClaimPeriod(t.Context(), ledgertest.PlanDay(t, ours, 0).ID)
	must(t, err)
	must(t, ours.RecordMade(t.Context(), p.Claim, ledger.MadePeriod{At: ledgertest.Now(), Deliveries: []ledger.NewDelivery{{Recipient: "a@x.no"}, {Recipient: "b@x.no"}}}))
	ready := ledger.Ready{Account: ledgertest.Account, Config: "rapport.yaml", Now: ledgertest.Now()}
	for write, want := range map[string]int{`<>`: 1, `=`: 2} {
		d, found, err := theirs.ClaimNextDelivery(t.Context(), ready, false)
		if must(t, err); !found {
			t.Fatal("there is none")
		}
		runs := 0
		must(t, ours.Write(t.Context(), func(tx ledger.Tx) error {
			runs++
			read := 0
			if err := tx.Row([]any{&read}, `SELECT count(*) FROM delivery WHERE state = 'queued' AND id > 0`); err != nil {
				return err
			}
			if runs == 1 {
				must(t, theirs.MarkSending(t.Context(), d.Claim, ledgertest.Now()))
			}
			_, err := tx.Exec(`UPDATE delivery SET next_try_at = ? WHERE id `+write+` ?`, runs, d.ID)
			return err
		}))
		if runs != want {
			t.Errorf("who writes where the id %s that of the message ran %d times, want %d", write, runs, want)
		}
		must(t, theirs.Finish(t.Context(), d.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Sent}))
		must(t, ours.Write(t.Context(), func(tx ledger.Tx) error {
			_, err := tx.Exec(`UPDATE delivery SET next_try_at = 0`)
			return err
		}))
	}
}

package deliveries

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"rapport/internal/ledger"
	"rapport/internal/text"
	"rapport/reportconfig"
	"strings"
)

// Show shows one delivery: what it is, and each attempt with the server's words.
func (v View) Show(ctx context.Context, id int64) error {
	row, err := v.Ledger.Delivery(ctx, id)
	if errors.Is(err, ledger.ErrNoDelivery) || err == nil && row.Account != v.Config.Account {
		return noDelivery(id, v.Config)
	}
	var history []ledger.Attempt
	if err == nil {
		history, err = v.Ledger.Attempts(ctx, id)
	}
	if err != nil {
		return &LedgerError{err}
	}
	if v.JSON {
		out := json.NewEncoder(v.Stdout)
		err := out.Encode(deliveryLine(row))
		for _, a := range history {
			if err == nil {
				err = out.Encode(attemptLine{"attempt", id, a.Revision, a.At, string(a.State), a.Answer})
			}
		}
		return err
	}
	local := localTime(v.Config)
	fmt.Fprintf(v.Stdout, "delivery %d: %s %s to %s: %s\n", id, row.Report, row.Period, row.Recipient, row.State)
	for _, fact := range [][2]string{
		{"due", local(row.Due)}, {"queued", local(row.QueuedAt)}, {"next try", local(row.NextTry)}, {"ended", local(row.FinishedAt)},
		{"Message-ID", row.MessageID}, {"SHA-256", row.SHA256}, {"size", fmt.Sprintf("%d bytes", row.Size)},
	} {
		if fact[1] != "" && fact[1] != "0 bytes" {
			fmt.Fprintf(v.Stdout, "  %-10s  %s\n", fact[0], fact[1])
		}
	}
	if len(history) == 0 {
		_, err := fmt.Fprintln(v.Stdout, "\nno attempt yet")
		return err
	}
	rows := [][]string{{"ATTEMPT", "MESSAGE", "ENDED"}}
	for _, a := range history {
		message := "the first"
		if a.Revision > 0 {
			message = fmt.Sprintf("sent anew, %d", a.Revision)
		}
		rows = append(rows, []string{local(a.At), message, string(a.State)})
	}
	fmt.Fprintln(v.Stdout)
	for i, line := range text.AlignColumns(rows) {
		fmt.Fprintln(v.Stdout, line)
		if i > 0 && history[i-1].Answer != "" {
			fmt.Fprintln(v.Stdout, "    "+strings.Join(text.WrapWords(text.PrintableLine(history[i-1].Answer), text.ScreenWidth-4), "\n    "))
		}
	}
	return nil
}

func noDelivery(id int64, config *reportconfig.Config) error {
	return refuse("deliveries: there is no delivery %d of account %s", id, config.Account)
}

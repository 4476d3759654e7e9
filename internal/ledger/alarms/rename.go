package alarms

import (
	"slices"
	"strings"

	"rapport/internal/ledger/database"
)

// Rename has the alarms of a report be another's. One that both have is told of the other
// already. What is about a delivery, by its number, keeps its subject.
func Rename(t database.Tx, account, former, report string, ofDelivery func(kind string) bool) error {
	all, err := database.Collect(t, scanAlarm, selectAlarms+` WHERE account = ? ORDER BY id`, account)
	if err != nil {
		return err
	}
	for _, a := range all {
		subject, args := a.Subject, slices.Clone(a.Args)
		if head, rest, _ := strings.Cut(subject, " "); head == former && !ofDelivery(a.Kind) {
			subject = strings.TrimSpace(report + " " + rest)
		}
		if len(args) > 0 && args[0] == former { // where a sentence names a report it does so first
			args[0] = report
		}
		if subject == a.Subject && slices.Equal(args, a.Args) {
			continue
		}
		text, err := encodeArgs(args)
		if err != nil {
			return err
		}
		_, err = t.Exec(`UPDATE alarm SET subject = ?, args = ? WHERE id = ?
			AND NOT EXISTS (SELECT 1 FROM alarm o WHERE o.account = alarm.account AND o.kind = alarm.kind AND o.subject = ? AND o.id <> alarm.id)`, subject, text, a.ID, subject)
		if err == nil {
			_, err = t.Exec(`DELETE FROM alarm WHERE id = ? AND subject <> ? AND claimed_by IS NULL`, a.ID, subject)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

package statement

import (
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/settlement"
	"strings"
)

// maxNamed is how many settlements are named in a list of remarks.
const maxNamed = 6

// checkBridge says whether the bridge adds up, and which settlements do not.
func (t settlementTexts) checkBridge(s *Statement) error {
	words := t.words()
	if !t.EventsKnown {
		s.Check = content.Check{State: content.NotChecked, Text: words.Word("bridge.no_events")}
		return nil
	}
	parts := t.unexplained()
	var details []string
	hidden := 0
	for i := range t.Rows {
		line, err := t.oddities(&t.Rows[i])
		if err != nil {
			return err
		}
		if line == "" {
			continue
		}
		if hidden++; hidden <= maxNamed {
			details = append(details, line)
		}
	}
	if more := hidden - maxNamed; more > 0 {
		details = append(details, words.Count("bridge.and_more", int64(more)))
	}
	if len(parts) == 0 {
		s.Check = content.Check{State: content.Agrees, Text: words.Word("bridge.adds_up"), Details: details}
		return nil
	}
	if carried := t.carried(); carried != "" {
		details = append(details, words.Word("bridge.carried", carried))
	}
	s.Check = content.Check{State: content.Differs, Text: words.Word("bridge.unexplained", strings.Join(parts, ", ")), Details: details}
	return nil
}

// carried is what was unexplained already when the bridge was opened.
func (t settlementTexts) carried() string {
	now := t.sums(func(l settlement.Line) int64 { return l.Unexplained })
	for i := range t.Rows {
		row := &t.Rows[i]
		if odd, err := row.Unexplained(); err == nil && row.EventsRead {
			now[row.Currency] -= odd
		}
	}
	var parts []string
	for _, code := range t.currencies {
		if now[code] != 0 {
			parts = append(parts, t.amount(now[code], code))
		}
	}
	return strings.Join(parts, ", ")
}

// oddities says in what a settlement is not the sum of its events; "" where it is.
func (t settlementTexts) oddities(row *settlement.Row) (string, error) {
	name := t.settlementName(row.Provider, row.ProviderReference, row.ID)
	if !row.Sound() {
		return t.words().Word("bridge.unsound", name, t.amount(row.Amount, row.Currency), t.amount(row.Capture, row.Currency), t.amount(row.Refund, row.Currency), t.amount(row.Fee, row.Currency)), nil
	}
	if !row.EventsRead {
		return "", nil
	}
	odd, err := row.Unexplained()
	if err != nil {
		return "", err
	}
	fee, err := money.Sub(row.Fee, row.Events.Fee)
	if err != nil {
		return "", err
	}
	var parts []string
	if odd != 0 {
		parts = append(parts, t.words().Word("bridge.not_on_events", t.amount(-odd, row.Currency)))
	}
	if fee != 0 {
		parts = append(parts, t.words().Word("bridge.fee_not_on_events", t.amount(fee, row.Currency)))
	}
	if len(parts) == 0 {
		return "", nil
	}
	return name + ": " + strings.Join(parts, ", "), nil
}

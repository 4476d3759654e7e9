package statement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/internal/settlement"
	"rapport/locales"
)

// Settlements is what a report of settlements says besides its rows and totals.
type Settlements struct {
	*settlement.Outcome
	Booking      Booking
	NotForwarded []NotForwarded
}

// A Booking is what an accounting system is given.
type Booking struct {
	Format   string // "" for nothing
	Bank     string // account
	Vouchers []settlement.Voucher
	LeftOut  []settlement.LeftOut
}

// A NotForwarded is a file of a settlement that could not be had.
type NotForwarded struct{ Settlement, Name, Why string }

// settlements adds what a report of settlements says: what comes to which account, and how it
// follows from what was captured.
func (fs *Figures) settlements(s *Statement) error {
	if fs.Settlements == nil {
		return nil
	}
	t := settlementTexts{fs.Settlements, fs}
	if err := t.checkBridge(s); err != nil {
		return err
	}
	s.Remarks = append(t.remarks(), s.Remarks...)
	bridge, err := t.bridgeTable()
	if err != nil {
		return err
	}
	var tables []content.Table
	for _, table := range []content.Table{t.sumTable(), bridge, t.payoutTable(), t.waitingTable(), t.ageTable(), t.leftOutTable(), t.changedTable()} {
		if len(table.Rows) > 0 {
			tables = append(tables, table)
		}
	}
	s.Tables = append(tables, s.Tables...)
	if fact := t.bookingFact(); fact.Value != "" {
		s.Facts = append(s.Facts, fact)
	}
	s.Notes = append(s.Notes, t.notes()...)
	if len(t.PaidRows()) == 0 {
		s.Lead = fs.Words.Word("document.empty_settlements")
		if owed := t.closings(); owed != "" {
			s.Lead = fs.Words.Word("lead.outstanding", owed)
		}
	}
	return nil
}

// settlementTexts puts them into words.
type settlementTexts struct {
	*Settlements
	fs *Figures
}

func (t settlementTexts) words() *locales.Printer { return t.fs.Words }

// amount is an amount with its currency, by code where there are several.
func (t settlementTexts) amount(minor int64, code money.Currency) string {
	a := money.Amount{Minor: minor, Currency: code}
	if len(t.currencies()) > 1 {
		return t.words().MoneyByCode(a)
	}
	return t.words().Money(a)
}

func (t settlementTexts) number(minor int64, code money.Currency) string {
	return t.words().Number(money.Amount{Minor: minor, Currency: code})
}

// currencies are those of the bridge, in the order of the report's.
func (t settlementTexts) currencies() []money.Currency {
	var all []money.Currency
	for _, l := range t.Lines {
		if !slices.Contains(all, l.Currency) {
			all = append(all, l.Currency)
		}
	}
	ranks := t.fs.ranks()
	rank := func(code money.Currency) int {
		if n, ok := ranks[code]; ok {
			return n
		}
		return len(ranks)
	}
	slices.SortStableFunc(all, func(a, b money.Currency) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

func (t settlementTexts) provider(name string) string {
	return t.words().WordOr("provider."+strings.ToLower(name), name)
}

// settlementName is how a settlement is called where it is told of: by its provider and by what the
// bank's line is likely to say.
func (t settlementTexts) settlementName(provider, reference, id string) string {
	return strings.TrimSpace(t.provider(provider) + " " + cmp.Or(reference, id))
}

// subjectAnswers are the answer in the subject of the mail, then it in fewer words.
func (t settlementTexts) subjectAnswers(s Statement) [][]string {
	all := t.subjectParts(s)
	return [][]string{all, append([]string{all[0]}, t.unexplainedWord()...), all[:1]}
}

// subjectParts are all of it.
func (t settlementTexts) subjectParts(s Statement) []string {
	paid := t.PaidRows()
	if len(paid) == 0 {
		parts := []string{strings.ToLower(strings.TrimSuffix(t.words().Word("document.empty_settlements"), "."))}
		if owed := t.closings(); owed != "" {
			parts = append(parts, t.words().Word("subject.outstanding", owed))
		}
		return append(parts, t.unexplainedWord()...)
	}
	ids := map[string]bool{}
	for _, row := range paid {
		ids[row.ID] = true
	}
	groups := t.fs.currencies()
	code := groups[0]
	f := t.fs.Totals.Groups[report.PerCurrency][report.Group{Code: code}]
	amount := t.fs.amount(money.Amount{Minor: f.Sums[0], Currency: code})
	if more := len(groups) - 1; more > 0 {
		amount += " " + t.words().Count("subject.more_currencies", int64(more))
	}
	parts := []string{t.words().Count("subject.paid_out", int64(len(ids)), amount)}
	if f.Sums[3] != 0 {
		parts = append(parts, t.words().Word("subject.fees", t.fs.amount(money.Amount{Minor: f.Sums[3], Currency: code})))
	}
	if len(s.Headlines) == 1 && s.Headlines[0].Change != "" {
		parts = append(parts, s.Headlines[0].Change)
	}
	if n := len(t.Waiting); n > 0 {
		parts = append(parts, t.words().Count("subject.postponed", int64(n)))
	}
	return append(parts, t.unexplainedWord()...)
}

// closings says what is outstanding now.
func (t settlementTexts) closings() string {
	sums := t.sums(func(l settlement.Line) int64 { return l.Closing })
	var parts []string
	for _, code := range t.currencies() {
		if sums[code] != 0 {
			parts = append(parts, t.amount(sums[code], code))
		}
	}
	return strings.Join(parts, ", ")
}

// sums adds a figure up by currency; what does not fit was refused when the bridge was made.
func (t settlementTexts) sums(of func(settlement.Line) int64) map[money.Currency]int64 {
	sums := map[money.Currency]int64{}
	for _, l := range t.Lines {
		sums[l.Currency] += of(l)
	}
	return sums
}

func (t settlementTexts) unexplained() (parts []string) {
	sums := map[money.Currency]int64{}
	for _, l := range t.Lines {
		sums[l.Currency] += max(l.Unexplained, -l.Unexplained)
	}
	net := t.sums(func(l settlement.Line) int64 { return l.Unexplained })
	for _, code := range t.currencies() {
		if sums[code] != 0 {
			parts = append(parts, t.amount(net[code], code))
		}
	}
	return parts
}

func (t settlementTexts) unexplainedWord() []string {
	if parts := t.unexplained(); len(parts) > 0 && t.EventsKnown {
		return []string{t.words().Word("subject.unexplained", strings.Join(parts, " + "))}
	}
	return nil
}

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
	for _, code := range t.currencies() {
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

// remarks are what is missing or odd, the worst first.
func (t settlementTexts) remarks() (out []string) {
	words := t.words()
	for _, c := range t.Changed {
		out = append(out, words.Word("remark.settlement_changed", t.settlementName(c.Now.Provider, c.Now.Reference, c.Now.ID), t.amount(c.Before.Amount, c.Before.Currency), t.amount(c.Now.Amount, c.Now.Currency)))
	}
	for _, silent := range t.Silent {
		var amounts []string
		for _, a := range silent.Amounts {
			amounts = append(amounts, t.amount(a.Minor, a.Currency))
		}
		key := "remark.no_settlement"
		if silent.Provider == giftCards {
			key = "remark.gift_cards"
		}
		out = append(out, words.Word(key, t.provider(silent.Provider), strings.Join(amounts, ", "), words.Date(silent.Oldest), strconv.Itoa(settlement.SilentAfter)))
	}
	out = append(out, t.negativeRemarks()...)
	closed := map[int]int{}
	for _, v := range t.Booking.Vouchers {
		if v.Closed > 0 {
			closed[v.Closed]++
		}
	}
	for _, term := range slices.Sorted(maps.Keys(closed)) {
		out = append(out, words.Count("remark.closed_term", int64(closed[term]), strconv.Itoa(term)))
	}
	for i, n := range t.NotForwarded {
		if i == maxNamed {
			out = append(out, words.Word("document.more", words.Int(int64(len(t.NotForwarded)-maxNamed))))
			break
		}
		out = append(out, words.Word("remark.not_forwarded", cmp.Or(n.Name, n.Settlement), n.Settlement))
	}
	return out
}

// negativeRemarks name what goes the other way: the word for it is never the same as for a payout.
func (t settlementTexts) negativeRemarks() (out []string) {
	for _, row := range t.PaidRows() {
		name := t.settlementName(row.Provider, row.ProviderReference, row.ID)
		if row.Amount < 0 {
			out = append(out, t.words().Word("remark.negative_payout", name, t.amount(-row.Amount, row.Currency)))
		}
		if row.Fee < 0 {
			out = append(out, t.words().Word("remark.negative_fee", name, t.amount(-row.Fee, row.Currency)))
		}
	}
	if more := len(out) - maxNamed; more > 1 {
		out = append(out[:maxNamed], t.words().Count("bridge.and_more", int64(more)))
	}
	return out
}

// giftCards is the product of what is paid with gift cards, which nobody pays out.
const giftCards = "dintero"

// BridgeColumns are the columns of the bridge, as words: three texts, then amounts.
func BridgeColumns() []string {
	return []string{"currency", "seller", "provider", "opening", "captured", "refunded", "fees", "paid_out", "closing", "not_settled", "postponed", "unexplained"}
}

// BridgeFigures are the amounts of a line in the order of the columns.
func BridgeFigures(l settlement.Line) []int64 {
	return []int64{l.Opening, l.Captured, l.Refunded, l.Fees, l.PaidOut, l.Closing, l.NotSettled, l.Postponed, l.Unexplained}
}

// sumTable is the bridge of each currency, all sellers and providers together, read from the top
// down. With one line it would say nothing more.
func (t settlementTexts) sumTable() content.Table {
	words, codes := t.words(), t.currencies()
	out := content.Table{Title: words.Word("summary.bridge"), Head: []string{""}, Right: []bool{false}}
	if len(t.Lines) < 2 {
		return out
	}
	if len(codes) == 1 {
		out.Title += " (" + string(codes[0]) + ")"
	}
	for _, code := range codes {
		out.Head, out.Right = append(out.Head, string(code)), append(out.Right, true)
	}
	for i, key := range BridgeColumns()[3:] {
		sums := t.sums(func(l settlement.Line) int64 { return BridgeFigures(l)[i] })
		cells, some := []string{words.Word("column." + key)}, false
		for _, code := range codes {
			cells = append(cells, t.number(sums[code], code))
			some = some || sums[code] != 0
		}
		if some || key != "postponed" && key != "refunded" {
			out.Rows = append(out.Rows, cells)
		}
	}
	return out
}

// bridgeTable is the bridge; columns that would say nothing are left out.
func (t settlementTexts) bridgeTable() (content.Table, error) {
	words := t.words()
	codes := t.currencies()
	sellers := slices.ContainsFunc(t.Lines, func(l settlement.Line) bool { return l.Seller != "" })
	out := content.Table{Title: words.Word("summary.bridge_lines")}
	if len(t.Lines) < 2 {
		out.Title = words.Word("summary.bridge")
	}
	shown := []bool{len(codes) > 1, sellers, true}
	if len(codes) == 1 {
		out.Title += " (" + string(codes[0]) + ")"
	}
	for i, key := range BridgeColumns() {
		if i < len(shown) && !shown[i] {
			continue
		}
		out.Head, out.Right = append(out.Head, words.Word("column."+key)), append(out.Right, i >= len(shown))
	}
	sum := settlement.Line{}
	for _, l := range t.Lines {
		var cells []string
		for i, text := range []string{string(l.Currency), l.Seller, t.provider(l.Provider)} {
			if shown[i] {
				cells = append(cells, text)
			}
		}
		for _, minor := range BridgeFigures(l) {
			cells = append(cells, t.number(minor, l.Currency))
		}
		out.Rows = append(out.Rows, cells)
		if err := addLine(&sum, l); err != nil {
			return out, err
		}
	}
	if len(codes) != 1 || len(t.Lines) < 2 {
		return out, nil
	}
	cells := []string{words.Word("summary.sum")}
	if sellers {
		cells = append(cells, "")
	}
	for _, minor := range BridgeFigures(sum) {
		cells = append(cells, t.number(minor, codes[0]))
	}
	out.Rows, out.Total = append(out.Rows, cells), true
	return out, nil
}

// addLine adds a line of one currency to a sum.
func addLine(sum *settlement.Line, l settlement.Line) error {
	into := []*int64{&sum.Opening, &sum.Captured, &sum.Refunded, &sum.Fees, &sum.PaidOut, &sum.Closing, &sum.NotSettled, &sum.Postponed, &sum.Unexplained}
	for i, minor := range BridgeFigures(l) {
		total, err := money.Add(*into[i], minor)
		if err != nil {
			return fmt.Errorf("bridge: %w", err)
		}
		*into[i] = total
	}
	return nil
}

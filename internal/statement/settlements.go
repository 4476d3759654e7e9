package statement

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// describeSettlements adds what a report of settlements says: what comes to which account, and how it
// follows from what was captured.
func describeSettlements(fs *Figures, s *Statement) error {
	if fs.Settlements == nil {
		return nil
	}
	t := newSettlementTexts(fs)
	if err := t.checkBridge(s); err != nil {
		return err
	}
	s.Remarks = append(t.remarks(), s.Remarks...)
	tables, err := settlementTables{t}.all()
	if err != nil {
		return err
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
	fs         *Figures
	currencies []money.Currency  // of the bridge, in the order of the report's
	providers  map[string]string // of the bridge, as people call them, by code
}

func newSettlementTexts(fs *Figures) settlementTexts {
	t := settlementTexts{Settlements: fs.Settlements, fs: fs, providers: map[string]string{}}
	called := map[string]int{}
	for _, l := range t.Lines {
		if !slices.Contains(t.currencies, l.Currency) {
			t.currencies = append(t.currencies, l.Currency)
		}
		if t.providers[l.Provider] == "" {
			t.providers[l.Provider] = t.called(l.Provider)
			called[t.providers[l.Provider]]++
		}
	}
	slices.SortFunc(t.currencies, fs.compareCurrencies())
	for code, name := range t.providers {
		if called[name] > 1 {
			t.providers[code] = name + " (" + code + ")"
		}
	}
	return t
}

func (t settlementTexts) words() *locales.Printer { return t.fs.Words }

// amount is an amount with its currency, by code where there are several.
func (t settlementTexts) amount(minor int64, code money.Currency) string {
	a := money.Amount{Minor: minor, Currency: code}
	if len(t.currencies) > 1 {
		return t.words().MoneyByCode(a)
	}
	return t.words().Money(a)
}

func (t settlementTexts) number(minor int64, code money.Currency) string {
	return t.words().Number(money.Amount{Minor: minor, Currency: code})
}

// provider is a provider as people call it, with its code where another one of the bridge is
// called the same.
func (t settlementTexts) provider(code string) string {
	if name, ok := t.providers[code]; ok {
		return name
	}
	return t.called(code)
}

func (t settlementTexts) called(code string) string {
	return t.words().WordOr("provider."+strings.ToLower(code), code)
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
		return append(append(parts, t.postponedWord()...), t.unexplainedWord()...)
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
	return append(append(parts, t.postponedWord()...), t.unexplainedWord()...)
}

func (t settlementTexts) postponedWord() []string {
	if n := len(t.Waiting); n > 0 {
		return []string{t.words().Count("subject.postponed", int64(n))}
	}
	return nil
}

// closings says what is outstanding now.
func (t settlementTexts) closings() string {
	sums := t.sums(func(l settlement.Line) int64 { return l.Closing })
	var parts []string
	for _, code := range t.currencies {
		if sums[code] != 0 {
			parts = append(parts, t.amount(sums[code], code))
		}
	}
	return strings.Join(parts, ", ")
}

// inOrder are amounts in the order in which the report names their currencies.
func (t settlementTexts) inOrder(amounts []money.Amount) []money.Amount {
	compare := t.fs.compareCurrencies()
	return slices.SortedFunc(slices.Values(amounts), func(a, b money.Amount) int { return compare(a.Currency, b.Currency) })
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
	for _, code := range t.currencies {
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

// remarks are what is missing or odd, the worst first.
func (t settlementTexts) remarks() (out []string) {
	words := t.words()
	for _, c := range t.Changed {
		out = append(out, words.Word("remark.settlement_changed", t.settlementName(c.Now.Provider, c.Now.Reference, c.Now.ID), t.amount(c.Before.Amount, c.Before.Currency), t.amount(c.Now.Amount, c.Now.Currency)))
	}
	for _, silent := range t.Silent {
		var amounts []string
		for _, a := range t.inOrder(silent.Amounts) {
			amounts = append(amounts, t.amount(a.Minor, a.Currency))
		}
		key := "remark.no_settlement"
		if silent.Provider == giftCards {
			key = "remark.gift_cards"
		}
		out = append(out, words.Word(key, t.provider(silent.Provider), strings.Join(amounts, ", "), words.Date(silent.Oldest), strconv.Itoa(settlement.SilentAfter)))
	}
	out = append(append(out, t.unlistedRemark()...), t.negativeRemarks()...)
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

// unlistedRemark names settlements that payments are said to be in, and that nobody lists: they may come
// late, or be another account's.
func (t settlementTexts) unlistedRemark() []string {
	ids := slices.Sorted(maps.Keys(t.Unlisted))
	if len(ids) == 0 {
		return nil
	}
	named := strings.Join(ids[:min(len(ids), maxNamed)], ", ")
	if more := len(ids) - maxNamed; more > 0 {
		named += " " + t.words().Count("bridge.and_more", int64(more))
	}
	return []string{t.words().Count("remark.unlisted", int64(len(ids)), named)}
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
		out = append(out[:maxNamed], t.words().Word("document.more", t.words().Int(int64(more)))) // one settlement may have two
	}
	return out
}

// giftCards is the product of what is paid with gift cards, which nobody pays out.
const giftCards = "dintero"

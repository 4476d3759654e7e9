package reportconfig

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"rapport/internal/yamltree"
)

// readData reads the filters of an entry into its data type; without one it only looks for faults.
func readData(m yamltree.Mapping, kind DataType) Data {
	filters := readFilters(m, kind)
	switch kind {
	case CheckoutTransactions:
		return Transactions{Stores: filters[byStore], Sellers: filters[bySeller]}
	case OpenTransactions:
		open := Open{Stores: filters[byStore]}
		if days := filters[byAge]; len(days) > 0 {
			open.OlderThanDays, _ = strconv.Atoi(days[0])
		}
		return open
	case OrderOperations:
		return Orders{Destinations: filters[byDestination]}
	case WalletTransactions:
		return Wallets{}
	case PayoutSettlements:
		return Settlements{Sellers: filters[bySeller], Providers: filters[byProvider]}
	}
	return nil
}

// readSplit reads what tells the parts of a report apart, and who gets which.
func (e *Entry) readSplit(m yamltree.Mapping, kind DataType) {
	addresses, listed := m.Field("addresses")
	v, ok := m.Field("split")
	if !ok {
		if listed {
			addresses.Fault("say with split what tells the parts apart: payout_destination_id or store_id", "lists who gets which part, and the report is not split")
		}
		return
	}
	e.Split = Split(v.Choose(m.Enum("split"), nil))
	data, isTransactions := e.Data.(Transactions)
	switch {
	case kind != "" && kind != CheckoutTransactions && kind != OpenTransactions:
		v.Fault("leave it out; checkout/transactions and checkout/transactions/open can be split", "%s cannot be split", kind)
	case isTransactions && len(data.Sellers) > 0:
		v.Fault("leave one of them out", "the report is one of sellers already, by its filter payout_destination_id")
	}
	if !listed {
		v.Warn("add addresses: a file with the columns value, name, emails and language", "nobody is mailed a part; all of them are in the archive alone")
		return
	}
	e.Addresses = addresses.FilePath()
}

// readFilters returns the values for each filter, in the order given.
func readFilters(m yamltree.Mapping, kind DataType) map[string][]string {
	v, ok := m.Field("reportFilters")
	if !ok {
		return nil
	}
	items, ok := v.List()
	if !ok || len(items) == 0 {
		return nil
	}
	if kind == WalletTransactions {
		v.Fault("leave it out", "%s has no filters", kind)
		return nil
	}
	filters := map[string][]string{}
	for _, item := range items {
		name, s, ok := readFilter(item, kind)
		switch {
		case !ok:
		case name == byAge && len(filters[name]) > 0:
			item.Fault("keep one of them", "%s can be given only once", byAge)
		case slices.Contains(filters[name], s):
			item.Warn("keep one of them", "the same filter stands here twice")
		default:
			filters[name] = append(filters[name], s)
		}
	}
	return filters
}

// readFilter reads one filter. Dintero lets that of an order be half empty, then it filters nothing.
func readFilter(v yamltree.Value, kind DataType) (name, s string, ok bool) {
	m, ok := v.Mapping(section("filter"))
	if !ok {
		return "", "", false
	}
	given, hasName := m.Field("filter")
	if hasName {
		name = readFilterName(given, kind)
	}
	content, hasValue := m.Field("value")
	if hasValue {
		s = readFilterValue(content, name)
	}
	switch {
	case hasName && hasValue:
		return name, s, name != "" && s != ""
	case kind == OrderOperations:
		v.Warn("give both filter and value, or leave it out", "filters nothing")
	case kind != "" && !hasName:
		m.Required("filter", yamltree.OneOf(offerOf(kind).filters))
	case kind != "":
		m.Required("value", "the value to keep")
	}
	return "", "", false
}

func readFilterName(v yamltree.Value, kind DataType) string {
	s, anywhere, here := v.Raw(), offerOf("").filters, offerOf(kind).filters
	if kind != "" && v.Tag() == "!!str" && slices.Contains(anywhere, s) && !slices.Contains(here, s) {
		v.Fault("it has "+strings.Join(here, ", "), "%s is not a filter of %s", s, kind)
		return ""
	}
	return v.Choose(here, nil)
}

func readFilterValue(v yamltree.Value, name string) string {
	s := v.Text()
	n, err := strconv.Atoi(s)
	switch {
	case strings.TrimSpace(s) != s:
		v.Fault("take them out, or nothing will match", "%s has spaces around it", yamltree.Quote(s))
	case strings.ContainsFunc(s, isInvisible):
		v.Fault("type it anew, or nothing will match", "%s has a character in it that nobody sees", yamltree.Quote(s))
	case name == byAge && s != "" && (!isDigits(s) || err != nil || n < 1 || n > 3650):
		v.Fault(`a whole number from 1 to 3650, in quotes`, "%s is not a number of days", yamltree.Quote(s))
	default:
		return s
	}
	return ""
}

// isInvisible tells what comes along when an id is copied out of a spreadsheet, like U+200E.
func isInvisible(r rune) bool { return unicode.Is(unicode.Cf, r) }

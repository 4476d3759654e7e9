package reportconfig

import (
	"slices"
	"strconv"
	"strings"
)

// data reads the filters of an entry into its data type; without one it only looks for faults.
func data(m mapping, kind DataType) Data {
	filters := reportFilters(m, kind)
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
	}
	return nil
}

// reportFilters returns the values for each filter, in the order given.
func reportFilters(m mapping, kind DataType) map[string][]string {
	v, ok := m.field("reportFilters")
	if !ok {
		return nil
	}
	items, ok := v.list()
	if !ok || len(items) == 0 {
		return nil
	}
	if kind == WalletTransactions {
		v.fault("leave it out", "%s has no filters", kind)
		return nil
	}
	filters := map[string][]string{}
	for _, item := range items {
		name, s, ok := item.filter(kind)
		switch {
		case !ok:
		case name == byAge && len(filters[name]) > 0:
			item.fault("keep one of them", "%s can be given only once", byAge)
		case slices.Contains(filters[name], s):
			item.warn("keep one of them", "the same filter stands here twice")
		default:
			filters[name] = append(filters[name], s)
		}
	}
	return filters
}

// filter reads one filter. Dintero lets that of an order be half empty, then it filters nothing.
func (v value) filter(kind DataType) (name, s string, ok bool) {
	m, ok := v.mapping(filterSection())
	if !ok {
		return "", "", false
	}
	given, hasName := m.field("filter")
	if hasName {
		name, ok = given.filterName(kind)
	}
	content, hasValue := m.field("value")
	if hasValue {
		var fine bool
		s, fine = content.filterValue(name)
		ok = ok && fine
	}
	switch {
	case hasName && hasValue:
		return name, s, ok
	case kind == OrderOperations:
		v.warn("give both filter and value, or leave it out", "filters nothing")
	case kind != "" && !hasName:
		m.lacks("filter", oneOf(kind.offer().filters))
	case kind != "":
		m.lacks("value", "the value to keep")
	}
	return "", "", false
}

func (v value) filterName(kind DataType) (string, bool) {
	everywhere, here := DataType("").offer().filters, kind.offer().filters
	if s := v.node.Value; kind != "" && v.node.ShortTag() == "!!str" && slices.Contains(everywhere, s) && !slices.Contains(here, s) {
		v.fault("it has "+strings.Join(here, ", "), "%s is not a filter of %s", s, kind)
		return "", false
	}
	return choose(v, here, nil)
}

func (v value) filterValue(name string) (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	if strings.TrimSpace(s) != s {
		v.fault("take them out, or nothing will match", "%s has spaces around it", quote(s))
		return "", false
	}
	if name != byAge {
		return s, true
	}
	if n, err := strconv.Atoi(s); !digits(s) || err != nil || n < 1 || n > 3650 {
		v.fault(`a whole number from 1 to 3650, in quotes`, "%s is not a number of days", quote(s))
		return "", false
	}
	return s, true
}

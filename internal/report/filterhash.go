package report

import (
	"fmt"
	"slices"

	"rapport/internal/ident"
	"rapport/reportconfig"
)

// FilterHash names what a report's totals are made of. Only those of one basis are compared:
// not those of a report that had other filters then.
func FilterHash(data reportconfig.Data) string {
	parts := []string{string(data.DataType())}
	add := func(filter string, values []string) {
		for _, v := range slices.Sorted(slices.Values(values)) {
			parts = append(parts, filter+" "+v)
		}
	}
	switch d := data.(type) {
	case reportconfig.Transactions:
		add("store", d.Stores)
		add("seller", d.Sellers)
	case reportconfig.Open:
		add("store", d.Stores)
		add("seller", d.Sellers)
		parts = append(parts, fmt.Sprint("older than ", d.OlderThanDays))
	case reportconfig.Orders:
		add("destination", d.Destinations)
	case reportconfig.Settlements:
		add("seller", d.Sellers)
		add("provider", d.Providers)
	}
	return ident.ShortHash(parts)
}

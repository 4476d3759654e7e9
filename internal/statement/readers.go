package statement

import (
	"strings"
	"time"

	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/locales"
	"rapport/reportconfig"
)

// facts are what the report is of. A store and a seller are told who answers them in place of
// the account, which is none of theirs.
func facts(account Account, data reportconfig.Data, fs *Figures, now time.Time) []content.Fact {
	words, of := fs.Words, Whose(account, data, fs.Words)
	list := []content.Fact{
		of, {Label: words.Word("document.filters"), Value: filters(data, fs.Totals, words)},
		{Label: words.Word("document.data_read"), Value: words.DateTime(now.In(account.Location)) + " (" + account.Zone + ")"},
	}
	if of.Value == "" {
		list = list[1:]
	}
	return list
}

// Whose is the account that a report is of, or who answers whom that is none of.
func Whose(account Account, data reportconfig.Data, words *locales.Printer) content.Fact {
	if isPart(data) {
		return content.Fact{Label: words.Word("document.contact"), Value: account.Contact}
	}
	return content.Fact{Label: words.Word("document.account"), Value: account.ID}
}

// isPart tells whether a report is cut to stores or sellers, who see nothing of the others.
func isPart(data reportconfig.Data) bool {
	switch d := data.(type) {
	case reportconfig.Transactions:
		return len(d.Stores)+len(d.Sellers) > 0
	case reportconfig.Open:
		return len(d.Stores)+len(d.Sellers) > 0
	case reportconfig.Orders:
		return len(d.Destinations) > 0
	case reportconfig.Settlements:
		return len(d.Sellers) > 0
	}
	return false
}

// filters says what the report is cut to.
func filters(data reportconfig.Data, totals *report.Totals, words *locales.Printer) string {
	var parts []string
	add := func(filter string, values []string) {
		if len(values) > 0 {
			parts = append(parts, words.Word("filter."+filter)+": "+strings.Join(values, ", "))
		}
	}
	switch d := data.(type) {
	case reportconfig.Transactions:
		add("store_id", storeNames(d.Stores, totals))
		if len(d.Sellers) > 0 {
			add("payout_destination_id", []string{sellerNames(d.Sellers, totals)})
		}
	case reportconfig.Open:
		add("store_id", storeNames(d.Stores, totals))
		if len(d.Sellers) > 0 {
			add("payout_destination_id", []string{sellerNames(d.Sellers, totals)})
		}
		if d.OlderThanDays > 0 {
			add("older_than_days", []string{words.Count("days", int64(d.OlderThanDays))})
		}
	case reportconfig.Orders:
		add("operation_payout_destination", d.Destinations)
	case reportconfig.Settlements:
		add("payout_destination_id", d.Sellers)
		add("payment_provider", d.Providers)
	}
	if len(parts) == 0 {
		return words.Word("document.no_filters")
	}
	return strings.Join(parts, "; ")
}

// storeNames are stores by name and id, where the data tells the name.
func storeNames(ids []string, totals *report.Totals) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		if names[i] = id; totals.Store(id) != id {
			names[i] = totals.Store(id) + " (" + id + ")"
		}
	}
	return names
}

// sellerNames are the sellers of a report: the only one by name and id, where the data tells
// the name.
func sellerNames(ids []string, totals *report.Totals) string {
	if name := totals.SellerName(); name != "" && len(ids) == 1 && name != ids[0] {
		return name + " (" + ids[0] + ")"
	}
	return strings.Join(ids, ", ")
}

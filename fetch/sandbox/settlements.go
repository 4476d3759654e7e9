package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

// mostSettlements is the largest page of settlements.
const mostSettlements = 1000

// latestRecord is how many days after its payout a settlement's record may be made.
const latestRecord = 7

// settlementFilter is the documented parameters of GET …/settlements.
type settlementFilter struct {
	providers, seller, search []string
	settled, created          window
	byCreation                bool
}

func (q *query) settlementFilter() settlementFilter {
	f := settlementFilter{
		providers: q.list("payment_provider"), seller: q.atMostOne("payout_destination_id"), search: q.atMostOne("search"),
		settled: q.days("created_at"), created: q.days("item_created_at"),
	}
	if f.byCreation = f.created.given(); f.byCreation && f.settled.given() {
		q.bad("item_created_at", "cannot be combined with created_at")
	}
	return f
}

// days is a window of whole days in UTC, both included.
func (q *query) days(name string) window {
	w := q.window(name)
	if to, given := q.one(name + ".lte"); given && len(to) == len(time.DateOnly) {
		w.to = w.to.Add(day - time.Nanosecond)
	}
	return w
}

func (f *settlementFilter) matches(s *shop.Settlement) bool {
	return f.settled.holds(s.SettledAt) && f.created.holds(s.Created) && (f.providers == nil || slices.Contains(f.providers, s.Provider)) &&
		(f.seller == nil || s.Seller == f.seller[0]) && (f.search == nil || strings.Contains(s.ID, f.search[0]))
}

// span are the days on which what the filter asks for can have been paid out.
func (f *settlementFilter) span(v view) (newest, oldest shop.Date) {
	top, bottom := v.now, later(f.settled.from, f.created.from)
	for _, w := range []window{f.settled, f.created} {
		if !w.to.IsZero() && w.to.Before(top) {
			top = w.to
		}
	}
	return v.DateOf(top), v.DateOf(bottom) - latestRecord
}

// listSettlements is GET …/settlements. Its cursor is an id and the date by which the
// listing is asked for, both from last_evaluated_key.
func (v view) listSettlements(r *http.Request, faults faultSet) answer {
	q := newQuery(r)
	f, limit := q.settlementFilter(), q.limit(mostSettlements)
	after, hasID := q.one("starting_after_id")
	q.instant("starting_after_date")
	date, hasDate := q.one("starting_after_date")
	if hasID != hasDate {
		q.bad("starting_after_id", "must be used together with starting_after_date")
	}
	if a, wrong := q.refused(); wrong {
		return a
	}
	if cursor := findSettlement(v, after); hasID && (cursor == nil || date != timestamp(f.dateOf(cursor))) {
		return refuse(http.StatusBadRequest, "invalid_request", "Invalid filters", "starting_after_id: is no key of this listing")
	}
	days := dayRows[*shop.Settlement]{
		of:   func(d shop.Date) []*shop.Settlement { return pointers(v.Settlements(d)) },
		find: func(id string) *shop.Settlement { return findSettlement(v, id) },
		show: func(s *shop.Settlement) (row, bool) {
			return row{s.ID, func(w *jsonWriter) { writeSettlement(w, s, v.now) }}, s.IsListed(v.now) && f.matches(s)
		},
	}
	days.newest, days.oldest = f.span(v)
	rows := days.page(r.Context(), after, limit, faults)
	return ok(func(w *jsonWriter) {
		writeRows(w.object(""), "items", rows)
		if len(rows) >= limit || len(rows) > 0 && (faults.has("loop") || faults.has("stuck")) {
			last := findSettlement(v, rows[len(rows)-1].id)
			by := "settled_at"
			if f.byCreation {
				by = "created_at"
			}
			w.object("last_evaluated_key").text("id", last.ID).text("account_id", v.account).text(by, timestamp(f.dateOf(last))).end()
		}
		w.end()
	})
}

// dateOf is the date of a settlement that a cursor has.
func (f *settlementFilter) dateOf(s *shop.Settlement) time.Time {
	if f.byCreation {
		return s.Created
	}
	return s.SettledAt
}

func pointers[T any](list []T) []*T {
	all := make([]*T, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// findSettlement is the settlement of an id, if it is listed; else nil. An id does not tell
// its day.
func findSettlement(v view, id string) *shop.Settlement {
	if id == "" {
		return nil
	}
	for d := range shop.Days(v.DateOf(v.now), 0) {
		for _, s := range v.Settlements(d) {
			if s.ID == id {
				if s.IsListed(v.now) {
					return &s
				}
				return nil
			}
		}
		if v.DateOf(v.now)-d > searchedDays {
			break
		}
	}
	return nil
}

// searchedDays is for how long after its payout a settlement is found by its id.
const searchedDays = 800

// writeSettlement writes a settlement as of now, in the JSON of GET …/settlements.
func writeSettlement(w *jsonWriter, s *shop.Settlement, now time.Time) {
	w.object("").text("id", s.ID).text("start_at", timestamp(s.Start)).text("end_at", timestamp(s.End)).text("settled_at", timestamp(s.SettledAt)).
		text("created_at", timestamp(s.Created)).text("updated_at", timestamp(s.UpdatedAt(now))).text("email_received_at", timestamp(s.Created)).
		text("provider", s.Provider).text("provider_reference", s.Reference).optional("payment_status", s.PaymentStatus(now)).
		optional("store_id", s.StoreID).optional("payout_destination_id", s.Seller).list("attachments")
	for _, a := range attachmentsOf(s) {
		w.object("").text("id", a.id).text("key", a.key).text("content_type", a.contentType).text("extension", a.extension).text("created_by", a.by).end()
	}
	w.end().list("amounts")
	for _, f := range s.Amounts {
		w.object("").number("amount", f.Amount).number("capture", f.Capture).number("refund", f.Refund).number("fee", f.Fee).text("currency", f.Currency).end()
	}
	w.end().end()
}

// attached is a file of a settlement.
type attached struct{ id, key, contentType, extension, by string }

// attachmentsOf are Dintero's files of a settlement, and the provider's where that sends one.
func attachmentsOf(s *shop.Settlement) []attached {
	name := "settlement_" + s.SettledAt.Format(time.DateOnly) + "_" + s.ID[:8]
	all := []attached{
		{s.ID[:20] + "-1", name + ".pdf", "application/pdf", "pdf", "dintero"},
		{s.ID[:20] + "-2", name + ".xml", "application/xml", "xml", "dintero"},
	}
	if s.Provider == "payex" || s.Provider == "vipps" {
		all = append(all, attached{s.ID[:20] + "-3", s.Provider + "/" + s.Reference + ".csv", "text/csv", "csv", s.Provider})
	}
	return all
}

// attachment is GET …/settlements/{settlementid}/attachments/{attachmentid}: the bytes, as
// JSON by name only.
func (v view) attachment(settlement, id string) (a answer, found bool) {
	s := findSettlement(v, settlement)
	if s == nil {
		return answer{}, false
	}
	for _, file := range attachmentsOf(s) {
		if file.id == id {
			return answer{status: http.StatusOK, header: map[string]string{"Content-Type": file.contentType}, body: attachmentBody(s, file.extension)}, true
		}
	}
	return answer{}, false
}

func attachmentBody(s *shop.Settlement, extension string) []byte {
	decimal := func(minor int64) string {
		sign := ""
		if minor < 0 {
			sign, minor = "-", -minor
		}
		return fmt.Sprintf("%s%d.%02d", sign, minor/100, minor%100)
	}
	var b strings.Builder
	switch extension {
	case "pdf":
		const text = "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
		fmt.Fprintf(&b, "%strailer<</Root 1 0 R/Info<</Title(%s)>>>>\n%%%%EOF\n", text, s.ID)
	case "csv":
		b.WriteString("reference;currency;capture;refund;fee;amount\r\n")
		for _, f := range s.Amounts {
			fmt.Fprintf(&b, "%s;%s;%s;%s;%s;%s\r\n", s.Reference, f.Currency, decimal(f.Capture), decimal(f.Refund), decimal(f.Fee), decimal(f.Amount))
		}
	default:
		fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Report><PaymentsInfo><ReportReferenceNum>%s</ReportReferenceNum><DinteroSettlementId>%s</DinteroSettlementId>", s.ID, s.ID)
		for _, f := range s.Amounts {
			fmt.Fprintf(&b, "<SettlementInfo><SettlementDate>%s</SettlementDate><SettlementProvider>%s</SettlementProvider><SettlementReference>%s</SettlementReference>"+
				"<SettlementCurrencyCode>%s</SettlementCurrencyCode><TransactionAmount>%s</TransactionAmount></SettlementInfo>",
				s.SettledAt.Format(time.DateOnly), s.Provider, s.Reference, f.Currency, decimal(f.Amount))
		}
		b.WriteString("</PaymentsInfo></Report>\n")
	}
	return []byte(b.String())
}

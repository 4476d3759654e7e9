package sandbox

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/fetch/sandbox/internal/shop"
)

const settlementsPath = "/accounts/" + account + "/settlements"

// What a stranger's program reads of a settlement.
type wireSettlement struct {
	ID          string           `json:"id"`
	StartAt     string           `json:"start_at"`
	EndAt       string           `json:"end_at"`
	SettledAt   string           `json:"settled_at"`
	CreatedAt   string           `json:"created_at"`
	UpdatedAt   string           `json:"updated_at"`
	Provider    string           `json:"provider"`
	Reference   string           `json:"provider_reference"`
	Status      string           `json:"payment_status"`
	StoreID     string           `json:"store_id"`
	Seller      string           `json:"payout_destination_id"`
	Amounts     []shop.Figures   `json:"amounts"`
	Attachments []wireAttachment `json:"attachments"`
}

type wireAttachment struct {
	ID          string `json:"id"`
	Key         string `json:"key"`
	ContentType string `json:"content_type"`
	Extension   string `json:"extension"`
	CreatedBy   string `json:"created_by"`
}

// settlements reads every page of a listing.
func (c *client) settlements(query url.Values) (all []wireSettlement) {
	c.t.Helper()
	q := url.Values{"limit": {"1000"}}
	for k, v := range query {
		q[k] = v
	}
	for {
		var page struct {
			Items []wireSettlement  `json:"items"`
			Key   map[string]string `json:"last_evaluated_key"`
		}
		c.decode(c.get(settlementsPath, q), &page)
		all = append(all, page.Items...)
		if page.Key == nil {
			return all
		}
		q.Set("starting_after_id", page.Key["id"])
		q.Set("starting_after_date", page.Key["settled_at"]+page.Key["created_at"])
	}
}

// TestSettlementsAreTheSumOfTheirEvents: over a year, what the events of all transactions say
// of a settlement is what the settlement says, but for what is hidden in it on purpose.
func TestSettlementsAreTheSumOfTheirEvents(t *testing.T) {
	v := testView(t, 1, noon())
	rows := map[string]map[string]shop.Figures{} // by settlement and currency
	for d := range shop.Days(v.DateOf(v.now), v.DateOf(v.now)-580) {
		for _, tx := range v.Day(d) {
			for _, e := range v.paidEvents(t, &tx) {
				if e.Settlements == nil {
					continue
				}
				sum := int64(0)
				for _, r := range e.Settlements.Events {
					if rows[r.ID] == nil {
						rows[r.ID] = map[string]shop.Figures{}
					}
					f := rows[r.ID][tx.Currency]
					capture, refund, fee := value(r.Capture), value(r.Refund), value(r.Fee)
					if r.Amount != capture-refund-fee {
						t.Fatalf("%s: a row of %d is %d − %d − %d", tx.ID, r.Amount, capture, refund, fee)
					}
					rows[r.ID][tx.Currency] = shop.Figures{Currency: tx.Currency, Amount: f.Amount + r.Amount, Capture: f.Capture + capture, Refund: f.Refund + refund, Fee: f.Fee + fee}
					sum += capture + refund
				}
				if sum != value(e.Amount) {
					t.Fatalf("%s: %d of an event of %d is settled", tx.ID, sum, value(e.Amount))
				}
			}
		}
	}
	n := 0
	for d := range shop.Days(v.DateOf(v.now), v.DateOf(v.now)-370) {
		for _, s := range v.Settlements(d) {
			n++
			of := rows[s.ID]
			for _, hidden := range s.Hidden {
				f := of[hidden.Currency]
				of[hidden.Currency] = shop.Figures{Currency: hidden.Currency, Amount: f.Amount + hidden.Amount, Capture: f.Capture + hidden.Capture, Refund: f.Refund + hidden.Refund, Fee: f.Fee + hidden.Fee}
			}
			for _, f := range s.Amounts {
				if of[f.Currency] != f {
					t.Errorf("%s %s %s: says %+v, its events %+v", s.ID, s.Provider, s.Seller, f, of[f.Currency])
				}
			}
		}
	}
	if n < 300 {
		t.Errorf("%d settlements in a year", n)
	}
}

// A paidEvent is what a listing says of where an event was paid out.
type paidEvent struct {
	Amount      *int64           `json:"amount"`
	Settlements *wireSettlements `json:"settlements"`
}

func (v view) paidEvents(t *testing.T, tx *shop.Transaction) []paidEvent {
	var w jsonWriter
	visible, _ := tx.Visible(v.now)
	v.writeEvents(w.object(""), tx, visible)
	var read struct{ Events []paidEvent }
	if err := json.Unmarshal(w.end().b, &read); err != nil {
		t.Fatal(err)
	}
	return read.Events
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// TestAYearOfSettlementsHasEveryTrouble that a bridge must bear.
func TestAYearOfSettlementsHasEveryTrouble(t *testing.T) {
	v := testView(t, 1, noon())
	seen := map[string]int{}
	for d := range shop.Days(v.DateOf(v.now), v.DateOf(v.now)-370) {
		for _, s := range v.Settlements(d) {
			weekday := v.Midnight(d).Weekday()
			seen[s.Provider]++
			seen["seller "+s.Seller]++
			seen["on a "+weekday.String()]++
			seen["status "+s.PaymentStatus(v.now)]++
			if s.PaidAt.After(s.SettledAt) {
				seen["paid later"]++
			}
			if s.Created.After(s.SettledAt) {
				seen["a late record"]++
			}
			if len(s.Amounts) > 1 {
				seen["several currencies"]++
			}
			if s.StoreID != "" {
				seen["one store"]++
			}
			for _, f := range s.Amounts {
				if f.Amount < 0 {
					seen["negative"]++
				}
				if f.Amount != f.Capture-f.Refund-f.Fee {
					seen["unsound"]++
				}
			}
			for _, h := range s.Hidden {
				switch {
				case h.Fee != 0 && h.Capture == 0:
					seen["a fixed fee"]++
				case h.Refund != 0 && h.Capture == 0:
					seen["a chargeback"]++
				case h.Capture != 0:
					seen["taken into the next"]++
				}
			}
			if len(s.ID) != 40 || strings.Trim(s.ID, "0123456789abcdef") != "" {
				t.Errorf("id %q", s.ID)
			}
		}
	}
	for _, want := range []string{"payex", "vipps", "payout", "bambora", "seller ", "seller lofoten-torrfisk", "seller fjordfisk-tromso", "on a Tuesday", "status ", "status paid", "status postponed",
		"paid later", "a late record", "several currencies", "one store", "negative", "unsound", "a fixed fee", "a chargeback", "taken into the next"} {
		if seen[want] == 0 {
			t.Errorf("no settlement is %s: %v", want, seen)
		}
	}
	for _, never := range []string{"klarna", "swish", "collector", "on a Saturday", "on a Sunday"} {
		if seen[never] > 0 {
			t.Errorf("%d settlements are %s", seen[never], never)
		}
	}
}

// A holiday moves the payout to the next bank day, and what is in it to the one before.
func TestAPayoutWaitsForABankDay(t *testing.T) {
	v := testView(t, 1, at("2030-01-20T12:00:00Z"))
	for day, want := range map[string]bool{
		"2022-05-17": false, "2022-05-18": true, // Constitution Day on a Tuesday
		"2023-12-26": false, "2023-12-27": true,
		"2024-12-24": false, "2024-12-27": true, // a Friday, after three days without
		"2030-01-01": false, "2030-01-02": true,
		"2026-11-17": true, "2026-11-18": false,
	} {
		if got := len(v.Settlements(v.DateOf(at(day+"T12:00:00+01:00")))) > 0; got != want {
			t.Errorf("%s: paid out %v, want %v", day, got, want)
		}
	}
	// Tuesday 7 April 2026 comes after Easter Monday: two bank days before it is 31 March.
	for _, s := range v.Settlements(v.DateOf(at("2026-04-07T12:00:00+02:00"))) {
		if latest := at("2026-03-31T23:59:59+02:00"); s.End.After(latest) {
			t.Errorf("%s pays out what happened at %s", s.ID, s.End)
		}
	}
}

func TestSettlementsPageByIdAndDate(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	since := url.Values{"created_at.gte": {"2026-10-01"}}
	want := c.settlements(since)
	if len(want) < 40 {
		t.Fatalf("%d settlements", len(want))
	}
	for _, q := range []url.Values{{"created_at.gte": {"2026-10-01"}, "limit": {"7"}}, {"item_created_at.gte": {"2026-10-01"}, "limit": {"11"}}} {
		if diff := cmp.Diff(want, c.settlements(q)); diff != "" {
			t.Errorf("%v: -want +got:\n%s", q, diff)
		}
	}
	one := want[3]
	for _, test := range []struct {
		query url.Values
		keep  func(wireSettlement) bool
	}{
		{url.Values{"payment_provider": {"vipps", "bambora"}}, func(s wireSettlement) bool { return s.Provider == "vipps" || s.Provider == "bambora" }},
		{url.Values{"payout_destination_id": {"lofoten-torrfisk"}}, func(s wireSettlement) bool { return s.Seller == "lofoten-torrfisk" }},
		{url.Values{"search": {one.ID}}, func(s wireSettlement) bool { return s.ID == one.ID }},
		{url.Values{"created_at.lte": {"2026-11-10"}}, func(s wireSettlement) bool { return s.SettledAt < "2026-11-11" }},
	} {
		test.query["created_at.gte"] = since["created_at.gte"]
		var kept []wireSettlement
		for _, s := range want {
			if test.keep(s) {
				kept = append(kept, s)
			}
		}
		if diff := cmp.Diff(kept, c.settlements(test.query)); diff != "" || len(kept) == 0 {
			t.Errorf("%v: %d to find, -want +got:\n%s", test.query, len(kept), diff)
		}
	}
	for _, bad := range []url.Values{{"limit": {"1001"}}, {"limit": {"0"}}, {"starting_after_id": {one.ID}}, {"starting_after_date": {one.SettledAt}},
		{"starting_after_id": {"x"}, "starting_after_date": {one.SettledAt}}, {"starting_after": {one.ID}}, {"currency": {"NOK"}}, {"starting_after_id": {one.ID}, "starting_after_date": {"2026-01-01"}},
		{"created_at.gte": {"2026-10-01"}, "item_created_at.gte": {"2026-10-01"}}} {
		if res, body, _ := c.try(settlementsPath, bad); res.StatusCode != 400 {
			t.Errorf("%v: %d %.200s", bad, res.StatusCode, body)
		}
	}
}

// What is not there yet is not listed, and a payout that waits says so until it is paid.
func TestNowHidesWhatASettlementWillBe(t *testing.T) {
	v := testView(t, 1, noon())
	var waits *shop.Settlement
	for d := range shop.Days(v.DateOf(v.now), v.DateOf(v.now)-370) {
		for _, s := range v.Settlements(d) {
			if waits == nil && s.PaidAt.Sub(s.SettledAt) > 5*24*time.Hour && s.PaidAt.Before(v.now) {
				waits = &s
			}
		}
	}
	for when, want := range map[time.Time]string{waits.SettledAt.Add(-time.Second): "", waits.SettledAt: "postponed", waits.PaidAt.Add(-time.Second): "postponed", waits.PaidAt: "paid"} {
		got := ""
		for _, s := range inProcess(t, newServer(t, 1, when)).login().settlements(url.Values{"search": {waits.ID}, "created_at.gte": {waits.SettledAt.Format(time.DateOnly)}}) {
			got = s.Status
			if s.UpdatedAt > timestamp(when) {
				t.Errorf("at %s it was changed at %s", when, s.UpdatedAt)
			}
		}
		if got != want {
			t.Errorf("at %s: %q, want %q", when, got, want)
		}
	}
}

func TestAttachmentsAreFiles(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	seen := map[string]int{}
	for _, s := range c.settlements(url.Values{"created_at.gte": {"2026-11-10"}}) {
		for _, a := range s.Attachments {
			res, body, err := c.try(settlementsPath+"/"+s.ID+"/attachments/"+a.ID, nil)
			if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != a.ContentType || len(body) < 50 || json.Valid(body) {
				t.Errorf("%s: %v %d bytes, %v", a.Key, res.Status, len(body), err)
			}
			seen[a.Extension+" by "+a.CreatedBy]++
			if a.Extension == "xml" && !strings.Contains(string(body), "<DinteroSettlementId>"+s.ID) {
				t.Errorf("%s says %s", a.Key, body)
			}
		}
	}
	for _, want := range []string{"pdf by dintero", "xml by dintero", "csv by payex", "csv by vipps"} {
		if seen[want] == 0 {
			t.Errorf("no %s: %v", want, seen)
		}
	}
	for _, path := range []string{"/x/attachments/y", "/" + strings.Repeat("0", 40) + "/attachments/y"} {
		if res, _, _ := c.try(settlementsPath+path, nil); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// An event's rows name the settlement before its record is there, and never one that is later.
func TestEventsNameSettlementsOfTheirProvider(t *testing.T) {
	v := testView(t, 1, noon())
	known := map[string]string{}
	for d := range shop.Days(v.DateOf(v.now), v.DateOf(v.now)-400) {
		for _, s := range v.Settlements(d) {
			known[s.ID] = fmt.Sprint(s.Provider, " ", s.Reference)
		}
	}
	providers := map[string][]string{"payex": {"payex"}, "vipps": {"vipps"}, "dintero_psp": {"payout"}, "bambora": {"bambora"}}
	n := 0
	for d := range shop.Days(v.DateOf(v.now), v.DateOf(v.now)-60) {
		for _, tx := range v.Day(d) {
			for _, e := range v.listed(t, &tx).Events {
				if e.Settlements == nil {
					continue
				}
				for _, r := range e.Settlements.Events {
					provider, reference, _ := strings.Cut(known[r.ID], " ")
					if n++; !slices.Contains(providers[tx.Method.Product], provider) || reference != r.Provider {
						t.Fatalf("an event of %s is in %q, reference %s", tx.Method.Product, known[r.ID], r.Provider)
					}
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("%d rows", n)
	}
}

package fetch

import (
	"bytes"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/payment"
)

// payout is a settlement as JSON, with more fields.
func payout(id, more string) string {
	return fmt.Sprintf(`{"id":%q,"provider":"vipps","settled_at":"2026-11-19T05:00:00Z","amounts":[{"amount":97,"capture":100,"fee":3,"currency":"NOK"}]%s}`, id, more)
}

// payouts is a page of settlements; key is its last_evaluated_key, none where it is empty.
func payouts(key string, ids ...string) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = payout(id, "")
	}
	if key != "" {
		key = `,"last_evaluated_key":` + key
	}
	return `{"items":[` + strings.Join(all, ",") + `]` + key + `}`
}

// settled reads a sequence to its end and holds it to its promise: the error is last.
func settled(t *testing.T, all iter.Seq2[payment.Settlement, error]) (ids []string, failure error) {
	t.Helper()
	for s, err := range all {
		if failure != nil {
			t.Fatal("something came after the error")
		}
		if failure = err; err == nil {
			ids = append(ids, s.ID)
		}
	}
	return ids, failure
}

var sinceAugust = payment.SettlementQuery{SettledFrom: time.Date(2026, 8, 21, 22, 0, 0, 0, time.UTC)}

func TestSettlementsAreReadByACursorOfIdAndDate(t *testing.T) {
	for name, test := range map[string]struct {
		query payment.SettlementQuery
		key   string
		want  []string
	}{
		"by date of settlement": {sinceAugust, `{"id":"b","account_id":"T12345678","settled_at":"2026-11-19T05:00:00.000Z"}`,
			[]string{"created_at.gte=2026-08-20&limit=1000", "created_at.gte=2026-08-20&limit=1000&starting_after_date=2026-11-19T05%3A00%3A00.000Z&starting_after_id=b", "item_created_at.gte=1999-12-31&limit=1000"}},
		"by creation": {payment.SettlementQuery{CreatedFrom: sinceAugust.SettledFrom, SettledFrom: november19.From}, `{"created_at":"2026-11-19","id":"b"}`,
			[]string{"item_created_at.gte=2026-08-20&limit=1000", "item_created_at.gte=2026-08-20&limit=1000&starting_after_date=2026-11-19&starting_after_id=b", "item_created_at.gte=1999-12-31&limit=1000"}},
		"without bound": {payment.SettlementQuery{}, `{"created_at":"2026-11-19","id":7}`,
			[]string{"limit=1000", "limit=1000&starting_after_date=2026-11-19&starting_after_id=7", "item_created_at.gte=1999-12-31&limit=1000"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := &dintero{resource: script(says(payouts(test.key, "a", "b")), says(payouts("", "c")), says(payouts("")))}
			d.with(t, func(t *testing.T, c *Client) {
				ids, err := settled(t, c.Settlements(t.Context(), test.query))
				if err != nil || !cmp.Equal(ids, []string{"a", "b", "c"}) {
					t.Errorf("got %v, %v", ids, err)
				}
				var asked []string
				for _, r := range d.requests {
					asked = append(asked, r.URL.RawQuery)
					if r.URL.Path != "/v1/accounts/T12345678/settlements" {
						t.Errorf("asked %s", r.URL.Path)
					}
				}
				if diff := cmp.Diff(test.want, asked); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

func TestWhereAListingOfSettlementsEnds(t *testing.T) {
	const key = `{"id":"b","settled_at":"2026-11-19"}`
	for name, test := range map[string]struct {
		pages []http.HandlerFunc
		want  []string
		fault string
	}{
		"a page without a key":                        {[]http.HandlerFunc{says(payouts("", "a"))}, []string{"a"}, ""},
		"an empty key":                                {[]http.HandlerFunc{says(payouts("{}", "a"))}, []string{"a"}, ""},
		"a key that is null":                          {[]http.HandlerFunc{says(payouts("null", "a"))}, []string{"a"}, ""},
		"nothing":                                     {[]http.HandlerFunc{says(payouts(""))}, nil, ""},
		"an empty page that repeats its key":          {[]http.HandlerFunc{says(payouts(key, "a")), says(payouts(key))}, []string{"a"}, ""},
		"an empty page in the middle, with a new key": {[]http.HandlerFunc{says(payouts(key, "a")), says(payouts(`{"id":"c","settled_at":"2026-11-20"}`)), says(payouts("", "d")), says(payouts(""))}, []string{"a", "d"}, ""},
		"a key that comes again":                      {[]http.HandlerFunc{says(payouts(key, "a")), says(payouts(key, "a"))}, []string{"a"}, "page 2: leads back to"},
		"half a cursor":                               {[]http.HandlerFunc{says(payouts(`{"id":"b"}`, "a"))}, nil, "last_evaluated_key: half of the cursor is missing"},
		"a cursor that is none":                       {[]http.HandlerFunc{says(payouts(`{"id":{},"settled_at":1}`, "a"))}, nil, "are no cursor"},
		"no items":                                    {[]http.HandlerFunc{says(`{"last_evaluated_key":{}}`)}, nil, "is an object without one, not a list of items"},
		"an array":                                    {[]http.HandlerFunc{says(`[]`)}, nil, "is an array, not an object"},
		"an error with status 200":                    {[]http.HandlerFunc{says(`{"items":[],"error":{"message":"half"}}`)}, nil, `it says "half"`},
		"more than was asked for, ten times":          {[]http.HandlerFunc{says(payouts("", strings.Fields(strings.Repeat("x ", 10_001))...))}, nil, "more than 10000 rows in a page of 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			d := &dintero{resource: script(test.pages...)}
			d.with(t, func(t *testing.T, c *Client) {
				ids, err := settled(t, c.Settlements(t.Context(), sinceAugust))
				if !cmp.Equal(ids, test.want) || (err != nil) != (test.fault != "") || err != nil && !strings.Contains(err.Error(), test.fault) {
					t.Errorf("got %v, %v", ids, err)
				}
			})
		})
	}
}

func TestAPageOfSettlementsThatFailsIsTriedAgain(t *testing.T) {
	whole := payouts("", "a")
	d := &dintero{resource: script(status(503, ""), status(429, ""), says(whole[:len(whole)-20]), says(whole))}
	d.with(t, func(t *testing.T, c *Client) {
		if ids, err := settled(t, c.Settlements(t.Context(), sinceAugust)); err != nil || len(ids) != 1 || d.calls() != 4 {
			t.Errorf("got %v, %v with %d requests", ids, err, d.calls())
		}
	})
}

func TestAClientThatMayNotReadSettlementsIsToldTheScope(t *testing.T) {
	d := &dintero{resource: status(403, `{"error":{"message":"no"}}`)}
	d.with(t, func(t *testing.T, c *Client) {
		_, err := settled(t, c.Settlements(t.Context(), sinceAugust))
		if err == nil || !strings.Contains(err.Error(), "read:settlements") || !Denied(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestASettlementIsReadWhole(t *testing.T) {
	const whole = `{"id":"0a4f2c","provider":"payout","provider_reference":4711,"payment_status":"Postponed","settled_at":"2026-11-19",
		"start_at":"2026-11-16T08:00:00Z","end_at":"2026-11-18T20:00:00+01:00","created_at":"2026-11-19T05:01:02.345Z","updated_at":"2026-11-20T05:00:00Z",
		"email_received_at":"2026-11-19T05:00:00Z","store_id":"sc029","payout_destination_id":"lofoten","account":{"number":"1"},
		"amounts":[{"amount":97,"capture":120,"refund":20,"fee":3,"currency":"NOK"},{"amount":-5,"currency":"SEK"},{"amount":3,"capture":3,"currency":"NOK"}],
		"attachments":[{"id":"x-1","key":"rapport nov","content_type":"application/pdf","extension":"pdf","created_by":"dintero"}]}`
	path := file(t, "settlements", strings.ReplaceAll(whole, "\n", ""))
	at := func(day, hour, minute, second, milli int) time.Time {
		return time.Date(2026, 11, day, hour, minute, second, milli*1e6, time.UTC)
	}
	want := payment.Settlement{
		ID: "0a4f2c", Provider: "payout", ProviderReference: "4711", PaymentStatus: "postponed", SettledAt: at(19, 0, 0, 0, 0), DateOnly: true,
		StartAt: at(16, 8, 0, 0, 0), EndAt: at(18, 19, 0, 0, 0), CreatedAt: at(19, 5, 1, 2, 345), UpdatedAt: at(20, 5, 0, 0, 0), StoreID: "sc029", PayoutDestination: "lofoten",
		Amounts:     []payment.SettlementAmount{{Currency: "NOK", Amount: 100, Capture: 123, Refund: 20, Fee: 3}, {Currency: "SEK", Amount: -5}},
		Attachments: []payment.Attachment{{ID: "x-1", Key: "rapport nov", ContentType: "application/pdf", Extension: "pdf", CreatedBy: "dintero"}},
	}
	n := 0
	for s, err := range (Files{SettlementsFile: path}).Settlements(t.Context(), sinceAugust) {
		if diff := cmp.Diff(want, s); err != nil || diff != "" {
			t.Errorf("got %v, -want +got:\n%s", err, diff)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d settlements", n)
	}
}

// A settlement whose money or time cannot be read is its own fault, and the next is read.
func TestAFaultySettlementIsToldByField(t *testing.T) {
	for more, want := range map[string]string{
		`"settled_at":null`:         "settlement s: settled_at: is missing",
		`"settled_at":"2026-02-30"`: `settlement s: settled_at: "2026-02-30" is not an RFC 3339 time`,
		`"settled_at":"2026-11-19","amounts":[{"currency":"NOK"}]`:                                                            "settlement s: amounts[0].amount: is missing",
		`"settled_at":"2026-11-19","amounts":[{"amount":1}]`:                                                                  "settlement s: amounts[0].currency: is missing",
		`"settled_at":"2026-11-19","amounts":[{"amount":1.5,"currency":"NOK"}]`:                                               "settlement s: amounts[0].amount: 1.5 is not an integer of minor units",
		`"settled_at":"2026-11-19","amounts":[{"amount":1,"fee":"3","currency":"NOK"}]`:                                       `settlement s: amounts[0].fee: "3" is not an integer`,
		`"settled_at":"2026-11-19","amounts":[{"amount":9223372036854775807,"currency":"NOK"},{"amount":1,"currency":"NOK"}]`: "settlement s: amounts: amount does not fit in 64 bits",
	} {
		lines := `{"id":"s",` + more + "}\n" + payout("next", "") + "\n"
		var got []string
		for s, err := range (Files{SettlementsFile: file(t, "settlements", lines)}).Settlements(t.Context(), sinceAugust) {
			switch {
			case err != nil:
				t.Fatal(err)
			case s.Fault != nil:
				got = append(got, s.Fault.Error())
			default:
				got = append(got, s.ID)
			}
		}
		if len(got) != 2 || !strings.HasPrefix(got[0], want) || got[1] != "next" {
			t.Errorf("%s: got %q", more, got)
		}
	}
}

func TestAnAttachmentComesAsItIs(t *testing.T) {
	pdf := []byte("%PDF-1.4\x00\xff not JSON \r\n")
	d := &dintero{resource: script(status(500, ""), says(string(pdf)))}
	d.with(t, func(t *testing.T, c *Client) {
		data, err := c.Attachment(t.Context(), "0a/4f", "file 1")
		if err != nil || !bytes.Equal(data, pdf) || d.requests[1].URL.EscapedPath() != "/v1/accounts/T12345678/settlements/0a%2F4f/attachments/file%201" {
			t.Errorf("got %q, %v of %s", data, err, d.requests[1].URL.EscapedPath())
		}
		if _, err := c.Attachment(t.Context(), "..", "x"); err == nil {
			t.Error("an id that leads elsewhere was taken")
		}
	})
}

func TestAnAttachmentThatCannotBeHadIsTold(t *testing.T) {
	huge := func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for range MaxAttachment>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	for name, answer := range map[string]http.HandlerFunc{"not there": status(404, ""), "too large": huge, "forbidden": status(403, "")} {
		t.Run(name, func(t *testing.T) {
			d := &dintero{resource: answer}
			d.with(t, func(t *testing.T, c *Client) {
				data, err := c.Attachment(t.Context(), "s", "a")
				if err == nil || !NoAttachment(err) || data != nil || !strings.Contains(err.Error(), "attachment a of settlement s: ") || d.calls() != 1 {
					t.Errorf("got %d bytes, %v after %d requests", len(data), err, d.calls())
				}
			})
		})
	}
}

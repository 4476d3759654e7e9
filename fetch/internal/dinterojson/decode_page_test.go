package dinterojson

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/money"
	"rapport/internal/payment"
)

// row is a transaction as JSON.
func row(id string) string {
	return fmt.Sprintf(`{"id":%q,"amount":100,"currency":"NOK","created_at":"2026-11-19T10:00:00Z","updated_at":"2026-11-19T11:00:00Z","store":{"id":"sc029"}}`, id)
}

func rows(ids ...string) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = row(id)
	}
	return "[" + strings.Join(all, ",") + "]"
}

func decodeTransactions(page string) (all []payment.Transaction, err error) {
	_, err = decodePage(strings.NewReader(page), bareArray, convertTransaction, func(t payment.Transaction) error {
		all = append(all, t)
		return nil
	})
	return all, err
}

func TestThePublishedExampleHasTwoCapturesThatAreNotItsAmount(t *testing.T) {
	page, err := os.ReadFile("testdata/published_example.json")
	if err != nil {
		t.Fatal(err)
	}
	all, err := decodeTransactions(string(page))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("got %d transactions, want 1", len(all))
	}
	at := func(s string) time.Time {
		tm, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	want := payment.Transaction{
		ID:                 "P00000000.465VEKnzFRh2ptqKjzsVAB",
		MerchantReference:  "<string>",
		MerchantReference2: "<string>",
		Product:            "bambora",
		ProductType:        "bambora.applepay",
		CardBrand:          "Visa",
		Status:             "CAPTURED",
		Store:              payment.Store{ID: "sc029", Name: "SC Oslo", PayoutDestination: "seller-1"},
		PayoutDestination:  "<string>",
		Amount:             72200,
		Currency:           "NOK",
		CreatedAt:          at("2023-11-07T05:31:56Z"),
		UpdatedAt:          at("2023-11-07T05:31:56Z"),
		Lines: []payment.Line{
			{ID: "1", Amount: 2000}, {ID: "2", Amount: 6600}, {ID: "3", Amount: 59700},
			{ID: "bring-pick-up-00001-location-0a1f6b", Amount: 3900, Splits: []payment.Split{{PayoutDestination: "seller-1", Amount: 29700}}},
		},
		Events: []payment.Event{
			{RequestID: "a3dcc23125bc4363b9dae29ed25a4eb1", Type: "INITIATE", Status: "INITIATED", Success: true, CreatedAt: at("2019-01-18T13:13:37.175Z")},
			{RequestID: "f5f64165e5b3404e9af63586c184c3e9", Type: "AUTHORIZE", Status: "AUTHORIZED", Success: true, CreatedAt: at("2019-01-18T13:13:37.540Z")},
			{
				RequestID: "27c71936004e48649c6dd437d314d90c", Type: "CAPTURE", Status: "PARTIALLY_CAPTURED", Success: true,
				Amount: 59700, CreatedAt: at("2019-01-18T15:37:00.879Z"),
				Splits: []payment.Split{{PayoutDestination: "P000000001", Amount: 29700}, {PayoutDestination: "P000000002", Amount: 30000}},
				Lines:  []payment.Line{{ID: "3", Amount: 59700}},
			},
			{
				RequestID: "c3e60b98a1d1466c97151318be621cf9", Type: "CAPTURE", Status: "CAPTURED", Success: true,
				Amount: 8600, CreatedAt: at("2019-01-18T21:24:31.669Z"),
				Lines: []payment.Line{{ID: "1", Amount: 2000}, {ID: "2", Amount: 6600}},
			},
		},
	}
	if diff := cmp.Diff(want, all[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// minimal is the least that a transaction must say, with more members put in.
func minimal(more string) string {
	return `[{"id":"T1","amount":100,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"` + more + `}]`
}

func TestAFaultyTransactionIsRefusedByNameFieldAndValue(t *testing.T) {
	event := func(e string) string { return minimal(`,"events":[` + e + `]`) }
	for _, test := range []struct{ name, page, want string }{
		{"no id", `[{"amount":1}]`, "element 1 (byte 1): transaction without id: id: is missing"},
		{"empty id", `[{"id":""}]`, "transaction without id: id: is empty"},
		{"id is a number", `[{"id":17}]`, "id: 17 is not a text"},
		{"no amount", `[{"id":"T1","currency":"NOK"}]`, "transaction T1: amount: is missing"},
		{"amount null", `[{"amount":null,"id":"T1"}]`, "transaction T1: amount: is missing"},
		{"amount negative", `[{"amount":-500,"id":"T1"}]`, "transaction T1: amount: -500 is negative"},
		{"amount with decimals", `[{"amount":12.5,"id":"T1"}]`, "transaction T1: amount: 12.5 is not an integer"},
		{"amount as text", `[{"amount":"12500","id":"T1"}]`, `transaction T1: amount: "12500" is not an integer`},
		{"amount with a negative exponent", `[{"amount":1e-3,"id":"T1"}]`, "transaction T1: amount: 1e-3 is not an integer"},
		{"amount past 64 bits", `[{"amount":9223372036854775808,"id":"T1"}]`, "amount: 9223372036854775808 is not an integer"},
		{"amount is an object", `[{"amount":{"v":1},"id":"T1"}]`, "transaction T1: amount: an object is not an integer"},
		{"Amount is another member", `[{"id":"T1","Amount":100,"currency":"NOK"}]`, "transaction T1: amount: is missing"},
		{"no currency", `[{"id":"T1","amount":1}]`, "transaction T1: currency: is missing"},
		{"currency null", `[{"id":"T1","amount":1,"currency":null}]`, "transaction T1: currency: is missing"},
		{"no time", `[{"id":"T1","amount":1,"currency":"NOK"}]`, "transaction T1: created_at: is missing"},
		{"empty time", `[{"id":"T1","amount":1,"currency":"NOK","created_at":""}]`, "created_at: is missing"},
		{"time as a number", `[{"id":"T1","amount":1,"currency":"NOK","created_at":1700000000}]`, "created_at: 1700000000 is not an RFC 3339 time"},
		{"faulty updated_at", minimal(`,"updated_at":"yesterday"`), `updated_at: "yesterday" is not an RFC 3339 time`},
		{"capture without amount", event(`{"event":"CAPTURE","created_at":"2026-11-19T10:00:00Z"}`), "transaction T1: events[0].amount: is missing"},
		{"refund without time", event(`{"event":"REFUND","amount":1}`), "transaction T1: events[0].created_at: is missing"},
		{"capture by date", event(`{},{}`), "events[0].event: is missing"},
		{"capture at 24:00", event(`{"event":"CAPTURE","amount":1,"created_at":"2026-11-19T24:00:00Z"}`), `events[0].created_at: "2026-11-19T24:00:00Z" is not an RFC 3339 time`},
		{"negative refund", event(`{"event":"REFUND","amount":-1,"created_at":"2026-11-19T10:00:00Z"}`), "events[0].amount: -1 is negative"},
		{"success as text", event(`{"event":"CAPTURE","success":"true"}`), `events[0].success: "true" is neither true nor false`},
		{"an event that is null", event(`null`), "events[0].event: is missing"},
		{"split without amount", event(`{"event":"CAPTURE","amount":1,"created_at":"2026-11-19T10:00:00Z","splits":[{"payout_destination_id":"a","amount":1},{"payout_destination_id":"b"}]}`), "events[0].splits[1].amount: is missing"},
		{"split of a line", event(`{"event":"CAPTURE","amount":1,"created_at":"2026-11-19T10:00:00Z","items":[{"splits":[{"amount":1}]}]}`), "events[0].items[0].splits[0].payout_destination_id: is missing"},
		{"fee with decimals", event(`{"event":"CAPTURE","amount":1,"created_at":"2026-11-19T10:00:00Z","settlements":{"events":[{"settlement_id":"s","fee":1.5}]}}`), "events[0].settlements.events[0].fee: 1.5 is not"},
		{"events is an object", minimal(`,"events":{"0":{}}`), "transaction T1: events: is an object, not a list"},
		{"events is a text", minimal(`,"events":"none"`), "transaction T1: events: is a text, not a list"},
		{"an event that is a number", event(`7`), "transaction T1: events[0]: is a number, not an object"},
		{"items is a number", minimal(`,"items":7`), "transaction T1: items: is a number, not a list"},
		{"an amount with a fraction in other spelling", `[{"amount":1.23455e4,"id":"T1"}]`, "transaction T1: amount: 1.23455e4 is not an integer"},
		{"unknown type without a readable amount", event(`{"event":"CHARGEBACK","amount":"much","created_at":"2026-11-19T10:00:00Z"}`), `transaction T1: events[0].amount: "much" is not an integer`},
		{"unknown type without a time", event(`{"event":"CHARGEBACK","amount":5}`), "transaction T1: events[0].created_at: is missing"},
		{"event of no readable type", event(`{"event":{}}`), "transaction T1: events[0].event: an object is not a text"},
		{"amount twice", minimal(`,"amount":200`), "transaction T1: amount: the name comes twice"},
		{"a name twice where nothing is printed", minimal(`,"metadata":{"a":1,"a":2}`), "metadata.a: the name comes twice"},
		{"control characters in an id are quoted", `[{"id":"a\nb\u001b[31m"}]`, `transaction "a\nb\x1b[31m": `},
		{"a long id is cut", `[{"id":"` + strings.Repeat("x", 10_000) + `"}]`, "transaction " + strings.Repeat("x", 64) + "…: "},
		{"a long value is cut", `[{"id":"T1","amount":"` + strings.Repeat("9", 10_000) + `"}]`, strings.Repeat("9", 64) + `…" is not`},
		{"an id past 64 KiB", `[{"id":"` + strings.Repeat("x", maxText+1) + `"}]`, "id: \"" + strings.Repeat("x", 64) + "…\" is longer than 64 KiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := refusal(test.page)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// refusal is what a report of all that a page holds refuses.
func refusal(page string) error {
	all, err := decodeTransactions(page)
	if err != nil {
		return err
	}
	for _, t := range all {
		fault := t.Fault
		for _, e := range t.Events {
			if fault == nil {
				fault = e.Fault
			}
		}
		if fault != nil {
			return payment.Named("transaction", t.ID, fault)
		}
	}
	return nil
}

func TestAPageOfAnotherShapeIsRefused(t *testing.T) {
	for _, test := range []struct{ name, page, want string }{
		{"nothing", ``, "ends before its JSON is complete"},
		{"null", `null`, "the answer: is null, not an array"},
		{"an object", `{}`, "the answer: is an object, not an array"},
		{"a text", `""`, "the answer: is a text, not an array"},
		{"an error with 200", `{"error":{"message":"come back\nlater","code":"BUSY"}}`, `is an object, not an array; it says "come back\nlater"`},
		{"HTML", "<!DOCTYPE html><html>", "the answer: is HTML or XML, not an array"},
		{"null in it", `[null]`, "element 1 (byte 1): is null, not an object"},
		{"an array in it", `[[]]`, "element 1 (byte 1): is an array, not an object"},
		{"a number in it", `[ 1]`, "element 1 (byte 2): is a number, not an object"},
		{"a comma too many", minimal(``)[:len(minimal(``))-1] + `,]`, "not JSON"},
		{"two arrays", `[][]`, "something follows the end of the JSON value at byte 2"},
		{"a stray bracket", `[]]`, "something follows the end"},
		{"a stray word", `[] tru`, "something follows the end"},
		{"a raw byte FF", "[{\"id\":\"\xff\"}]", "is not UTF-8 text"},
		{"Latin-1 where nothing is printed", "[{\"id\":\"T1\",\"customer\":\"J\xf8rgen\"}]", "is not UTF-8 text"},
		{"UTF-16", "\xff\xfe[\x00]\x00", "is not UTF-8 text"},
		{"NaN", `[{"id":"T1","amount":NaN}]`, "not JSON"},
		{"10,001 deep", `[{"metadata":` + strings.Repeat("[", 10_001), "depth"},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, err := decodeTransactions(test.page)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v, %v\nwant %s", all, err, test.want)
			}
		})
	}
}

func TestWhatIsOddButClearIsKept(t *testing.T) {
	for _, test := range []struct {
		name, page string
		want       func(*payment.Transaction)
	}{
		{"byte order mark", "\ufeff" + minimal(``), nil},
		{"store null, events null, items null, card null", minimal(`,"store":null,"events":null,"items":null,"card":null,"shipping_option":null`), nil},
		{"no events", minimal(`,"events":[]`), nil},
		{"2^53 + 1", `[{"id":"T1","amount":9007199254740993,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"}]`,
			func(tr *payment.Transaction) { tr.Amount = 9007199254740993 }},
		{"unknown status and method", minimal(`,"status":"NEW_ONE","payment_product_type":"newpsp.foo"`),
			func(tr *payment.Transaction) { tr.Status, tr.ProductType = "NEW_ONE", "newpsp.foo" }},
		{"lower case currency", `[{"id":"T1","amount":100,"currency":"nok","created_at":"2026-11-19T10:00:00Z"}]`,
			func(tr *payment.Transaction) { tr.Currency = money.Currency("nok") }},
		{"half a surrogate pair", minimal(`,"merchant_reference":"a\ud83d"`),
			func(tr *payment.Transaction) { tr.MerchantReference = "a\ufffd" }},
		{"escapes", minimal(`,"merchant_reference":"\u00e5\"\\\n"`),
			func(tr *payment.Transaction) { tr.MerchantReference = "å\"\\\n" }},
		{"no zone is UTC, lines by number, failed capture without amount", minimal(`,"items":[{"line_id":7,"amount":-5}],
			"events":[{"event":"CAPTURE","success":false,"created_at":"nonsense"},{"event":"","created_at":null},{"event":"CHARGEBACK","id":3}],
			"updated_at":"2026-11-19T10:00:00"`),
			func(tr *payment.Transaction) {
				tr.Lines = []payment.Line{{ID: "7", Amount: -5}}
				tr.Events = []payment.Event{{Type: "CAPTURE"}, {Success: true}, {Type: "CHARGEBACK", ID: "3", Success: true}}
				tr.UpdatedAt = tr.CreatedAt
			}},
		{"shipping that is an item already", minimal(`,"items":[{"line_id":"s","amount":39}],"shipping_option":{"line_id":"s","amount":39}`),
			func(tr *payment.Transaction) { tr.Lines = []payment.Line{{ID: "s", Amount: 39}} }},
		{"VAT and fees", minimal(`,"events":[{"event":"CAPTURE","amount":5,"created_at":"2026-11-19T10:00:00Z","calculated_vat_amount":1,
			"settlements":{"events":[{"settlement_id":"S1","fee":2},{"settlement_id":"S2","fee":null}]}}]`),
			func(tr *payment.Transaction) {
				one, two := int64(1), int64(2)
				tr.Events = []payment.Event{{Type: "CAPTURE", Success: true, Amount: 5, CreatedAt: tr.CreatedAt, VAT: &one,
					Settlements: []payment.EventSettlement{{ID: "S1", Fee: &two}, {ID: "S2"}}}}
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, err := decodeTransactions(test.page)
			if err != nil {
				t.Fatal(err)
			}
			want := payment.Transaction{ID: "T1", Amount: 100, Currency: "NOK", CreatedAt: time.Date(2026, 11, 19, 10, 0, 0, 0, time.UTC)}
			if test.want != nil {
				test.want(&want)
			}
			if diff := cmp.Diff([]payment.Transaction{want}, all); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAPageCutAnywhereNeverPassesAsWhole(t *testing.T) {
	page, err := os.ReadFile("testdata/published_example.json")
	if err != nil {
		t.Fatal(err)
	}
	whole := strings.TrimSpace(string(page))
	for n := range len(whole) {
		if n > 1000 && n < len(whole)-500 && n%101 != 0 {
			continue // the middle by samples
		}
		_, err := decodeTransactions(whole[:n])
		if err == nil || !strings.Contains(err.Error(), "ends before its JSON is complete") {
			t.Fatalf("cut at byte %d: got %v", n, err)
		}
	}
}

func TestAWrappedListing(t *testing.T) {
	decode := func(page string) (ids []string, next string, err error) {
		next, err = decodePage(strings.NewReader(page), "cards", convertCard, func(card payment.GiftCard) error {
			ids = append(ids, card.ID)
			return nil
		})
		return ids, next, err
	}
	ids, next, err := decode(`{"total":{"n":[1,2]},"starting_after":"tok","cards":[{"card_id":"c1","id":"x"},{"id":"c2"}],"error":null}`)
	if err != nil || next != "tok" || !cmp.Equal(ids, []string{"c1", "c2"}) {
		t.Errorf("got %v, %q, %v", ids, next, err)
	}
	if _, next, err := decode(`{"cards":[],"starting_after":null}`); err != nil || next != "" {
		t.Errorf("the last page: got %q, %v", next, err)
	}
	for page, want := range map[string]string{
		`[]`:                               "the answer: is an array, not an object",
		`{}`:                               "the answer: is an object without one, not a list of cards",
		`{"cards":null}`:                   "cards: is null, not an array",
		`{"cards":[]}{}`:                   "something follows",
		`{"cards":[],"cards":[]}`:          "cards: the name comes twice",
		`{"cards":[],"starting_after":17}`: "starting_after: 17 is not a text",
		`{"error":{"message":"no"}}`:       `is an error, not a list of cards; it says "no"`,
		`{"cards":[],"error":{"message":"partly"}}`: `it says "partly"`,
		`{"cards":[],"error":"partly"}`:             `it says "partly"`,
		`{"cards":[{}]}`:                            "card without id: id: is missing",
		`{"cards":[{"id":"c","id":"d"}]}`:           "card c: id: the name comes twice",
		`{"cards":[`:                                "ends before its JSON is complete",
		`{"cards":[]`:                               "ends before its JSON is complete",
	} {
		if _, _, err := decode(page); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", page, err, want)
		}
	}
}

func TestARowTakesNothingFromTheRowBefore(t *testing.T) {
	const rich = `{"id":"T1","amount":100,"currency":"NOK","created_at":"2026-11-19T10:00:00Z","status":"CAPTURED","store":{"id":"s"},"card":{"brand":"Visa"},
		"items":[{"line_id":"1","amount":5,"splits":[{"payout_destination_id":"p","amount":5}]}],"shipping_option":{"line_id":"2","amount":3},
		"events":[{"id":"e","event":"CAPTURE","amount":5,"event_reference":"r","calculated_vat_amount":1,"created_at":"2026-11-19T10:00:00Z",
			"items":[{"line_id":"1","amount":5}],"splits":[{"payout_destination_id":"p","amount":5}],"settlements":{"events":[{"settlement_id":"s","fee":1}]}}]}`
	const poor = `{"id":"T2","amount":1,"currency":"SEK","created_at":"2026-11-19T11:00:00Z","items":[{"line_id":"9"}],"events":[{"event":"VOID"}]}`
	const bleak = `{"id":"T3","amount":1,"currency":"SEK","created_at":"2026-11-19T11:00:00Z"}`
	all, err := decodeTransactions("[" + rich + "," + poor + "," + bleak + "]")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 19, 11, 0, 0, 0, time.UTC)
	want := []payment.Transaction{
		{ID: "T2", Amount: 1, Currency: "SEK", CreatedAt: at, Lines: []payment.Line{{ID: "9"}}, Events: []payment.Event{{Type: "VOID", Success: true}}},
		{ID: "T3", Amount: 1, Currency: "SEK", CreatedAt: at},
	}
	if diff := cmp.Diff(want, all[1:]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(all[0].Events[0].Settlements) != 1 || len(all[0].Lines) != 2 || len(all[0].Lines[0].Splits) != 1 {
		t.Errorf("the first row was changed afterwards: %+v", all[0])
	}
}

func TestAFaultyFieldOfWhatIsNoMoneyParksNoReport(t *testing.T) {
	all, err := decodeTransactions(minimal(`,"events":[
		{"event":"CAPTURE","success":false,"amount":-5,"created_at":"yesterday","splits":[{}]},
		{"success":false},
		{"event":"INITIATE_REFUND","amount":"much","items":[{"amount":1.5}],"created_at":"2026-11-19T09:00:00Z"},
		{"event":"REFUND","amount":100,"calculated_vat_amount":-20,"created_at":"2026-11-19T10:00:00Z"}]`))
	if err != nil {
		t.Fatal(err)
	}
	if e := all[0].Events[3]; len(all[0].Events) != 4 || e.Amount != 100 || *e.VAT != -20 {
		t.Errorf("got %+v", all[0].Events)
	}
}

func FuzzDecodeFile(f *testing.F) {
	for _, seed := range []string{row("a") + "\n" + row("b"), rows("a", "b"), "\ufeff[]", "", "\x1f\x8b", "{}\n[]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		err := decodeFile(bytes.NewReader(content), convertTransaction, func(tr payment.Transaction) error { return sound(tr) })
		if err != nil && strings.Contains(err.Error(), "unsound") {
			t.Error(err)
		}
	})
}

func FuzzDecodePage(f *testing.F) {
	f.Add([]byte(minimal(`,"events":[{"event":"CAPTURE","amount":5,"created_at":"2026-11-19T10:00:00Z","splits":[{"payout_destination_id":"a","amount":1}]}]`)))
	f.Fuzz(func(t *testing.T, page []byte) {
		count := 0
		_, err := decodePage(bytes.NewReader(page), bareArray, convertTransaction, func(tr payment.Transaction) error { count++; return sound(tr) })
		if err != nil && strings.Contains(err.Error(), "unsound") {
			t.Error(err)
		}
		if trimmed := bytes.TrimRight(page, " \t\r\n"); err == nil && len(trimmed) > 0 {
			if _, cutErr := decodeTransactions(string(trimmed[:len(trimmed)-1])); cutErr == nil {
				t.Errorf("%d rows, and without the last byte it passes too", count)
			}
		}
	})
}

// sound checks what a transaction promises whatever the source says.
// sound holds what is read to what others count on. A faulty one says so and is counted nowhere.
func sound(tr payment.Transaction) error {
	if tr.Fault != nil {
		return nil
	}
	bad := tr.ID == "" || tr.Amount < 0 || tr.Currency == "" || tr.CreatedAt.IsZero()
	for _, e := range tr.Events {
		money := e.Success && (e.Type == "CAPTURE" || e.Type == "REFUND")
		bad = bad || e.Fault == nil && (e.Amount < 0 || money && e.CreatedAt.IsZero())
	}
	if bad {
		return fmt.Errorf("unsound: %+v", tr)
	}
	return nil
}

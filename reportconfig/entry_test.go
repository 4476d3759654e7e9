package reportconfig_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/yamltree"
	"rapport/reportconfig"
)

// readEntry reads a report configuration that is all of a body.
func readEntry(t *testing.T, body string) (reportconfig.Entry, yamltree.Problems) {
	t.Helper()
	found := &yamltree.Findings{}
	doc := yamltree.Document{Name: "body", Findings: found}
	root, ok := doc.Parse([]byte(body))
	if !ok {
		t.Fatal(found.Faults())
	}
	e, _ := reportconfig.ReadEntry(root, "T12345678")
	return e, found.Faults()
}

func TestReadEntryReadsABodyOfItsOwn(t *testing.T) {
	e, faults := readEntry(t, `{"dataType": "wallets/transactions", "schedule": "monthly", "language": "en", "name": "Gift\/cards", "accountId": "T12345678",
		"contentTypes": ["text/csv"], "emails": ["a@example.com"]}`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if got, want := e.ID+" "+string(e.Schedule)+" "+e.At.String(), "gift-cards monthly 06:00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReadEntryTellsFaultsByTheirPath(t *testing.T) {
	_, faults := readEntry(t, `{"dataType": "checkout/transactions", "schedule": "hourly", "reportFilters": [{"filter": "stor_id", "value": 1}],
		"emails": [], "accountId": "T87654321", "at": null}`)
	got := map[string]string{}
	for _, p := range faults {
		got[p.Path] = p.Message
	}
	want := map[string]string{
		"language":                `is missing`,
		"schedule":                `"hourly" is not possible here`,
		"reportFilters[0].filter": `"stor_id" is not possible here`,
		"reportFilters[0].value":  `must be a string, is the number 1`,
		"emails":                  `is an empty list, nobody would get the report`,
		"accountId":               `"T87654321" is not the account of this configuration, T12345678`,
		"at":                      `must be a string, is empty`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestTheSameContentTypeTwiceCountsOnce(t *testing.T) {
	e, faults := readEntry(t, `{"dataType": "wallets/transactions", "schedule": "monthly", "language": "en", "contentTypes": ["text/csv", "application/pdf", "text/csv"]}`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if want := []reportconfig.ContentType{reportconfig.CSV, reportconfig.PDF}; !slices.Equal(e.ContentTypes, want) {
		t.Errorf("got %v, want %v", e.ContentTypes, want)
	}
}

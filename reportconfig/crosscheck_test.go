package reportconfig_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/yamltree"
	"rapport/reportconfig"
)

// readBody reads the body of a request to a configuration.
func readBody(t *testing.T, c *reportconfig.Config, body string) (reportconfig.Entry, map[string]string) {
	t.Helper()
	found := &yamltree.Findings{}
	doc := yamltree.Document{Name: "body", Findings: found}
	root, ok := doc.Parse([]byte(body))
	if !ok {
		t.Fatal(found.Faults())
	}
	e, _ := c.ReadBody(root, func(id string) bool { return id == "taken" })
	faults := map[string]string{}
	for _, p := range found.Faults() {
		faults[p.Path] = p.Message + " — " + p.Hint
	}
	return e, faults
}

func TestABodyRepeatsWhatIsTheServersInVain(t *testing.T) {
	c, _ := load(t, "web.yaml", "")
	e, faults := readBody(t, c, `{"id": 5, "created_at": null, "created_by": {}, "accountId": "T12345678", "schedule": "weekly", "contentTypes": [],
		"dataType": "wallets/transactions", "language": "no", "name": "Gave<kort>", "at": "07:15", "reportFilters": []}`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	want := `{"schedule":"weekly","contentTypes":[],"dataType":"wallets/transactions","language":"no","name":"Gave<kort>","at":"07:15","reportFilters":[]}`
	if string(e.Written) != want || e.ID != "" || e.Name != "Gave<kort>" {
		t.Errorf("%q: %s", e.ID, e.Written)
	}
}

func TestABodyIsHeldAgainstTheConfiguration(t *testing.T) {
	const daily = `{"dataType": "checkout/transactions", "schedule": "daily", "language": "no"`
	files := &reportconfig.Config{Account: "T12345678", Source: reportconfig.Source{Files: &reportconfig.Files{Orders: "/o"}}}
	web, _ := load(t, "web.yaml", "")
	for _, c := range []struct {
		config *reportconfig.Config
		body   string
		faults map[string]string
	}{
		{files, daily + `, "emails": ["a@b.no"]}`, map[string]string{
			"dataType":  "checkout/transactions needs a file that the source does not name — add source.files.transactions",
			"emails":    "nobody can be mailed: the configuration does not say how to send — give the configuration file a mail: block, or leave emails out to only archive the report",
			"emails[0]": `reports of the API may not be mailed to "a@b.no" — add "*@b.no" to web.recipients in the configuration file`,
		}},
		{web, daily + `, "emails": ["Kari <kari@fjordfisk.no>", "a@b.no"], "was": "taken"}`, map[string]string{
			"emails[1]": `reports of the API may not be mailed to "a@b.no" — add "*@b.no" to web.recipients in the configuration file`,
			"was":       `"taken" is the ID of another report — leave it out`,
		}},
		{web, daily + `, "split": "store_id", "addresses": "/etc/passwd"}`, map[string]string{
			"split":     "a report that is split is not made over HTTP — put the report into the configuration file",
			"addresses": "a report that is split is not made over HTTP — put the report into the configuration file",
		}},
		{web, daily + `, "id": "taken", "accountId": "T87654321", "colour": "red"}`, map[string]string{
			"accountId": `"T87654321" is not the account of this configuration, T12345678 — one file holds the reports of one account`,
			"colour":    "is not a key that is known here — one of id, was, name, dataType, schedule, language, contentTypes, reportFilters, emails, at, workday, calendar, day_starts, empty, uncertain, ping, csv, pdf, attach, subject, reconcile, corrections, attachments, voucher, split, addresses, paused, accountId, created_at, created_by",
		}},
	} {
		if _, got := readBody(t, c.config, c.body); cmp.Diff(c.faults, got) != "" {
			t.Errorf("%s (-want +got):\n%s", c.body, cmp.Diff(c.faults, got))
		}
	}
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// dailyReports are so many daily reports, each to a person of its own. They fell due half
// a day ago and are not due again for half a day, so that no test runs into the next.
func dailyReports(n int) string {
	var text strings.Builder
	at := time.Now().Add(12 * time.Hour).Format("15:00")
	for i := range n {
		fmt.Fprintf(&text, "  - {id: r%d, dataType: checkout/transactions, schedule: daily, at: %q, language: no, contentTypes: [text/csv], reportFilters: [{filter: store_id, value: sc029}], emails: [p%d@x.example]}\n", i, at, i)
	}
	return text.String()
}

func shopText(n, port int) string {
	return fmt.Sprintf(`account: T12345678
source: {sandbox: {seed: 1}}
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
listen: 127.0.0.1:0
reports:
%s`, port, dailyReports(n))
}

func shopConfig(t *testing.T, n, port int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.yaml")
	writeConfig(t, path, shopText(n, port))
	return path
}

func writeConfig(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// anotherText is a second file beside shopText's: another account, archive and ledger.
func anotherText(source, state, listen string, port int) string {
	return fmt.Sprintf(`account: T87654321
source: %s
state: %s
archive: other
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
listen: %s
reports:
  - {id: other, dataType: orders/orderoperations, schedule: daily, language: no, reportFilters: [{value: nobody}]}
`, source, state, port, listen)
}

const sandboxSource = "{sandbox: {seed: 1}}"

// killConfig has so many reports to three people each.
func killConfig(t *testing.T, reports, port int) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	text := fmt.Sprintf(`account: T12345678
source: {sandbox: {seed: 1}}
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
retention: 3660d # nothing of the history may be gone when it is checked
reports:
`, port)
	for i := range reports {
		text += fmt.Sprintf(`  - {id: r%d, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [text/csv], reportFilters: [{filter: store_id, value: sc029}], emails: [a%d@x.example, b%d@x.example, c%d@x.example]}
`, i, i, i, i)
	}
	path = filepath.Join(dir, "shop.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, path
}

// killSplitConfig has one report that is split by seller, with an address for each of ten, of whom some sell nothing.
func killSplitConfig(t *testing.T, port int) (dir, path string, mails int) {
	t.Helper()
	dir, path = killConfig(t, 0, port)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "  - {id: all, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [text/csv], split: payout_destination_id, addresses: sellers.csv, emails: [drift@x.example]}\n"...)
	sellers := []byte("value,emails\nlofoten-torrfisk,l@x.example l2@x.example\nfiskehandel-bergen,f@x.example\nroykeriet-alesund,r@x.example\nfjordfisk-tromso,t@x.example\nP00000001,p1@x.example\nP00000002,p2@x.example\nidle-1,i1@x.example\nidle-2,i2@x.example\n")
	for name, data := range map[string][]byte{"shop.yaml": text, "sellers.csv": sellers} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, path, 1 + 9
}

// crowdConfigs has so many daily reports, each of a store and to a person of its own, in
// files of a thousand.
func crowdConfigs(t *testing.T, n, port int) (paths []string) {
	t.Helper()
	dir, stores := t.TempDir(), []string{"sc029", "sc031", "sc044", "sc058"}
	for first := 0; first < n; first += 1000 {
		var text strings.Builder
		fmt.Fprintf(&text, `account: T12345678
source: {sandbox: {seed: 1}}
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
listen: 127.0.0.1:0
reports:
`, port)
		for i := first; i < min(n, first+1000); i++ {
			fmt.Fprintf(&text, "  - {id: r%d, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [application/pdf, text/csv], reportFilters: [{filter: store_id, value: %s}], emails: [p%d@x.example]}\n",
				i, stores[i%len(stores)], i)
		}
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("shop%d.yaml", first)))
		if err := os.WriteFile(paths[len(paths)-1], []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// mailConfig is a configuration that mails three people from a simulated Dintero over HTTP.
func mailConfig(t *testing.T, source string, port int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.yaml")
	text := fmt.Sprintf(`account: T12345678
organization: {name: Fjordfisk AS, number: 940155223}
%smail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  reply_to: okonomi@fjordfisk.example
  envelope_from: bounce@fjordfisk.example
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
reports:
  - id: oslo
    name: Dagsoppgjør Oslo
    dataType: checkout/transactions
    schedule: daily
    language: no
    contentTypes: [application/pdf, text/csv]
    reportFilters: [{filter: store_id, value: sc029}]
    emails: [now@x.example, Later <later@x.example>, never@x.example]
`, source, port)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

package reportconfig_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/calendar"
	"rapport/reportconfig"
)

// load reads a configuration of testdata/fine; it returns the directory too.
func load(t *testing.T, name, stateDir string) (*reportconfig.Config, string) {
	t.Helper()
	dir, err := filepath.Abs("testdata/fine")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	c, err := reportconfig.Load(name, stateDir)
	if err != nil {
		t.Fatal(err)
	}
	return c, dir
}

const day = 24 * time.Hour

func compareLocations() cmp.Option {
	return cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
}

func TestLoadReadsEveryField(t *testing.T) {
	got, dir := load(t, "full.yaml", "")
	saoPaulo, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	accountants := []mail.Address{{Address: "regnskap@fjordfisk.no"}, {Name: "Kari Ås", Address: "kari@fjordfisk.no"}}
	six := calendar.TimeOfDay{Hour: 6}
	want := &reportconfig.Config{
		Path: "full.yaml", Account: "P12345678", Timezone: "America/Sao_Paulo", Location: saoPaulo,
		Organization: reportconfig.Organization{Name: "Fjordfisk AS", Number: "940155223", Logo: filepath.Join(dir, "logo.png")},
		Source: reportconfig.Source{Dintero: &reportconfig.Dintero{
			ClientID: "72e024ca", ClientSecret: reportconfig.Secret{Env: "DINTERO_CLIENT_SECRET"},
			APIURL: "http://127.0.0.1:8080/v1", CheckoutURL: "http://localhost:8080/v1",
			Audience: "http://127.0.0.1:8080/v1/accounts/P12345678",
		}},
		Mail: reportconfig.Mail{
			From:    &mail.Address{Name: "Fjordfisk rapport", Address: "rapport@fjordfisk.no"},
			ReplyTo: &mail.Address{Address: "okonomi@fjordfisk.no"}, EnvelopeFrom: "bounce@fjordfisk.no",
			SMTP: &reportconfig.SMTP{
				Host: "smtp.example.com", Port: 465, TLS: reportconfig.ImplicitTLS, Username: "u",
				Password: reportconfig.Secret{Credential: "smtp"}, Helo: "rapport.fjordfisk.no",
				CA: filepath.Join(dir, "relay-ca.pem"), MaxMessage: 10 << 20, Connections: 1, Auth: "scram-sha-256",
			},
		},
		Operator: reportconfig.Operator{
			Address: &mail.Address{Name: "Drift", Address: "drift@fjordfisk.no"}, Language: reportconfig.English, AlarmURL: "https://hooks.example.com/x",
		},
		State: filepath.Join(dir, "kept", "ledger.db"), Archive: filepath.Join(dir, "kept", "archive"),
		Catchup: 35 * day, Retention: 3660 * day, Listen: "localhost:0", ListenSet: true,
		Templates: filepath.Join(dir, "my templates"),
		Lapse: []reportconfig.LapseLimit{{Method: "vipps", Days: 7}, {Method: "payex.creditcard", Days: 28},
			{Method: "klarna", Days: 3650}, {Method: "payex", Days: 1}},
		Reports: []reportconfig.Report{{
			ID: "oslo-daily", Was: "oslo", Name: "Dagsoppgjør Oslo", Schedule: calendar.Daily, Language: reportconfig.Norwegian,
			Data:         reportconfig.Transactions{Stores: []string{"sc029", "030"}, Sellers: []string{"seller-1"}},
			ContentTypes: []reportconfig.ContentType{reportconfig.CSV, reportconfig.PDF},
			Emails:       accountants, At: calendar.TimeOfDay{Minute: 30},
			SkipEmpty: true, HoldUncertain: true, MachineCSV: true, Voucher: true, PlainSubject: true, Reconcile: reportconfig.ReconcileHold, Corrections: reportconfig.TellOperator,
			Ping: "http://127.0.0.1:8000/api/push/x%2Fy?status=up&msg=",
		}, {
			ID: "dagsoppgjoer-baerum-aas", Name: "Dagsoppgjør Bærum & Ås", Schedule: calendar.Monthly, Language: reportconfig.English,
			Data:         reportconfig.Open{OlderThanDays: 7},
			ContentTypes: []reportconfig.ContentType{reportconfig.PDF}, Emails: accountants, At: six,
			Reconcile: reportconfig.ReconcileOff, Corrections: reportconfig.CorrectionsOff,
		}, {
			ID: "orders-orderoperations-twice-a-month", Schedule: calendar.TwiceAMonth, Language: reportconfig.English,
			Data: reportconfig.Orders{}, ContentTypes: []reportconfig.ContentType{reportconfig.CSV}, At: six,
			Reconcile: reportconfig.ReconcileOff, Corrections: reportconfig.TellOperator,
		}, {
			ID: "wallets-transactions-weekly", Schedule: calendar.Weekly, Language: reportconfig.Norwegian,
			Data: reportconfig.Wallets{}, ContentTypes: []reportconfig.ContentType{reportconfig.PDF}, At: six, Voucher: true,
			Reconcile: reportconfig.ReconcileOff, Corrections: reportconfig.TellOperator,
		}},
	}
	requireWritten(t, got)
	if diff := cmp.Diff(want, got, compareLocations()); diff != "" {
		t.Errorf("full.yaml (-want +got):\n%s", diff)
	}
}

// requireWritten requires that each report has its entry as JSON, and takes that out of it.
func requireWritten(t *testing.T, c *reportconfig.Config) {
	t.Helper()
	for i := range c.Reports {
		r := &c.Reports[i]
		if !json.Valid(r.Written) || !strings.Contains(string(r.Written), string(r.Data.DataType())) {
			t.Errorf("report %s: what was written: %s", r.ID, r.Written)
		}
		r.Written = nil
	}
}

func TestLoadNeedsLittle(t *testing.T) {
	got, dir := load(t, "smallest.yaml", "")
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	want := &reportconfig.Config{
		Path: "smallest.yaml", Account: "T12345678", Timezone: "Europe/Oslo", Location: oslo,
		Source: reportconfig.Source{Sandbox: &reportconfig.Sandbox{Seed: 1}},
		State:  filepath.Join(dir, "rapport.db"), Archive: filepath.Join(dir, "archive"),
		Operator: reportconfig.Operator{Language: reportconfig.Norwegian},
		Catchup:  35 * day, Retention: 400 * day, Listen: "127.0.0.1:9797",
		Reports: []reportconfig.Report{{
			ID: "checkout-transactions-daily", Data: reportconfig.Transactions{}, Schedule: calendar.Daily,
			Language: reportconfig.Norwegian, ContentTypes: []reportconfig.ContentType{reportconfig.PDF},
			At: calendar.TimeOfDay{Hour: 6}, Reconcile: reportconfig.ReconcileWarn, Corrections: reportconfig.TellOperator,
		}},
	}
	if written := string(got.Reports[0].Written); written != `{"dataType":"checkout/transactions","schedule":"daily","language":"no"}` {
		t.Errorf("what was written: %s", written)
	}
	requireWritten(t, got)
	if diff := cmp.Diff(want, got, compareLocations()); diff != "" {
		t.Errorf("smallest.yaml (-want +got):\n%s", diff)
	}
}

func TestLoadReadsJSONAsItIs(t *testing.T) {
	c, dir := load(t, "json.json", "")
	if got, want := c.Organization.Name, "Fisk 🐟"; got != want {
		t.Errorf("surrogate pair: %q, want %q", got, want)
	}
	if got, want := c.Reports[0].Name, `a\/b`; got != want {
		t.Errorf("backslash before a slash: %q, want %q", got, want)
	}
	if got, want := c.Source.Files.Transactions, filepath.Join(dir, "tx.ndjson"); got != want {
		t.Errorf("file: %q, want %q", got, want)
	}
}

func TestLoadNamesAFileThatCannotBeRead(t *testing.T) {
	_, err := reportconfig.Load("gone.yaml", "")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "gone.yaml") {
		t.Errorf("Load gave %v, want that gone.yaml does not exist", err)
	}
}

func TestLoadRefusesAFileLargerThanTheLimit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(file, []byte("#"+strings.Repeat("x", 8<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := reportconfig.Load(file, "")
	if err == nil || !strings.Contains(err.Error(), "larger than 8 MiB") {
		t.Errorf("Load gave %v", err)
	}
}

// TestLoadTakesTenThousandReports, and no more values than memory has room for.
func TestLoadTakesTenThousandReports(t *testing.T) {
	const head = "account: T12345678\nsource: {sandbox: {seed: 1}}\nmail: {from: a@fjordfisk.no, outbox: outbox}\nreports:\n"
	var text strings.Builder
	text.WriteString(head)
	for i := range 10_000 {
		fmt.Fprintf(&text, "  - id: shop-%05d\n    name: Dagsoppgjør %05d\n    dataType: checkout/transactions\n    schedule: daily\n    language: no\n"+
			"    contentTypes: [application/pdf, text/csv]\n    reportFilters:\n      - {filter: store_id, value: sc%05d}\n"+
			"    emails: [regnskap%05d@fjordfisk.no, Kari Nordmann <kari%05d@fjordfisk.no>]\n    at: \"06:00\"\n", i, i, i, i, i)
	}
	file := filepath.Join(t.TempDir(), "large.yaml")
	write(t, file, text.String())
	c, err := reportconfig.Load(file, "")
	if err != nil || len(c.Reports) != 10_000 || c.Reports[9_999].ID != "shop-09999" {
		t.Fatalf("Load gave %v", err)
	}
	for _, many := range []string{"reports: [" + strings.Repeat("1,", 600_000) + "]", strings.Repeat("a: 1\n", 600_000), strings.Repeat("- ", 600_000)} {
		write(t, file, many)
		if _, err := reportconfig.Load(file, ""); err == nil || !strings.Contains(err.Error(), "too many lines or values") {
			t.Errorf("Load gave %.200v", err)
		}
	}
}

func TestLoadEndsSoonOnLargeFiles(t *testing.T) {
	const size = 1 << 20 / oneIn
	fill := func(s string) string { return strings.Repeat(s, size/len(s)-1) }
	report := "{dataType: a, schedule: b, language: c},"
	for name, content := range map[string]string{
		"brackets":      fill("["),
		"keys":          fill("a: 1\n"),
		"list":          "reports: [" + fill("1,")[:size-100] + "]",
		"reports":       "reports: [" + fill(report)[:size/len(report)*len(report)-200] + "]",
		"aliases":       "a: &a {b: c}\nreports:\n" + fill("- *a\n")[:size/2],
		"open quote":    "a: \"" + fill("x\n"),
		"open bracket":  "a: [\n" + fill("x,\n")[:size/2],
		"wrong at last": fill("# x\n")[:size/2] + "a: b: c\n",
		"long key":      "? " + fill("k")[:size/2] + "\n: 1\n",
		"escaped JSON":  `{"account": "` + fill(`\/`)[:size/2] + `", "source": [` + strings.Repeat("1,", size/8) + `1], "x": 1}`,
		"comments":      fill("#\n"),
		"anchors":       fill("- &a b\n"),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "large.yaml")
			write(t, file, content)
			if _, err := reportconfig.Load(file, ""); err == nil {
				t.Error("taken")
			} else if len(err.Error()) > 1<<20 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}

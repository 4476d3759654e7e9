package reportconfig_test

import (
	"net/mail"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

func TestEveryFieldIsRead(t *testing.T) {
	got, dir := load(t, "full.yaml", "")
	saoPaulo, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	accountants := []mail.Address{{Address: "regnskap@fjordfisk.no"}, {Name: "Kari Ås", Address: "kari@fjordfisk.no"}}
	six := reportconfig.TimeOfDay{Hour: 6}
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
				CA: filepath.Join(dir, "relay-ca.pem"), MaxMessage: 10 << 20, Connections: 1,
			},
		},
		Operator: &mail.Address{Name: "Drift", Address: "drift@fjordfisk.no"},
		State:    filepath.Join(dir, "kept", "ledger.db"), Archive: filepath.Join(dir, "kept", "archive"),
		Catchup: 35 * day, Retention: 3660 * day, Listen: "localhost:0", ListenSet: true,
		Templates: filepath.Join(dir, "my templates"),
		Lapse: []reportconfig.LapseLimit{{Method: "vipps", Days: 7}, {Method: "payex.creditcard", Days: 28},
			{Method: "klarna", Days: 3650}, {Method: "payex", Days: 1}},
		Reports: []reportconfig.Report{{
			ID: "oslo-daily", Name: "Dagsoppgjør Oslo", Schedule: reportconfig.Daily, Language: reportconfig.Norwegian,
			Data:         reportconfig.Transactions{Stores: []string{"sc029", "030"}, Sellers: []string{"seller-1"}},
			ContentTypes: []reportconfig.ContentType{reportconfig.CSV, reportconfig.PDF},
			Emails:       accountants, At: reportconfig.TimeOfDay{Minute: 30},
			SkipEmpty: true, HoldUncertain: true, MachineCSV: true, Voucher: true, PlainSubject: true, Reconcile: reportconfig.ReconcileHold,
			Ping: "http://127.0.0.1:8000/api/push/x%2Fy?status=up&msg=",
		}, {
			ID: "dagsoppgjoer-baerum-aas", Name: "Dagsoppgjør Bærum & Ås", Schedule: reportconfig.Monthly, Language: reportconfig.English,
			Data:         reportconfig.Open{OlderThanDays: 7},
			ContentTypes: []reportconfig.ContentType{reportconfig.PDF}, Emails: accountants, At: six,
			Reconcile: reportconfig.ReconcileOff,
		}, {
			ID: "orders-orderoperations-twice-a-month", Schedule: reportconfig.TwiceAMonth, Language: reportconfig.English,
			Data: reportconfig.Orders{}, ContentTypes: []reportconfig.ContentType{reportconfig.CSV}, At: six,
			Reconcile: reportconfig.ReconcileOff,
		}, {
			ID: "wallets-transactions-weekly", Schedule: reportconfig.Weekly, Language: reportconfig.Norwegian,
			Data: reportconfig.Wallets{}, ContentTypes: []reportconfig.ContentType{reportconfig.PDF}, At: six, Voucher: true,
			Reconcile: reportconfig.ReconcileOff,
		}},
	}
	if diff := cmp.Diff(want, got, compareLocations()); diff != "" {
		t.Errorf("full.yaml (-want +got):\n%s", diff)
	}
}

func TestLittleIsNeeded(t *testing.T) {
	got, dir := load(t, "smallest.yaml", "")
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	want := &reportconfig.Config{
		Path: "smallest.yaml", Account: "T12345678", Timezone: "Europe/Oslo", Location: oslo,
		Source: reportconfig.Source{Sandbox: &reportconfig.Sandbox{Seed: 1}},
		State:  filepath.Join(dir, "rapport.db"), Archive: filepath.Join(dir, "archive"),
		Catchup: 35 * day, Retention: 400 * day, Listen: "127.0.0.1:9797",
		Reports: []reportconfig.Report{{
			ID: "checkout-transactions-daily", Data: reportconfig.Transactions{}, Schedule: reportconfig.Daily,
			Language: reportconfig.Norwegian, ContentTypes: []reportconfig.ContentType{reportconfig.PDF},
			At: reportconfig.TimeOfDay{Hour: 6}, Reconcile: reportconfig.ReconcileWarn,
		}},
	}
	if diff := cmp.Diff(want, got, compareLocations()); diff != "" {
		t.Errorf("smallest.yaml (-want +got):\n%s", diff)
	}
}

func TestUnderSystemdLedgerAndArchiveMoveToTheStateDirectory(t *testing.T) {
	state := t.TempDir()
	for name, want := range map[string][2]string{
		"smallest.yaml": {filepath.Join(state, "rapport.db"), filepath.Join(state, "archive")},
		"full.yaml":     {filepath.Join(state, "kept", "ledger.db"), filepath.Join(state, "kept", "archive")},
	} {
		c, err := reportconfig.Load(filepath.Join("testdata", "fine", name), state)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{c.State, c.Archive}; got != want {
			t.Errorf("%s: ledger and archive are %s, want %s", name, got, want)
		}
	}
}

func TestIncludedFilesAreReportsOnceEach(t *testing.T) {
	c, _ := load(t, "include.yaml", "")
	var got []string
	for _, r := range c.Reports {
		got = append(got, r.ID+" "+r.Name)
	}
	want := []string{"3f2504e0-4f89-41d3-9a0c-0305e82c3301 Fisk 🐟", "orders-orderoperations-daily "} // in the order they are named
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

func TestADirectoryWithPatternCharactersIsNoPattern(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[a]*\\?")
	write(t, filepath.Join(dir, "main.yaml"), "account: T12345678\nsource: {sandbox: {}}\ninclude: [\"*.json\"]\n")
	write(t, filepath.Join(dir, "one.json"), `{"dataType": "wallets/transactions", "schedule": "daily", "language": "no"}`)
	c, err := reportconfig.Load(filepath.Join(dir, "main.yaml"), "")
	if err != nil || len(c.Reports) != 1 {
		t.Errorf("Load gave %v, %v", c, err)
	}
}

func TestWhatIsAllowedButOddIsAWarning(t *testing.T) {
	t.Chdir("testdata/fine")
	for _, name := range configs(t) {
		c, err := reportconfig.Load(name, "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, name, c.Warnings.Error()+"\n")
	}
}

func TestJSONIsReadAsIs(t *testing.T) {
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

func TestSecretsSayWhereTheyAre(t *testing.T) {
	for want, s := range map[string]reportconfig.Secret{
		"env A": {Env: "A"}, "file /b": {File: "/b"}, "credential c": {Credential: "c"}, "none": {},
	} {
		if got := s.String(); got != want || s.IsZero() != (want == "none") {
			t.Errorf("%#v: %q, want %q", s, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Dagsoppgjør Oslo":        "dagsoppgjoer-oslo",
		"Ås & Bærum, 2. kvartal!": "aas-baerum-2-kvartal",
		"A\u030As ǿ ǻ Å":          "aas-oe-aa-aa", // å taken apart, and with accents on top
		"  -- Café Ü --":          "cafe-u",
		"日本":                      "",
		"../../etc":               "etc",
		"a\x00b\nc":               "a-b-c",
		"İzmir Straße":            "izmir-strasse",
	} {
		if got := reportconfig.Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}

// Package reportconfig reads what a user writes: one YAML (or JSON) file for each account, which says where payments
// come from, who gets which report of them, and when. It also holds the words the rest of the house shares: reports,
// data types, schedules, periods. It reads configuration files and nothing else: no secret, no logo, no payment.
//
//	account: T12345678               # P or T and eight digits
//	timezone: Europe/Oslo            # IANA name; this is the default
//	organization: {name: Fjordfisk AS, number: "940155223", logo: logo.png}
//	source:                          # exactly one of dintero, files, sandbox
//	  dintero:
//	    client_id: 72e024ca-…
//	    client_secret: {env: DINTERO_CLIENT_SECRET}   # or {file: path} or {credential: name}; never the secret itself
//	    api_url: https://api.dintero.com/v1           # default; audience defaults to <api_url>/accounts/<account>
//	    checkout_url: https://checkout.dintero.com/v1 # default
//	  # files: {transactions: tx.ndjson, orders: orders.ndjson, wallets: wallets.ndjson}
//	  # sandbox: {seed: 1}
//	mail:                            # needed once a report has emails; exactly one of smtp, outbox
//	  from: Fjordfisk rapport <rapport@fjordfisk.no>
//	  reply_to: okonomi@fjordfisk.no
//	  envelope_from: bounce@fjordfisk.no   # default: the address of from
//	  smtp:                          # port: 587, or 465 with implicit TLS, or 25 with none
//	    {host: smtp.example.com, port: 587, tls: starttls, username: u, password: {env: SMTP_PASSWORD}}
//	    # also helo, ca, max_message (10MB), connections (4); tls: starttls, implicit, none (loopback only)
//	  # outbox: outbox               # a directory instead of a relay
//	operator: drift@fjordfisk.no     # gets the alarms, needs mail; left out: nobody does
//	state: rapport.db                # the file of the ledger; this is the default
//	archive: archive                 # where rendered files are kept; this is the default
//	catchup: 35d                     # how far back missed periods are made, 1d to 366d, or weeks (5w); this is the default
//	retention: 400d                  # how long archive and ledger are kept, up to 3660d, not below catchup; this is the default
//	listen: 127.0.0.1:9797           # health and metrics of the daemon; port 0: any free one; this is the default
//	templates: my-templates          # a directory of templates of a mail that stand in for ours; left out: ours
//	lapse: {vipps: 7d, klarna: 4w}   # how long an authorisation can be captured, by payment_product_type or how one begins, 1d to 3650d
//	reports:                         # each entry is Dintero's own report configuration, with id and the keys from at on of ours
//	  - id: oslo-daily               # default: slug of name, else of dataType and schedule
//	    name: Dagsoppgjør Oslo       # at most 64 characters
//	    dataType: checkout/transactions
//	    schedule: daily
//	    language: "no"               # no or en
//	    contentTypes: [application/pdf, text/csv]   # default: PDF where the data type has one, else CSV
//	    reportFilters: [{filter: store_id, value: sc029}]
//	    emails: [regnskap@fjordfisk.no]             # at most 50; left out: archive only
//	    at: "06:00"                  # local time at which an ended period is due; this is the default
//	    empty: send                  # or skip: a period without payments is not mailed
//	    uncertain: resend            # or hold: a mail that may have arrived waits for a person
//	    ping: https://hc-ping.com/…  # told of start, success and failure; its path is never repeated
//	    csv: local                   # as a spreadsheet of the language opens it; or machine: for programs, the same in every language
//	    attach: all                  # or voucher: a mail carries the PDF alone
//	    subject: answer              # the figures; or plain: none of them
//	    reconcile: warn              # or hold, off: what becomes of figures that are not Dintero's; checkout/transactions only, where warn is the default
//	include: [reports.d/*.json]      # each file is one entry of reports
//
// Which data type allows which schedule, content type and filter is Dintero's table, in data.go. Relative paths start
// from the directory of the file that names them. Unknown and duplicate keys, wrong types, merge keys and second
// documents are faults; all faults are found in one go, each with its place, and a secret is never repeated.
package reportconfig

import (
	"fmt"
	"net/mail"
	"path/filepath"
	"time"
)

// Config is one configuration, found to be without faults. All paths in it are absolute.
type Config struct {
	Path         string // as given to Load
	Account      string // P or T and eight digits
	Timezone     string // IANA name
	Location     *time.Location
	Organization Organization
	Source       Source
	Mail         Mail          // zero if there is none, then no report has Emails
	Operator     *mail.Address // gets the alarms; nil: nobody
	State        string        // the file of the ledger
	Archive      string
	Catchup      time.Duration // how far back missed periods are made, in whole days of 24 hours
	Retention    time.Duration // how long archive and ledger are kept, in whole days of 24 hours; never less than Catchup
	Listen       string        // host:port of health and metrics; an empty host is all addresses, port 0 any free one
	ListenSet    bool          // the file says Listen
	Templates    string        // directory of templates of a mail that stand in for ours; "" when not given
	Lapse        []LapseLimit  // those of the file, in its order, which stand in for the defaults
	Reports      []Report      // those of the file first, then the included ones in the order they are named
	Warnings     Problems
}

// Organization is printed on every report. Each of its fields may be "".
type Organization struct{ Name, Number, Logo string }

// Report is one entry of the configuration.
type Report struct {
	ID           string
	Name         string // "" when not given
	Data         Data
	Schedule     Schedule
	Language     Language
	ContentTypes []ContentType  // at least one, none twice, in the order given
	Emails       []mail.Address // none: archive only
	At           TimeOfDay      // local

	SkipEmpty     bool // a period without payments is not mailed
	HoldUncertain bool // a mail that may have arrived waits for a person, instead of going out again
	MachineCSV    bool // the CSV is for programs: the same in every language
	Voucher       bool // a mail carries the PDF alone, which ContentTypes then has
	PlainSubject  bool // a mail's subject says no amounts
	Reconcile     Reconcile
	Ping          string // URL that is told of start, success and failure, as written; "" when not given. As good as a secret
}

// Reconcile says what becomes of a report whose figures do not agree with Dintero's own.
type Reconcile string

// The policies of reconciliation. Data types that Dintero has no figures of are ReconcileOff.
const (
	ReconcileWarn Reconcile = "warn" // the report says so; this is the default
	ReconcileHold Reconcile = "hold" // nothing goes to recipients
	ReconcileOff  Reconcile = "off"
)

// LapseLimit says how long an authorisation can be captured. Method is a payment_product_type, or what one starts
// with: "vipps" is of "vipps" and "vipps.card".
type LapseLimit struct {
	Method string
	Days   int // 1 to 3650
}

// Load reads the configuration at path and the files it includes. A relative archive or state is kept in stateDir, if
// that is not "". The error is Problems, or wraps that of the file system when path cannot be read.
func Load(path, stateDir string) (*Config, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	if stateDir != "" {
		if stateDir, err = filepath.Abs(stateDir); err != nil {
			return nil, fmt.Errorf("state directory %s: %w", stateDir, err)
		}
	}
	found := &findings{}
	l := loader{config: &Config{Path: path}, file: abs, stateDir: stateDir, found: found}
	doc := &document{name: path, dir: filepath.Dir(abs), found: found}
	if root, ok := doc.parse(data); ok {
		l.read(root)
	}
	if faults := found.all(); len(faults) > 0 {
		return nil, faults
	}
	l.config.Warnings = sorted(found.warnings)
	return l.config, nil
}

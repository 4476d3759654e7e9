package insight

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"rapport/internal/ledger/served"
	"rapport/internal/report"
	"rapport/internal/yamltree"
	"rapport/locales"
	"rapport/reportconfig"
)

// generatedPrefix begins the IDs of what generate-report promised.
const generatedPrefix = "generate-"

// names is the namespace of the IDs that are made of names.
func names() uuid.UUID { return uuid.MustParse("6f0d1c52-7e5b-5f0e-9c39-9d6f6a3f7b11") }

// FileReportID is what a report of a configuration file is called over HTTP.
func FileReportID(account, id string) string {
	return uuid.NewSHA1(names(), []byte(account+"\x00report\x00"+id)).String()
}

// ReportsOf are an account's reports that were made over HTTP, as the configuration's own are:
// a body that is not valid any more, and an address that may not be mailed any more, is left
// out and told. It is what an engine takes up; where the version is the known one there are none.
func ReportsOf(ctx context.Context, t served.Tables, config *reportconfig.Config, path, known string, told func(report, what string)) (all []reportconfig.Report, version string, err error) {
	rows, version, err := t.Reports(ctx, config.Account, path, known)
	if err != nil || version == known {
		return nil, version, err
	}
	for _, row := range rows {
		r, err := readStored(config, row)
		if err != nil {
			told(row.ID, err.Error())
			continue
		}
		r.Emails = slices.DeleteFunc(r.Emails, func(a mail.Address) bool {
			if config.Mail.From != nil && config.MayMail(a.Address) {
				return false
			}
			told(row.ID, "it may not be mailed to "+a.Address+" any more")
			return true
		})
		all = append(all, r)
	}
	return all, version, nil
}

// readStored reads a report as it was given.
func readStored(config *reportconfig.Config, row served.Report) (reportconfig.Report, error) {
	d := yamltree.Document{Name: row.ID, Findings: &yamltree.Findings{}}
	root, ok := d.Parse(row.Body)
	if !ok {
		return reportconfig.Report{}, d.Findings.Faults()
	}
	e, ok := reportconfig.ReadEntry(yamltree.Without(root, "id"), config.Account)
	if faults := d.Findings.Faults(); !ok || len(faults) > 0 {
		return reportconfig.Report{}, faults
	}
	e.ID, e.Written = row.ID, row.Body
	// What was generated is of one period alone: no other is planned.
	e.Paused = e.Paused || row.Kind == served.Generated
	return e.Report, nil
}

// sameness is what no two reports of an account may have in common.
func sameness(r *reportconfig.Report) (string, error) {
	facts := report.FactsOf(r)
	slices.SortFunc(facts.Filters, func(a, b report.Filter) int {
		return cmp.Or(cmp.Compare(a.Filter, b.Filter), cmp.Compare(a.Value, b.Value))
	})
	facts.Filters = slices.Compact(facts.Filters)
	title, err := titleOf(r)
	if err != nil {
		return "", err
	}
	facts.Name = title
	text, err := facts.JSON()
	return string(text), err
}

// titleOf is the name of a report, by default its data type's title.
func titleOf(r *reportconfig.Report) (string, error) {
	if r.Name != "" {
		return r.Name, nil
	}
	words, err := locales.For(string(r.Language))
	if err != nil {
		return "", err
	}
	return words.Word("title." + string(r.Data.DataType())), nil
}

// A persisted report is one that is there, of the file or of the API.
type persisted struct {
	id, createdBy string
	createdAt     time.Time
	fileID        string // of a file's; "" of the API's
	row           served.Report
	body          []byte // as it is shown
}

// persistedOf shows a report of the API.
func persistedOf(row served.Report) persisted {
	return persisted{id: row.ID, createdBy: row.CreatedBy, createdAt: row.CreatedAt, row: row, body: cutPing(row.Body)}
}

// fromFile shows a report of the configuration file.
func (a *account) fromFile(r *reportconfig.Report, seen time.Time) persisted {
	p := persisted{id: FileReportID(a.Config.Account, r.ID), createdBy: "file", createdAt: seen, fileID: r.ID}
	p.body = cutPing(without(r.Written, "id", "accountId", "created_at", "created_by", "was"))
	return p
}

// without is a JSON object less some keys.
func without(body []byte, keys ...string) []byte {
	d := yamltree.Document{Name: "report", Findings: &yamltree.Findings{}}
	root, ok := d.Parse(body)
	if !ok {
		return []byte("{}")
	}
	return yamltree.JSON(yamltree.Without(root, keys...))
}

// json is the answer: what was given, key for key, and what is the server's.
func (p persisted) json(account string) []byte {
	own, err := json.Marshal(struct {
		ID        string `json:"id"`
		Account   string `json:"accountId"`
		CreatedAt string `json:"created_at"`
		CreatedBy string `json:"created_by"`
	}{p.id, account, instant(p.createdAt), p.createdBy})
	if err != nil {
		panic(err) // strings always can be
	}
	if len(p.body) <= len("{}") {
		return own
	}
	return append(append(slices.Clone(p.body[:len(p.body)-1]), ','), own[1:]...)
}

// instant is how a time is written.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// pingOf is the ping of a stored body.
func pingOf(body []byte) string {
	var b struct {
		Ping string `json:"ping"`
	}
	_ = json.Unmarshal(body, &b) // then there is none
	return b.Ping
}

// cutPing hides the query of a ping, which is as good as a secret.
func cutPing(body []byte) []byte {
	ping := pingOf(body)
	shown, _, secret := strings.Cut(ping, "?")
	if !secret {
		return body
	}
	return withPing(body, ping, shown)
}

// withPing puts another ping into a stored body.
func withPing(body []byte, from, to string) []byte {
	return []byte(strings.Replace(string(body), `"ping":`+quoted(from), `"ping":`+quoted(to), 1))
}

func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always can be
	return strings.TrimSuffix(b.String(), "\n")
}

// persisted are all reports of the account, in the order in which they were made.
func (q *request) persisted() (all []persisted, err error) {
	a := q.account
	err = a.use(func() error {
		seen, err := a.FirstSeen(q.Context(), a.Config.Account, a.fileIDs(), q.server.Now())
		if err != nil {
			return err
		}
		for _, r := range a.fileReports() {
			all = append(all, a.fromFile(r, seen[r.ID]))
		}
		rows, _, err := a.Reports(q.Context(), a.Config.Account, a.Path, "")
		for _, row := range rows {
			if row.Kind == served.Scheduled {
				all = append(all, persistedOf(row))
			}
		}
		return err
	})
	slices.SortStableFunc(all, func(x, y persisted) int {
		return cmp.Or(x.createdAt.Compare(y.createdAt), cmp.Compare(x.id, y.id))
	})
	return all, err
}

// fileReports are those of the configuration file that Dintero's API knows: settlements are none.
func (a *account) fileReports() (all []*reportconfig.Report) {
	for i := range a.Config.Reports {
		if _, ours := a.Config.Reports[i].Data.(reportconfig.Settlements); !ours {
			all = append(all, &a.Config.Reports[i])
		}
	}
	return all
}

func (a *account) fileIDs() (ids []string) {
	for _, r := range a.fileReports() {
		ids = append(ids, r.ID)
	}
	return ids
}

// find gives the report of the path's id.
func (q *request) find() (p persisted, err error) {
	id := q.PathValue("id")
	for _, r := range q.account.fileReports() {
		if FileReportID(q.account.Config.Account, r.ID) != id {
			continue
		}
		err = q.account.use(func() error {
			seen, err := q.account.FirstSeen(q.Context(), q.account.Config.Account, q.account.fileIDs(), q.server.Now())
			p = q.account.fromFile(r, seen[r.ID])
			return err
		})
		return p, err
	}
	found := false
	var row served.Report
	err = q.account.use(func() error {
		row, found, err = q.account.Report(q.Context(), q.account.Config.Account, id)
		return err
	})
	if err != nil {
		return p, err
	}
	if !found || !row.DeletedAt.IsZero() || row.Kind != served.Scheduled {
		return p, errNotFound(fmt.Sprintf("there is no report configuration %s", shown(id)))
	}
	return persistedOf(row), nil
}

package insight

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/yamltree"
	"rapport/reportconfig"
)

const (
	mostReports = 1000            // of an account
	writeWithin = 5 * time.Second // while another process has the ledger
)

// createConfiguration is POST …/insight/reports/configuration.
func createConfiguration(q *request) (any, error) {
	e, same, err := q.entry("")
	if err != nil {
		return nil, err
	}
	id, err := uuid.FromBytes(q.server.Random()[:16])
	if err != nil {
		return nil, err
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4
	now := q.server.Now().Truncate(time.Millisecond)
	row := served.Report{
		Account: q.account.Config.Account, ID: id.String(), Config: q.account.Path, Kind: served.Scheduled,
		Body: e.Written, Sameness: same, CreatedAt: now, CreatedBy: q.client,
	}
	p := persistedOf(row)
	all, err := q.persisted()
	if err != nil {
		return nil, err
	}
	if len(all) >= mostReports {
		return nil, &failure{status: http.StatusConflict, code: "conflict", message: "the account has 1000 reports: delete one first"}
	}
	err = q.write5(func(tx ledger.Tx) error {
		if err := row.Insert(tx); err != nil {
			return err
		}
		return q.act("create", "report "+row.ID, "", string(p.body)).WriteDown(tx)
	})
	if err != nil {
		return nil, err
	}
	q.done(q.Context(), "report made", row.ID)
	return q.tagged(p), nil
}

// write5 changes the ledger, or gives up in time. A report that is the same is a conflict.
func (q *request) write5(do func(ledger.Tx) error) error {
	ctx, cancel := context.WithTimeout(q.Context(), writeWithin)
	defer cancel()
	err := q.account.use(func() error { return q.account.Ledger.Write(ctx, do) })
	var same *served.SameError
	if errors.As(err, &same) {
		return errConflict(same.ID)
	}
	return err
}

func errConflict(id string) *failure {
	return &failure{
		status: http.StatusConflict, code: "conflict",
		message: "report " + id + " has the same dataType, schedule, language, filters and name: give this one another name",
		faults:  []fault{{Path: "name", Message: "report " + id + " is the same", Hint: "give this one another name"}},
	}
}

// entry reads the configuration that a request brings, with what it has in common with no other
// report but the one of id.
func (q *request) entry(id string) (e reportconfig.Entry, same string, err error) {
	root, findings, err := q.body()
	if err != nil {
		return e, "", err
	}
	if given, ok := root.Child("id"); ok && id != "" && given.Raw() != id {
		return e, "", errBadRequest("id", "id is not that of the path")
	}
	config := q.account.Config
	e, _ = config.ReadBody(root, func(id string) bool {
		return slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return r.ID == id })
	})
	if err := invalid(findings); err != nil {
		return e, "", err
	}
	if same, err = sameness(&e.Report); err != nil {
		return e, "", err
	}
	for i := range config.Reports {
		other, err := sameness(&config.Reports[i])
		if err != nil {
			return e, "", err
		}
		if other == same {
			return e, "", errConflict(FileReportID(config.Account, config.Reports[i].ID))
		}
	}
	return e, same, nil
}

// tagged is the answer of one report.
func (q *request) tagged(p persisted) []byte {
	body := p.json(q.account.Config.Account)
	q.header.Set("ETag", tagOf(body))
	return append(body, '\n')
}

func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// listConfigurations is GET …/insight/reports/configuration.
func listConfigurations(q *request) (any, error) {
	all, err := q.persisted()
	if err != nil {
		return nil, err
	}
	body := []byte{'['}
	for i, p := range all {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, p.json(q.account.Config.Account)...)
	}
	return append(body, "]\n"...), nil
}

// readConfiguration is GET …/insight/reports/configuration/{id}.
func readConfiguration(q *request) (any, error) {
	p, err := q.find()
	if err != nil {
		return nil, err
	}
	return q.tagged(p), nil
}

// replaceConfiguration is PUT …/insight/reports/configuration/{id}.
func replaceConfiguration(q *request) (any, error) {
	id := q.PathValue("id")
	e, same, bad := q.entry(id)
	var f *failure
	if errors.As(bad, &f) && f.status == http.StatusConflict { // it may not even be there
		bad = nil
	}
	if bad != nil {
		return nil, bad
	}
	before, err := q.changeable()
	if err != nil {
		return nil, err
	}
	if f != nil {
		return nil, f
	}
	row := before.row
	if stored := pingOf(row.Body); stored != "" {
		if shown, _, secret := strings.Cut(stored, "?"); secret && pingOf(e.Written) == shown {
			e.Written = withPing(e.Written, shown, stored)
		}
	}
	row.Body, row.Sameness = e.Written, same
	after := persistedOf(row)
	old, err := readStored(q.account.Config, before.row)
	resumed := err == nil && old.Paused && !e.Paused
	e.ID = id
	err = q.write5(func(tx ledger.Tx) error {
		now, found, err := served.ReportOf(tx, row.Account, row.ID)
		if err != nil {
			return err
		}
		if !found || !now.DeletedAt.IsZero() || string(now.Body) != string(before.row.Body) {
			return errChanged()
		}
		if err := row.Replace(tx); err != nil {
			return err
		}
		if resumed {
			if err := q.skipMissed(tx, &e.Report); err != nil {
				return err
			}
		}
		return q.act("replace", "report "+row.ID, string(before.body), string(after.body)).WriteDown(tx)
	})
	if err != nil {
		return nil, err
	}
	q.done(q.Context(), "report replaced", row.ID)
	return q.tagged(after), nil
}

// changeable is the report of the path, if a request may change it.
func (q *request) changeable() (persisted, error) {
	p, err := q.find()
	if err != nil {
		return p, err
	}
	if p.fileID != "" {
		return p, &failure{status: http.StatusConflict, code: "managed_by_file", message: "this report is in the configuration file as " + p.fileID + ": change it there"}
	}
	if match := q.Header.Values("If-Match"); len(match) > 0 {
		tag := tagOf(p.json(q.account.Config.Account))
		given := strings.Split(strings.Join(match, ","), ",")
		if !slices.ContainsFunc(given, func(one string) bool { one = strings.TrimSpace(one); return one == "*" || one == tag }) {
			return p, errChanged()
		}
	}
	return p, nil
}

func errChanged() *failure {
	return &failure{status: http.StatusConflict, code: "changed", message: "the report was changed meanwhile: read it again"}
}

// deleteConfiguration is DELETE …/insight/reports/configuration/{id}.
func deleteConfiguration(q *request) (any, error) {
	p, err := q.changeable()
	if err != nil {
		return nil, err
	}
	now := q.server.Now()
	err = q.write5(func(tx ledger.Tx) error {
		found, is, err := served.ReportOf(tx, p.row.Account, p.row.ID)
		if err != nil {
			return err
		}
		if !is || !found.DeletedAt.IsZero() {
			return errNotFound("the report was deleted meanwhile")
		}
		if string(found.Body) != string(p.row.Body) {
			return errChanged()
		}
		if err := found.Delete(tx, now); err != nil {
			return err
		}
		if err := tx.EndReport(p.row.Account, p.row.ID, "the report was deleted", now); err != nil {
			return err
		}
		return q.act("delete", "report "+p.row.ID, string(p.body), "").WriteDown(tx)
	})
	if err != nil {
		return nil, err
	}
	q.done(q.Context(), "report deleted", p.row.ID)
	return q.tagged(p), nil
}

// requireObject refuses a body that is no JSON object.
func requireObject(root yamltree.Value) error {
	if root.IsList() || root.IsScalar() {
		return errBadRequest("", "the body must be a JSON object")
	}
	return nil
}

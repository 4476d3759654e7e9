package verify

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"rapport/internal/ledger"
	"rapport/internal/series"
)

// A page is some links, with the rows of the ledger that they are of.
type page struct {
	links   []series.Link
	faults  map[int]error
	periods map[int64]ledger.Period
	damaged map[int64]error // periods
	files   map[int64]map[string]ledger.Artifact
	spoilt  map[int64]error // artifacts, by period
}

// page reads the links of a series behind a position.
func (v *verification) page(ctx context.Context, name string, after int64) (p page, err error) {
	err = v.Ledger.Read(ctx, func(tx ledger.Tx) (err error) {
		p = page{periods: map[int64]ledger.Period{}, damaged: map[int64]error{}, files: map[int64]map[string]ledger.Artifact{}, spoilt: map[int64]error{}}
		if p.links, p.faults, err = series.PageByPosition(tx, v.Account, name, after); err != nil || len(p.links) == 0 {
			return err
		}
		var ids []any
		for _, l := range p.links {
			ids = append(ids, l.PeriodID)
		}
		return p.read(tx, ids)
	})
	return p, err
}

func (p *page) read(tx ledger.Tx, ids []any) error {
	rows, err := tx.PeriodsOf(ids)
	if err != nil { // then which one is it?
		for _, id := range ids {
			one, err := tx.PeriodsOf([]any{id})
			if err != nil {
				p.damaged[id.(int64)] = err
			}
			rows = append(rows, one...)
		}
	}
	for _, row := range rows {
		p.periods[row.ID] = row
	}
	return tx.Each(func(columns func(dest ...any) error) error {
		var id, sum int64
		var a ledger.Artifact
		if err := columns(&id, &a.Path, &a.ContentType, &a.SHA256, &a.Size, &a.Rows, &sum); err != nil {
			return err
		}
		if err := a.RequireSum(id, sum); err != nil {
			p.spoilt[id] = err
		}
		if p.files[id] == nil {
			p.files[id] = map[string]ledger.Artifact{}
		}
		p.files[id][filepath.ToSlash(a.Path)] = a
		return nil
	}, `SELECT period_id, path, content_type, sha256, size, row_count, checksum FROM artifact WHERE period_id IN (?`+strings.Repeat(", ?", len(ids)-1)+`)`, ids...)
}

// period holds a link against the period that it is of.
func (p *page) period(l series.Link) (faults []Fault) {
	if err := p.damaged[l.PeriodID]; err != nil {
		return []Fault{of(l, Altered, "the ledger's row of the period: %v", err)}
	}
	row, known := p.periods[l.PeriodID]
	if !known {
		if l.State < series.Forgotten {
			faults = append(faults, of(l, Missing, "the period is gone from the ledger"))
		}
		return faults
	}
	for _, fact := range []struct {
		of, row, link string
	}{
		{"account", row.Account, l.Account}, {"number", fmt.Sprint(row.Number), base(l.Number)}, {"name", row.Name, l.Period()},
		{"beginning", row.From.String(), l.From.String()}, {"end", row.To.String(), l.To.String()},
	} {
		if fact.row != fact.link {
			faults = append(faults, of(l, Altered, "the %s of the period is %s, and was %s when the report was made", fact.of, fact.row, fact.link))
		}
	}
	return faults
}

// base is a number without which correction of it it is.
func base(number string) string {
	if number == "" {
		return "0"
	}
	number, _, _ = strings.Cut(number, "-")
	return number
}

// artifacts holds the files of a link against those that the ledger has of its period.
func (p *page) artifacts(l series.Link) (faults []Fault) {
	if l.State >= series.Removed {
		return nil
	}
	if err := p.spoilt[l.PeriodID]; err != nil {
		return []Fault{of(l, Altered, "the ledger's rows of the files: %v", err)}
	}
	for _, f := range l.Files {
		at := path.Join(l.Dir, f.Name)
		a, known := p.files[l.PeriodID][at]
		switch {
		case !known:
			faults = append(faults, of(l, Missing, "%s: the row of the file is gone from the ledger", at))
		case a.SHA256 != f.SHA256:
			faults = append(faults, of(l, Altered, "%s: the SHA-256 in the ledger's row of the file is %s, and was %s when the report was made", at, a.SHA256, f.SHA256))
		}
	}
	return faults
}

// withoutHead names the series that have links.
func (v *verification) withoutHead(ctx context.Context) (names []string, err error) {
	err = v.Ledger.Read(ctx, func(tx ledger.Tx) error {
		names = nil
		return tx.Each(func(columns func(dest ...any) error) error {
			name := ""
			err := columns(&name)
			names = append(names, name)
			return err
		}, `SELECT DISTINCT series FROM report_digest d WHERE account = ? AND NOT EXISTS (SELECT 1 FROM report_series s WHERE s.account = d.account AND s.series = d.series) ORDER BY series`, v.Account)
	})
	return names, err
}

// withoutDigest tells of the reports that were made and have no digest, and of the files in the
// ledger that no digest is of.
func (v *verification) withoutDigest(ctx context.Context) error {
	type row struct{ report, name, what string }
	for _, query := range []struct{ what, sql string }{
		{"the report has no digest", `SELECT p.report, p.name FROM period p WHERE p.account = ? AND p.state = 'made'
			AND NOT EXISTS (SELECT 1 FROM report_digest d WHERE d.period_id = p.id AND d.edition = p.edition AND d.account = p.account) ORDER BY p.report, p.from_at`},
		{"the ledger has files of it that no digest is of", `SELECT DISTINCT p.report, p.name FROM period p JOIN artifact a ON a.period_id = p.id WHERE p.account = ?
			AND NOT EXISTS (SELECT 1 FROM report_digest d WHERE d.period_id = p.id AND d.edition = a.edition AND d.account = p.account) ORDER BY p.report, p.name`},
	} {
		var rows []row
		err := v.Ledger.Read(ctx, func(tx ledger.Tx) error {
			rows = nil
			return tx.Each(func(columns func(dest ...any) error) error {
				r := row{what: query.what}
				err := columns(&r.report, &r.name)
				rows = append(rows, r)
				return err
			}, query.sql, v.Account)
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !v.Scope.has(r.report) {
				continue
			}
			if err := v.tell(Fault{Kind: Missing, Report: r.report, Period: r.name, Text: r.what}); err != nil {
				return err
			}
		}
	}
	return nil
}

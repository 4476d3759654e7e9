package webpage

import (
	"database/sql"
	"errors"
	"net/http"
	"path"
	"rapport/internal/deliverysearch"
	"rapport/internal/evidence"
	"rapport/internal/figuretable"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/listpage"
	"rapport/internal/reportform"
	"rapport/internal/text"
	"slices"
	"strconv"
)

type periodData struct {
	periodRow
	ReportID       string
	Files          []fileRow
	Figures        []figuretable.Table
	Rows           []deliveryRow
	Lacking        int
	CanMake, Again bool
	Changed        string
	Page           listpage.Page // of the rows
}

type fileRow struct {
	Position          int
	Name, Type, Bytes string
	SHA256            string
}

func periodFiles(v *visit) (all []served.File, err error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return nil, errNotFound
	}
	all, err = served.Of(v.account.Ledger).FilesOf(v.Context(), id)
	if err == nil && (len(all) == 0 || all[0].Account != v.account.Config.Account) {
		err = errNotFound
	}
	return all, err
}

// findPeriod gives the period of the path, if it is the account's.
func findPeriod(v *visit) (p ledger.Period, err error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return p, errNotFound
	}
	account, key := v.account.Config.Account, ledger.Key{}
	err = v.account.Ledger.Read(v.Context(), func(tx ledger.Tx) error {
		return tx.Row([]any{&key.Report, &key.From, &key.To}, `SELECT report, from_at, to_at FROM period WHERE id = ? AND account = ?`, id, account)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return p, errNotFound
	}
	if err != nil {
		return p, err
	}
	key.Account = account
	p, found, err := v.account.Ledger.Period(v.Context(), key)
	if err == nil && !found {
		err = errNotFound
	}
	return p, err
}

func period(v *visit) error {
	p, err := findPeriod(v)
	if err != nil {
		return err
	}
	row, err := periodRowOf(v, p)
	if err != nil {
		return err
	}
	d := periodData{periodRow: row, ReportID: p.Report}
	d.Report = v.nameOfID(p.Report)
	d.CanMake = slices.Contains([]ledger.PeriodState{ledger.Failed, ledger.Skipped, ledger.Cancelled}, p.State)
	if p.State == ledger.Made {
		all, err := served.Of(v.account.Ledger).FilesOf(v.Context(), p.ID)
		if err != nil {
			return err
		}
		for _, f := range all {
			d.Files = append(d.Files, fileRow{f.Position, path.Base(f.Path), reportform.FormName(f.ContentType), text.Size(f.Size, v.words.DecimalMark()), f.SHA256})
		}
		if d.Figures, err = figuretable.Of(v.Context(), v.account.Ledger, v.words, p.ID); err != nil {
			return err
		}
	}
	d.Page = listpage.Of(v.URL.Query())
	rows, err := deliverysearch.OfPeriod(v.Context(), v.account.Ledger, p.ID, pageSize+1, (d.Page.Number-1)*pageSize)
	if err != nil {
		return err
	}
	d.Page.More = len(rows) > pageSize
	for _, one := range rows[:min(len(rows), pageSize)] {
		d.Rows = append(d.Rows, deliveryRowOf(v, one))
		if lacksIt(one.State) && isRecipient(v, one) {
			d.Lacking++
		}
		d.Again = d.Again || len(d.Rows[len(d.Rows)-1].Possible) > 0
	}
	return v.show(http.StatusOK, "period", d.Report+", "+d.Words, d)
}

// file sends a file of the archive, if it is the one that was made. That it was read goes down.
func file(v *visit) error {
	all, err := periodFiles(v)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(f served.File) bool { return strconv.Itoa(f.Position) == v.PathValue("position") })
	if i < 0 {
		return errNotFound
	}
	open, err := insight.OpenFile(v.Context(), v.account.Archive, &all[i])
	if err != nil {
		return err
	}
	defer open.Close()
	act := v.act("read", "file "+all[i].Path)
	if err := v.account.Ledger.Write(v.Context(), act.WriteDown); err != nil {
		return err
	}
	v.download(path.Base(all[i].Path), all[i].ContentType)
	if all[i].ContentType == reportform.PDF && v.URL.Query().Has("show") {
		v.writer.Header().Set("Content-Disposition", "inline")
	}
	http.ServeContent(v.writer, v.Request, "", all[i].MadeAt, open)
	return nil
}

// evidenceFile sends what proves a report. That somebody took it goes down.
func evidenceFile(v *visit) error {
	p, err := findPeriod(v)
	if err != nil {
		return err
	}
	of := evidence.Request{Ledger: v.account.Ledger, Archive: v.account.Archive, Account: p.Account, Report: p.Report, Period: p.Name}
	err = evidence.Serve(v.writer, v.Request, of, func() error {
		return v.account.Ledger.Write(v.Context(), v.act("evidence", "report "+p.Report+" "+p.Name).WriteDown)
	})
	if errors.Is(err, evidence.ErrNotMade) {
		return errNotFound
	}
	return err
}

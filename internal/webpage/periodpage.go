package webpage

import (
	"net/http"
	"path"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/text"
	"slices"
	"strconv"
)

type periodData struct {
	Report, Period string
	Made           moment
	Files          []fileRow
	Rows           []deliveryRow
}

type fileRow struct {
	Position          int
	Name, Type, Bytes string
	SHA256            string
}

func (v *visit) periodFiles() (all []served.File, err error) {
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

func period(v *visit) error {
	all, err := v.periodFiles()
	if err != nil {
		return err
	}
	d := periodData{Report: all[0].Report, Period: all[0].Period, Made: v.moment(all[0].MadeAt)}
	for _, f := range all {
		d.Files = append(d.Files, fileRow{f.Position, path.Base(f.Path), f.ContentType, strconv.FormatInt(f.Size, 10), f.SHA256})
	}
	rows, err := v.account.Ledger.Deliveries(v.Context(), ledger.Filter{Account: v.account.Config.Account, Report: d.Report, Period: d.Period, Limit: pageSize})
	if err != nil {
		return err
	}
	for _, row := range rows {
		d.Rows = append(d.Rows, v.row(row))
	}
	return v.show(http.StatusOK, "period", d.Report+" "+d.Period, d)
}

// file sends a file of the archive, if it is the one that was made. That it was read goes down.
func file(v *visit) error {
	all, err := v.periodFiles()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(f served.File) bool { return strconv.Itoa(f.Position) == v.PathValue("position") })
	if i < 0 {
		return errNotFound
	}
	open, err := insight.OpenFile(v.account.Config, &all[i])
	if err != nil {
		return err
	}
	defer open.Close()
	act := v.act("read", "file "+all[i].Path)
	if err := v.account.Ledger.Write(v.Context(), act.WriteDown); err != nil {
		return err
	}
	v.writer.Header().Set("Content-Type", all[i].ContentType)
	v.writer.Header().Set("Content-Disposition", `attachment; filename="`+path.Base(all[i].Path)+`"`)
	http.ServeContent(v.writer, v.Request, "", all[i].MadeAt, open)
	return nil
}

type actRow struct {
	At                              moment
	Name, Via, From, Action, Object string
}

func activity(v *visit) error {
	acts, err := served.Of(v.account.Ledger).Acts(v.Context(), served.ActFilter{Account: v.account.Config.Account, Limit: pageSize})
	if err != nil {
		return err
	}
	var rows []actRow
	for _, a := range acts {
		rows = append(rows, actRow{v.moment(a.At), text.PrintableLine(a.Name), a.Via, a.Address, a.Action, a.Object})
	}
	return v.show(http.StatusOK, "activity", v.words.Word("page.activity"), rows)
}

package webpage

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"net/mail"
	"path"
	"slices"
	"strings"
	"time"

	"rapport/internal/csvhead"
	"rapport/internal/expiring"
	"rapport/internal/mailview"
	"rapport/internal/reportform"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// A Trial is a period of a report that was made to look at.
type Trial struct {
	Files   []TrialFile
	Message []byte // as it would go out to the first recipient; nil: there is none
	Sent    bool   // it was mailed to one person
	Error   string // why it could not be made whole; "": it was
}

// A TrialFile is one of the files of a trial.
type TrialFile struct {
	Name string
	Size int64
	Data []byte // nil: it is too large to be shown
}

const (
	trialLife  = 30 * time.Minute
	mostTrials = 8        // of all accounts, the oldest go first
	rowsShown  = 200      // of a CSV
	trialBytes = 48 << 20 // of all trials together
)

// A keptTrial is one that can be looked at for a while.
type keptTrial struct {
	Trial
	report        reportconfig.Report
	period, words string
	made          time.Time
}

func newTrials() *expiring.Store[keptTrial] {
	return &expiring.Store[keptTrial]{Life: trialLife, Most: mostTrials, Bytes: trialBytes}
}

// findTrial gives what the key of the path names, if it is the account's.
func findTrial(v *visit) (keptTrial, error) {
	k, found := v.server.trials.Find(v.account.Config.Account, v.PathValue("key"), v.server.Now())
	if !found {
		return k, errNotFound
	}
	return k, nil
}

// previewForm asks which period is to be looked at; where one is named it is made at once.
func previewForm(v *visit) error {
	r, err := findReport(v)
	if err != nil {
		return err
	}
	if v.URL.Query().Has("period") {
		return makeTrial(v, *r, nil, "")
	}
	return showTrialForm(v, http.StatusOK, r, "")
}

func showTrialForm(v *visit, status int, r *reportconfig.Report, fault string) error {
	d := makeDataOf(v, r, v.FormValue("period"))
	d.Fault, d.To = fault, v.FormValue("to")
	if a, err := mail.ParseAddress(v.session.Name); d.To == "" && err == nil {
		d.To = a.Address
	}
	return v.show(status, "preview", v.words.Word("page.do.preview")+": "+d.Name, d)
}

// preview makes a trial, and with a to: mails it to that one address.
func preview(v *visit) error {
	r, err := findReport(v)
	if err != nil {
		return err
	}
	given := strings.TrimSpace(v.FormValue("to"))
	if given == "" {
		return makeTrial(v, *r, nil, "")
	}
	to, err := mail.ParseAddress(given)
	switch {
	case err != nil:
		return showTrialForm(v, http.StatusBadRequest, r, v.words.Word("page.fault.address"))
	case v.account.Config.Mail.From == nil:
		return showTrialForm(v, http.StatusConflict, r, v.words.Word("page.fault.no_mail"))
	case !v.account.Config.MayMail(to.Address) && !slices.ContainsFunc(r.Emails, func(a mail.Address) bool { return strings.EqualFold(a.Address, to.Address) }):
		return showTrialForm(v, http.StatusBadRequest, r, v.words.Word("page.fault.not_allowed", to.Address))
	}
	return makeTrial(v, *r, to, to.Address)
}

// makeTrial makes one, keeps it for a while and leads to it.
func makeTrial(v *visit, r reportconfig.Report, to *mail.Address, address string) error {
	p, fault := chosenPeriod(v, &r)
	if fault != "" {
		return showTrialForm(v, http.StatusBadRequest, &r, fault)
	}
	if to != nil { // before, as nobody can take a mail back that no act names
		act := v.act("trial", fmt.Sprintf("report %s %s to %s", r.ID, p, address))
		if err := v.account.Ledger.Write(v.Context(), act.WriteDown); err != nil {
			return err
		}
	}
	made, err := v.account.Shop.Try(v.Context(), r, p, to)
	if err != nil {
		return err
	}
	notice := "preview"
	if to != nil && made.Sent {
		notice = "trial"
	}
	key := base64.RawURLEncoding.EncodeToString(v.server.Random())
	now, bytes := v.server.Now(), len(made.Message)
	for _, f := range made.Files {
		bytes += len(f.Data)
	}
	v.server.trials.Keep(v.account.Config.Account, key, keptTrial{made, r, p.String(), v.periodWords(string(r.Schedule), p.From, p.To), now}, bytes, now)
	return v.done("/previews/"+key, notice)
}

// trialData is a trial as it is shown.
type trialData struct {
	Key, Report, ID, Period, Words, Error string
	Subject, Size, To                     string
	HasMail, Known                        bool
	Files                                 []trialFileRow
	Head                                  []string
	Rows                                  [][]string
	More                                  bool
}

type trialFileRow struct {
	Name, Size string
	Shown      bool
}

func previewed(v *visit) error {
	k, err := findTrial(v)
	if err != nil {
		return err
	}
	d := trialData{Key: v.PathValue("key"), Report: v.nameOf(&k.report), ID: k.report.ID, Period: k.period, Words: k.words, Error: text.PrintableLine(k.Error), Known: k.report.ID != "preview"}
	if a, err := mail.ParseAddress(v.session.Name); err == nil {
		d.To = a.Address
	}
	for _, f := range k.Files {
		d.Files = append(d.Files, trialFileRow{f.Name, text.Size(f.Size, v.words.DecimalMark()), f.Data != nil})
		if d.Head == nil && path.Ext(f.Name) == ".csv" {
			d.Head, d.Rows, d.More = csvhead.Read(f.Data, rowsShown)
		}
	}
	if k.Message != nil {
		m := mailview.Read(k.Message)
		d.HasMail, d.Subject, d.Size = true, text.PrintableLine(m.Subject), text.Size(int64(len(k.Message)), v.words.DecimalMark())
	}
	return v.show(http.StatusOK, "previewed", v.words.Word("page.do.preview")+": "+d.Report, d)
}

func previewMail(v *visit) error {
	k, err := findTrial(v)
	if err != nil || k.Message == nil {
		return errNotFound
	}
	return showFrame(v, mailview.Read(k.Message))
}

func previewFile(v *visit) error {
	k, err := findTrial(v)
	if err != nil {
		return err
	}
	for _, f := range k.Files {
		if f.Name == v.PathValue("name") && f.Data != nil {
			v.download(f.Name, typeOfFile(f.Name))
			http.ServeContent(v.writer, v.Request, "", k.made, bytes.NewReader(f.Data))
			return nil
		}
	}
	return errNotFound
}

// download says that an answer is a file, and which.
func (v *visit) download(name, contentType string) {
	v.writer.Header().Set("Content-Type", contentType)
	v.writer.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

func typeOfFile(name string) string {
	if t := map[string]string{".pdf": reportform.PDF, ".csv": reportform.CSV, ".xlsx": string(reportconfig.XLSX)}[path.Ext(name)]; t != "" {
		return t
	}
	return "application/octet-stream"
}

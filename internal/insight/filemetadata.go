package insight

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// A metadataItem is one file of a report that was made.
type metadataItem struct {
	ID               string          `json:"id"`
	ReportJobID      string          `json:"report_job_id"`
	AccountID        string          `json:"account_id"`
	TemplateID       string          `json:"template_id"`
	ContentType      string          `json:"content_type"`
	ContentLanguage  string          `json:"content_language"`
	CreatedBy        string          `json:"created_by"`
	CreatedAt        string          `json:"created_at"`
	DataFrom         string          `json:"data_from"`
	DataTo           string          `json:"data_to"`
	Schedule         string          `json:"schedule"`
	ReportFileName   string          `json:"report_file_name"`
	CustomReportName string          `json:"custom_report_name"`
	ReportConfigID   string          `json:"report_config_id"`
	DataType         string          `json:"data_type"`
	SignedURL        string          `json:"signed_url"`
	ReportFilters    []report.Filter `json:"report_filters"`
}

type metadataPage struct {
	Reports       []metadataItem `json:"reports"`
	StartingAfter string         `json:"starting_after,omitempty"`
}

const (
	defaultLimit, mostLimit = 10, 100
	linkLife                = 15 * time.Minute
)

// listMetadata is GET …/reports/metadata.
func listMetadata(q *request) (any, error) {
	query := q.URL.Query()
	limit := defaultLimit
	if query.Has("limit") {
		n, err := strconv.Atoi(query.Get("limit"))
		if err != nil || n < 1 || n > mostLimit || len(query["limit"]) > 1 {
			return nil, errBadRequest("limit", "limit must be a whole number from 1 to 100")
		}
		limit = n
	}
	var after served.FileCursor
	if query.Has("starting_after") {
		ok := false
		if after, ok = readCursor(query.Get("starting_after")); !ok || len(query["starting_after"]) > 1 {
			return nil, errBadRequest("starting_after", "starting_after is not one that an answer gave")
		}
	}
	key, err := q.account.key(q.Context(), served.KeyOfFiles, q.server)
	if err != nil {
		return nil, err
	}
	page := metadataPage{Reports: []metadataItem{}}
	err = q.account.use(func() error {
		files, err := q.account.Files(q.Context(), q.account.Config.Account, after, limit+1)
		if err != nil {
			return err
		}
		more := len(files) > limit
		creators := map[string]string{}
		for i := range files[:min(limit, len(files))] {
			f := &files[i]
			if creators[f.Report], err = q.account.creator(q.Context(), creators, f.Report); err != nil {
				return err
			}
			page.Reports = append(page.Reports, q.account.metadata(f, q.server, key, creators[f.Report]))
			if more {
				page.StartingAfter = writeCursor(f)
			}
		}
		return nil
	})
	return page, err
}

// creator is who made a report.
func (a *account) creator(ctx context.Context, known map[string]string, id string) (string, error) {
	if by, ok := known[id]; ok {
		return by, nil
	}
	row, found, err := a.Report(ctx, a.Config.Account, id)
	if !found {
		return "file", err
	}
	return row.CreatedBy, err
}

func writeCursor(f *served.File) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%d", f.MadeAt.UnixMilli(), f.PeriodID, f.Position))
}

func readCursor(text string) (c served.FileCursor, ok bool) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return c, false
	}
	parts := strings.Split(string(data), ".")
	if len(parts) != 3 {
		return c, false
	}
	var n [3]int64
	for i, part := range parts {
		if n[i], err = strconv.ParseInt(part, 10, 64); err != nil || n[i] < 0 || strconv.FormatInt(n[i], 10) != part {
			return c, false
		}
	}
	return served.FileCursor{MadeAt: time.UnixMilli(n[0]).UTC(), PeriodID: n[1], Position: int(n[2])}, n[0] > 0
}

// metadata says what is known of a file, with a link to it.
func (a *account) metadata(f *served.File, s *Server, key []byte, createdBy string) metadataItem {
	facts, err := report.ReadFacts(f.Facts)
	if err != nil { // it was made before they were kept: what its report is now is the best that is known
		facts = a.factsNow(f.Report, f.Schedule)
	}
	name := path.Base(f.Path)
	item := metadataItem{
		ID: fileID(f), ReportJobID: jobID(f.Key, f.Edition), AccountID: f.Account,
		TemplateID: "insight-" + strings.ReplaceAll(facts.DataType, "/", "-"), ContentType: f.ContentType, ContentLanguage: facts.Language,
		CreatedBy: createdBy, CreatedAt: instant(f.MadeAt), DataFrom: instant(f.From), DataTo: instant(f.To), Schedule: f.Schedule,
		ReportFileName: name, CustomReportName: facts.Name, ReportConfigID: a.configID(f.Report, facts), DataType: facts.DataType,
		ReportFilters: facts.Filters,
	}
	if item.ReportFilters == nil {
		item.ReportFilters = []report.Filter{}
	}
	item.SignedURL = s.URL + "/v1/accounts/" + f.Account + "/reports/files/" + item.ID + "?" + sign(key, f, s.Now().Add(linkLife)).Encode()
	return item
}

// jobID names what makes a period. What makes it again, or corrects it, is another one.
func jobID(k ledger.Key, edition int) string {
	name := fmt.Appendf(nil, "run\x00%s\x00%s\x00%d\x00%d", k.Account, k.Report, k.From.UnixMilli(), k.To.UnixMilli())
	if edition > 0 {
		name = fmt.Appendf(name, "\x00%d", edition)
	}
	return uuid.NewSHA1(names(), name).String()
}

// factsNow are those of a report of the file as it is now; of a part, those of the whole.
func (a *account) factsNow(id, schedule string) report.Facts {
	id = cmp.Or(reportconfig.PartOf(id), id)
	for i := range a.Config.Reports {
		if a.Config.Reports[i].ID == id {
			return report.FactsOf(&a.Config.Reports[i])
		}
	}
	return report.Facts{Schedule: schedule}
}

// fileID names a file of a period.
func fileID(f *served.File) string {
	name := fmt.Sprintf("file\x00%s\x00%s\x00%d\x00%d\x00%s", f.Account, f.Report, f.From.UnixMilli(), f.To.UnixMilli(), path.Base(f.Path))
	return uuid.NewSHA1(names(), []byte(name)).String()
}

// configID is what a report is called over HTTP; "" of one that was generated, and of settlements.
// A part has the configuration of the whole.
func (a *account) configID(id string, facts report.Facts) string {
	id = cmp.Or(reportconfig.PartOf(id), id)
	if facts.DataType == string(reportconfig.PayoutSettlements) {
		return ""
	}
	for i := range a.Config.Reports {
		if a.Config.Reports[i].ID == id {
			return FileReportID(a.Config.Account, id)
		}
	}
	if strings.HasPrefix(id, generatedPrefix) {
		return ""
	}
	if u, err := uuid.Parse(id); err == nil && u.Version() == 4 {
		return id
	}
	return FileReportID(a.Config.Account, id)
}

// sign is what of a link makes it one. The signature begins with where the ledger has the file.
func sign(key []byte, f *served.File, until time.Time) url.Values {
	expires := strconv.FormatInt(until.Unix(), 10)
	place := fmt.Sprintf("%d-%d", f.PeriodID, f.Position)
	return url.Values{"expires": {expires}, "signature": {place + "-" + mac(key, f.Account, fileID(f), expires, place)}}
}

func mac(key []byte, parts ...string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(m.Sum(nil))
}

// download is GET …/reports/files/{id}: the link is the right.
func download(q *request) (any, error) {
	refused := &failure{status: http.StatusForbidden, code: "forbidden", message: "the link is wrong or has expired: get another one from reports/metadata"}
	a := q.server.accounts[q.PathValue("aid")]
	query := q.URL.Query()
	expires := query.Get("expires")
	parts := strings.Split(query.Get("signature"), "-")
	if a == nil || len(parts) != 3 {
		return nil, refused
	}
	key, err := a.key(q.Context(), served.KeyOfFiles, q.server)
	if err != nil {
		return nil, err
	}
	want := mac(key, a.Config.Account, q.PathValue("id"), expires, parts[0]+"-"+parts[1])
	until, err := strconv.ParseInt(expires, 10, 64)
	if !hmac.Equal([]byte(want), []byte(parts[2])) || err != nil || q.server.Now().Unix() >= until {
		return nil, refused
	}
	period, err := strconv.ParseInt(parts[0], 10, 64)
	position, err2 := strconv.Atoi(parts[1])
	if errors.Join(err, err2) != nil {
		return nil, refused
	}
	found := false
	var f served.File
	err = a.use(func() error {
		f, found, err = a.File(q.Context(), period, position)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !found || fileID(&f) != q.PathValue("id") {
		return nil, errNotFound("the file is not kept any more")
	}
	return a.send(q, &f)
}

// send sends a file of the archive, if it is the one that was made.
func (a *account) send(q *request, f *served.File) (any, error) {
	file, err := OpenFile(q.Context(), a.Archive, f)
	if errors.Is(err, fs.ErrNotExist) && q.server.Now().Sub(f.MadeAt) < 5*time.Minute {
		return nil, errUnavailable("the file is being put into the archive")
	}
	if errors.As(err, new(*archive.StoreError)) && !errors.Is(err, fs.ErrNotExist) {
		return nil, errUnavailable("the store of the archive does not answer")
	}
	if err != nil {
		a.Alarm(q.Context(), f.Report, err.Error())
		return nil, fmt.Errorf("report %s %s: %w", f.Report, f.Period, err)
	}
	defer file.Close()
	name := path.Base(f.Path)
	q.header.Set("Content-Type", f.ContentType)
	q.header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	q.header.Set("ETag", `"`+f.SHA256+`"`)
	http.ServeContent(q.writer, q.Request, name, f.MadeAt, file)
	return streamed{}, nil
}

// OpenFile opens a file of the archive. One that is not the one that was made is an error.
func OpenFile(ctx context.Context, a archive.Archive, f *served.File) (*os.File, error) {
	return a.Open(ctx, filepath.ToSlash(f.Path), f.SHA256)
}

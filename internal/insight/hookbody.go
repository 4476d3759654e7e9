package insight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/report"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// A hookBody is what a hook is told, in Dintero's shape.
type hookBody struct {
	AccountID     string        `json:"account_id"`
	Event         string        `json:"event"`
	EventDelivery string        `json:"event_delivery"`
	Report        any           `json:"report,omitempty"`
	Delivery      *hookDelivery `json:"delivery,omitempty"`
}

// A failedItem is a period without a file: it could not be made.
type failedItem struct {
	ReportJobID      string `json:"report_job_id"`
	AccountID        string `json:"account_id"`
	TemplateID       string `json:"template_id"`
	ContentLanguage  string `json:"content_language"`
	DataFrom         string `json:"data_from"`
	DataTo           string `json:"data_to"`
	Schedule         string `json:"schedule"`
	CustomReportName string `json:"custom_report_name"`
	ReportConfigID   string `json:"report_config_id"`
	DataType         string `json:"data_type"`
	Error            string `json:"error"`
	Attempts         int    `json:"attempts"`
	Final            bool   `json:"final"` // it is not tried again
}

// A hookDelivery is a message that its recipient did not get.
type hookDelivery struct {
	ID        int64  `json:"id"`
	Recipient string `json:"recipient"`
	State     string `json:"state"` // refused, or expired
	Answer    string `json:"answer"`
	MessageID string `json:"message_id"`
	Attempts  int    `json:"attempts"`
	EndedAt   string `json:"ended_at"`
}

// HookBody is what a hook of an account is told of a delivery; nothing, where what it is about is
// not kept any more. Links in it hold from now on for as long as any.
func (s *Server) HookBody(ctx context.Context, account string, d served.HookDelivery) ([]byte, error) {
	a := s.accounts[account]
	body := hookBody{AccountID: account, Event: d.Event, EventDelivery: d.ID}
	subject, ok := served.ReadHookSubject(d.Subject)
	found, err := ok, error(nil)
	switch reportconfig.HookEvent(d.Event) {
	case served.HookBegins:
		found = true
	case reportconfig.ReportAdd:
		body.Report, found, err = a.fileItem(ctx, s, subject.Period, int(subject.Position))
	case reportconfig.ReportFailed:
		body.Report, found, err = a.failedItem(ctx, subject.Period)
	case reportconfig.DeliveryFailed:
		var row ledger.Delivery
		if row, err = a.Ledger.Delivery(ctx, subject.Delivery); errors.Is(err, ledger.ErrNoDelivery) {
			return nil, nil
		}
		if err == nil {
			body.Delivery = &hookDelivery{row.ID, row.Recipient, string(row.State), text.PrintableLine(row.Answer), row.MessageID, row.Attempts, instant(row.FinishedAt)}
			found = row.State == ledger.Refused || row.State == ledger.Expired // else somebody has seen to it
			body.Report, _, err = a.fileItem(ctx, s, row.PeriodID, 0)
		}
	}
	if err != nil || !found {
		return nil, err
	}
	return json.Marshal(body)
}

func (a *account) fileItem(ctx context.Context, s *Server, period int64, position int) (any, bool, error) {
	f, found, err := a.File(ctx, period, position)
	if err != nil || !found {
		return nil, false, err
	}
	key, err := a.key(ctx, served.KeyOfFiles, s)
	if err != nil {
		return nil, false, err
	}
	creator, err := a.creator(ctx, nil, f.Report)
	return a.metadata(&f, s, key, creator), err == nil, err
}

func (a *account) failedItem(ctx context.Context, period int64) (any, bool, error) {
	p, found, err := a.FailedPeriod(ctx, period)
	if err != nil || !found {
		return nil, false, err
	}
	facts := a.factsNow(p.Report, p.Schedule)
	row, made, err := a.Report(ctx, a.Config.Account, p.Report)
	if err != nil {
		return nil, false, fmt.Errorf("report %s: %w", p.Report, err)
	}
	if made {
		if r, err := readStored(a.Config, row); err == nil {
			facts = report.FactsOf(&r)
		}
	}
	return failedItem{
		ReportJobID: jobID(p.Key, 0), AccountID: p.Account, TemplateID: "insight-" + strings.ReplaceAll(facts.DataType, "/", "-"), ContentLanguage: facts.Language,
		DataFrom: instant(p.From), DataTo: instant(p.To), Schedule: p.Schedule, CustomReportName: facts.Name, ReportConfigID: a.configID(p.Report, facts),
		DataType: facts.DataType, Error: text.PrintableLine(p.Error), Attempts: p.Attempts, Final: p.Final,
	}, true, nil
}

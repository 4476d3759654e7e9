package shoptest

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

// Payouts is a source of settlements too.
type Payouts struct {
	paymenttest.Source
	List []payment.Settlement
}

func (p *Payouts) Settlements(context.Context, payment.SettlementQuery) iter.Seq2[payment.Settlement, error] {
	return paymenttest.Listing(p.List, nil)
}

// Pays adds a settlement of one sale of the day before, in øre; both can be changed then.
func (p *Payouts) Pays(t testing.TB, id, day string, capture, fee int64) (*payment.Settlement, *payment.Transaction) {
	t.Helper()
	at := paymenttest.At(t, day+"T09:00:00+01:00")
	p.List = append(p.List, payment.Settlement{
		ID: id, Provider: "vipps", ProviderReference: "200" + id, PaymentStatus: payment.StatusPaid, SettledAt: at, StartAt: at.AddDate(0, 0, -1), EndAt: at.AddDate(0, 0, -1), CreatedAt: at, UpdatedAt: at,
		Amounts: []payment.SettlementAmount{{Currency: "NOK", Capture: capture, Fee: fee, Amount: capture - fee}},
	})
	sale := paymenttest.Captured(t, "sale-"+id, capture)
	event := paymenttest.Event(t, payment.EventCapture, at.AddDate(0, 0, -1).Format("2006-01-02T15:04:05Z07:00"), capture)
	event.Settlements = []payment.EventSettlement{{ID: id, Capture: &capture, Fee: &fee}}
	sale.Events, sale.Product, sale.MerchantReference = []payment.Event{event}, "vipps", "ordre-"+id
	p.Sales = append(p.Sales, sale)
	return &p.List[len(p.List)-1], &p.Sales[len(p.Sales)-1]
}

// PayoutShop makes a report of settlements in all forms, with a voucher, every day.
func PayoutShop(t testing.TB) (*Shop, *Payouts, *reportconfig.Report) {
	source := &Payouts{}
	rep := paymenttest.Report(reportconfig.Settlements{}, "no")
	rep.ID, rep.Name, rep.ContentTypes = "utbetalinger", "Utbetalinger", []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV, reportconfig.XLSX}
	rep.Emails = paymenttest.Mailed("a@x.no").Emails
	rep.VoucherFile = &reportconfig.VoucherFile{Format: "gbat10", Bank: "1920", Fee: "7770", Clearing: map[string]string{"default": "1902"}, FeeVATCode: "0", Type: "30", FirstNumber: 1}
	return New(t, source, rep), source, rep
}

// Texts are what readers of one report get, each as text with single blanks: subject, mail, CSV, PDF,
// XLSX, bridge and voucher.
func (s *Shop) Texts(period string) map[string]string {
	s.T.Helper()
	rep := s.Reports[0]
	dir := filepath.Join(s.Archive, rep.ID, period)
	base := filepath.Join(dir, strings.ToLower(rep.Name)+"_"+period)
	plain := func(text string) string {
		text = strings.NewReplacer("\u00a0", " ", "\u2212", "-", `"`, "").Replace(text)
		return strings.Join(strings.Fields(text), " ")
	}
	texts := map[string]string{"pdf": plain(PdfText(s.T, base+".pdf")), "xlsx": plain(XLSXText(s.T, base+".xlsx"))}
	for name, path := range map[string]string{"csv": base + ".csv", "bridge": base + "_bridge.csv", "voucher": base + "_voucher.csv"} {
		data, err := os.ReadFile(path)
		if err != nil && name != "voucher" && name != "bridge" {
			s.T.Fatal(err)
		}
		texts[name] = strings.NewReplacer("\u00a0", " ", `"`, "", "\ufeff", "").Replace(string(data))
	}
	for _, f := range s.Letters() {
		subject, text := SubjectAndText(s.T, f)
		texts["subject"], texts["mail"] = plain(subject), plain(text)
	}
	return texts
}

// XLSXText is the text and the numbers of all cells of a file, separated by blanks.
func XLSXText(t testing.TB, path string) string {
	t.Helper()
	file, err := zip.OpenReader(path)
	paymenttest.Must(t, err)
	defer file.Close()
	var out strings.Builder
	for _, part := range file.File {
		if !strings.HasPrefix(part.Name, "xl/worksheets/") && part.Name != "xl/sharedStrings.xml" {
			continue
		}
		r, err := part.Open()
		paymenttest.Must(t, err)
		for d := xml.NewDecoder(r); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			paymenttest.Must(t, err)
			if text, ok := token.(xml.CharData); ok {
				out.Write(text)
				out.WriteByte(' ')
			}
		}
		r.Close()
	}
	return out.String()
}

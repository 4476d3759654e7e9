package webpage

import (
	"html"
	"io"
	"net/http"
	"strings"

	"rapport/internal/ledger"
	"rapport/internal/mailview"
	"rapport/internal/maskedaddress"
	"rapport/internal/reportform"
	"rapport/internal/text"
)

// showFrame writes the HTML of a message for a frame: nothing in it runs, and nothing is loaded.
func showFrame(v *visit, m mailview.Message) error {
	body := m.HTML
	if body == "" {
		body = "<!doctype html><meta charset=utf-8><pre>" + html.EscapeString(m.Text) + "</pre>"
	}
	h := v.writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; form-action 'none'; base-uri 'none'; sandbox")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(v.writer, body) // who asked may have gone
	return nil
}

// messageData is a message as it went out.
type messageData struct {
	deliveryRow
	Gone, Same bool
	Masked     bool // addresses are hidden
	Subject    string
	Headers    []mailview.Header
	Text       string
	Parts      []attachmentRow
	Bytes, SHA string
}

type attachmentRow struct{ Name, Type, Size string }

// sentBytes is the message of the delivery of the path. That it was read goes down.
func sentBytes(v *visit, note bool) (d ledger.Delivery, eml []byte, same bool, err error) {
	if d, err = findDelivery(v); err != nil {
		return d, nil, false, err
	}
	eml, same, err = v.account.Shop.Message(v.Context(), d)
	if err != nil {
		v.server.Log.Warn("a message cannot be shown", "delivery", d.ID, "error", err)
		return d, nil, false, nil
	}
	if v.role < operator && eml != nil {
		eml = mailview.Masked(eml, maskedaddress.In)
	}
	if note && eml != nil {
		err = v.account.Ledger.Write(v.Context(), v.act("read", "message of delivery "+itoa(d.ID)).WriteDown)
	}
	return d, eml, same, err
}

func sentMessage(v *visit) error {
	d, eml, same, err := sentBytes(v, true)
	if err != nil {
		return err
	}
	data := messageData{deliveryRow: deliveryRowOf(v, d), Gone: eml == nil, Same: same, Masked: v.role < operator, SHA: d.SHA256, Bytes: text.Size(int64(len(eml)), v.words.DecimalMark())}
	if eml != nil {
		m := mailview.Read(eml)
		data.Subject, data.Headers, data.Text = text.PrintableLine(m.Subject), m.Headers, printableText(m.Text)
		for _, p := range m.Parts {
			data.Parts = append(data.Parts, attachmentRow{p.Name, reportform.FormName(p.Type), text.Size(p.Size, v.words.DecimalMark())})
		}
	}
	return v.show(http.StatusOK, "message", v.words.Word("page.message"), data)
}

// printableText is a text of several lines without what would turn or hide letters.
func printableText(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = text.PrintableLine(lines[i])
	}
	return strings.Join(lines, "\n")
}

func sentHTML(v *visit) error {
	_, eml, _, err := sentBytes(v, false)
	if err != nil {
		return err
	}
	if eml == nil {
		return errNotFound
	}
	return showFrame(v, mailview.Read(eml))
}

func sentEML(v *visit) error {
	d, eml, _, err := sentBytes(v, true)
	if err != nil {
		return err
	}
	if eml == nil {
		return errNotFound
	}
	v.download("delivery-"+itoa(d.ID)+".eml", "message/rfc822")
	_, _ = v.writer.Write(eml) // who asked may have gone
	return nil
}

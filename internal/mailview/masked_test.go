package mailview_test

import (
	"bytes"
	"strings"
	"testing"

	"rapport/internal/mailview"
	"rapport/internal/maskedaddress"
)

const mail = "From: Rapport <rapport@shop.example>\r\nTo: =?utf-8?q?K=C3=A5re?=\r\n <kaare@shop.example>\r\nMessage-ID: <1a@shop.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=outer\r\n\r\n" +
	"--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nTo kaare=\r\n@shop.example\r\n" +
	"--inner\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+a2FhcmVAc2hvcC5leGFtcGxlPC9iPg==\r\n--inner--\r\n\r\n" +
	"--outer\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\nkept@shop.example\r\n--outer--\r\n"

// TestAMaskedMailNamesNobody, and is a mail with all its parts.
func TestAMaskedMailNamesNobody(t *testing.T) {
	masked := mailview.Masked([]byte(mail), maskedaddress.In)
	m := mailview.Read(masked)
	if m.Text != "To k•••@shop.example" || m.HTML != "<b>k•••@shop.example</b>" || len(m.Parts) != 1 || m.Parts[0].Name != "a.csv" {
		t.Errorf("%q %q %v", m.Text, m.HTML, m.Parts)
	}
	var head []string
	for _, h := range m.Headers[:3] {
		head = append(head, h.Label+": "+h.Value)
	}
	if got := strings.Join(head, "\n"); got != "From: Rapport <r•••@shop.example>\nTo: Kåre <k•••@shop.example>\nMessage-ID: <1a@shop.example>" {
		t.Errorf("the head: %s", got)
	}
	if !bytes.Contains(masked, []byte("\r\nkept@shop.example\r\n--outer--")) || bytes.Contains(masked, []byte("kaare")) {
		t.Errorf("%s", masked)
	}
	if same := mailview.Masked([]byte(mail), func(s string) string { return s }); string(same) != mail {
		t.Errorf("what is not masked is not as it was: %s", same)
	}
}

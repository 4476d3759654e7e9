package parts_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/internal/slug"
	"rapport/reportconfig"
)

// market is a shop with a report that is split, and a file of addresses.
func market(t *testing.T, addresses string, sales ...payment.Transaction) *shoptest.Shop {
	t.Helper()
	r := paymenttest.Mailed("drift@torget.example")
	r.ID, r.Name, r.Split = "torget", "Salg", reportconfig.SplitBySeller
	r.Addresses = filepath.Join(t.TempDir(), "sellers.csv")
	list(t, r, addresses)
	return shoptest.New(t, paymenttest.Source{Sales: sales}, r)
}

func list(t *testing.T, r *reportconfig.Report, addresses string) {
	t.Helper()
	paymenttest.Must(t, os.WriteFile(r.Addresses, []byte(addresses), 0o600))
}

// shared is a sale of several sellers, each with a line of its own.
func shared(t *testing.T, id string, shares map[string]int64, order ...string) payment.Transaction {
	t.Helper()
	tx := paymenttest.Captured(t, id, 0)
	for i, seller := range order {
		amount := shares[seller]
		tx.Lines = append(tx.Lines, payment.Line{ID: fmt.Sprint(i), Amount: amount, Splits: []payment.Split{{PayoutDestination: seller, Amount: amount}}})
		tx.Amount += amount
	}
	tx.Events[1].Amount = tx.Amount
	return tx
}

// TestNobodyGetsAnythingOfAnother searches every byte that a part's recipients get, packed and
// unpacked, for what the others are called, and for what the account comes to.
func TestNobodyGetsAnythingOfAnother(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip(err)
	}
	type seller struct{ value, name, email string }
	sellers := []seller{
		{"lofoten-77", "Lofoten Tørrfisk", "kari@lofoten.example"}, {"P0000042", "Røykeriet Ålesund", "per@roykeri.example"}, {"sk-alpha", "Skalldyr & Sønn", "ola@skalldyr.example"},
	}
	var addresses strings.Builder
	addresses.WriteString("\xEF\xBB\xBFvalue;name;emails;language\r\n")
	for _, s := range sellers {
		fmt.Fprintf(&addresses, "%s;%s;%s;\r\n", s.value, s.name, s.email)
	}
	both := shared(t, "both", map[string]int64{"lofoten-77": 71100, "P0000042": 52200}, "lofoten-77", "P0000042")
	both.Store = payment.Store{ID: "sc-lofoten", Name: "Lofoten Tørrfisk, Torget", PayoutDestination: "lofoten-77"}
	alone := shared(t, "alone", map[string]int64{"sk-alpha": 333300}, "sk-alpha")
	refunded := shared(t, "refunded", map[string]int64{"P0000042": 200000, "lofoten-77": 70000}, "P0000042", "lofoten-77")
	refund := paymenttest.Event(t, payment.EventRefund, "15:00", 60000)
	refund.Splits = []payment.Split{{PayoutDestination: "P0000042", Amount: 30000}, {PayoutDestination: "lofoten-77", Amount: 30000}}
	refunded.Events = append(refunded.Events, refund)
	s := market(t, addresses.String(), both, alone, refunded, paymenttest.Captured(t, "nobodys", 98765))
	s.Reports[0].ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV, reportconfig.XLSX}
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Fatalf("%+v %s", o, s.Said())
	}
	texts := map[string][]string{} // by value
	for _, one := range sellers {
		dir := filepath.Join(s.Archive, "torget", slug.Of(one.value))
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				data, err := os.ReadFile(path)
				paymenttest.Must(t, err)
				texts[one.value] = append(texts[one.value], unpacked(t, path, data)...)
			}
			return err
		})
		paymenttest.Must(t, err)
		if len(texts[one.value]) < 6 {
			t.Fatalf("%s: only %d texts in %s", one.value, len(texts[one.value]), dir)
		}
	}
	for _, letter := range s.Letters() {
		for _, one := range sellers {
			if letter.To == one.email {
				texts[one.value] = append(texts[one.value], string(letter.Bytes()))
				texts[one.value] = append(texts[one.value], ofMail(t, letter.Bytes())...)
			}
		}
	}
	for _, one := range sellers {
		found := false
		for _, text := range texts[one.value] {
			plain := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", "", ".", "").Replace(text)
			found = found || strings.Contains(text, one.name)
			for _, other := range sellers {
				if other == one {
					continue
				}
				for _, word := range []string{other.value, slug.Of(other.value), other.name, other.email, "sc-lofoten"} {
					if strings.Contains(text, word) && !(word == "sc-lofoten" && one.value == "lofoten-77") {
						t.Errorf("%s gets %q: %.300s", one.value, word, around(text, word))
					}
				}
			}
			for _, sum := range []string{"825365", "765365"} { // what the account captured, and its net
				if strings.Contains(plain, sum) {
					t.Errorf("%s gets the account's sum %s: %.300s", one.value, sum, around(plain, sum))
				}
			}
		}
		if !found {
			t.Errorf("the search finds nothing in what %s gets, not even their name", one.value)
		}
	}
}

func around(text, word string) string {
	i := strings.Index(text, word)
	return text[max(0, i-80):min(len(text), i+80)]
}

// unpacked are the bytes of a file, and what programs show of them.
func unpacked(t *testing.T, name string, data []byte) []string {
	t.Helper()
	all := []string{name, string(data)}
	switch filepath.Ext(name) {
	case ".pdf":
		cmd := exec.Command("pdftotext", "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader(data)
		out, err := cmd.Output()
		paymenttest.Must(t, err)
		all = append(all, string(out))
	case ".xlsx", ".zip":
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		paymenttest.Must(t, err)
		for _, f := range r.File {
			in, err := f.Open()
			paymenttest.Must(t, err)
			text, err := io.ReadAll(in)
			paymenttest.Must(t, err)
			all = append(all, unpacked(t, f.Name, text)...)
		}
	}
	return all
}

// ofMail are the headers and parts of a message, decoded.
func ofMail(t *testing.T, data []byte) (all []string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	paymenttest.Must(t, err)
	for name, values := range m.Header {
		for _, value := range values {
			text, err := new(mime.WordDecoder).DecodeHeader(value)
			paymenttest.Must(t, err)
			all = append(all, name+": "+text)
		}
	}
	return append(all, ofPart(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)...)
}

func ofPart(t *testing.T, contentType, encoding, name string, body io.Reader) (all []string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	paymenttest.Must(t, err)
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return all
			}
			paymenttest.Must(t, err)
			all = append(all, ofPart(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part.FileName(), part)...)
		}
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	data, err := io.ReadAll(body)
	paymenttest.Must(t, err)
	return unpacked(t, name, data)
}

package pipeline

import (
	"encoding/csv"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// sold is a sale of a store at noon of a day.
func sold(t *testing.T, id, day, store string, minor int64) fetch.Transaction {
	t.Helper()
	tx := captured(t, id, minor)
	tx.Store = fetch.Store{ID: strings.ToLower(store), Name: store}
	tx.Events[1].CreatedAt = at(t, day+"T12:00:00+01:00")
	return tx
}

// fourThursdays are sales of two stores; on the last day Bergen has none.
func fourThursdays(t *testing.T) things {
	var s things
	for i, day := range []string{"2026-10-29", "2026-11-05", "2026-11-12"} {
		for n := range 3 {
			s.transactions = append(s.transactions, sold(t, fmt.Sprint("b", i, n), day, "Bergen", 2000))
		}
		s.transactions = append(s.transactions, sold(t, fmt.Sprint("o", i), day, "Oslo", 9000))
	}
	s.transactions = append(s.transactions, sold(t, "o3", "2026-11-19", "Oslo", 16800))
	return s
}

// letters are the messages since the last call.
func (s *shop) letters() []ourmail.Frozen {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	got := s.box.got
	s.box.got = nil
	return got
}

// subjectAndText are what a mail program shows of a message.
func subjectAndText(t *testing.T, f ourmail.Frozen) (subject, text string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(string(f.Bytes)))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	text = textPart(t, m.Header.Get("Content-Type"), m.Body)
	return strings.ReplaceAll(subject, "\u00a0", " "), strings.ReplaceAll(text, "\u00a0", " ")
}

func textPart(t *testing.T, contentType string, body io.Reader) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		text, err := io.ReadAll(quotedprintable.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return ""
	}
	for parts := multipart.NewReader(body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			return ""
		}
		if text := textPart(t, part.Header.Get("Content-Type"), part); text != "" {
			return text
		}
	}
}

// read makes periods one after the other and gives the last one's subject and text.
func (s *shop) read(periods ...string) (subject, text string) {
	s.t.Helper()
	for _, p := range periods {
		if o := s.run(p); o != (Outcome{}) {
			s.t.Fatalf("%s: %+v %s", p, o, s.said())
		}
	}
	letters := s.letters()
	if len(letters) == 0 {
		s.t.Fatal("nothing was mailed")
	}
	return subjectAndText(s.t, letters[len(letters)-1])
}

func TestTheSubjectHasTheAnswerAndTheChangeSinceTheSameWeekday(t *testing.T) {
	s := newShop(t, fourThursdays(t), mailed("a@x.no"))
	subject, _ := s.read("2026-10-29")
	if want := "Transaksjoner tor 29.10: 150,00 kr – Fjordfisk AS 940155223, nr. 1"; subject != want {
		t.Errorf("the first has nothing to compare with:\ngot  %s\nwant %s", subject, want)
	}
	subject, _ = s.read("2026-11-05")
	if want := "Transaksjoner tor 05.11: 150,00 kr, uendret fra forrige torsdag – Fjordfisk AS 940155223, nr. 2"; subject != want {
		t.Errorf("got  %s\nwant %s", subject, want)
	}
	subject, text := s.read("2026-11-12", "2026-11-19")
	if want := "Transaksjoner tor 19.11: 168,00 kr, +12 % mot forrige torsdag – Fjordfisk AS 940155223, nr. 4"; subject != want {
		t.Errorf("got  %s\nwant %s", subject, want)
	}
	for _, want := range []string{"+12 % mot forrige torsdag", "Bergen: ingen innløsninger, vanligvis 3", "Største endringer (NOK)", "+78,00", "−60,00", "Rapport nr. 4"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q:\n%s", want, text)
		}
	}
}

func TestABaselineThatIsIncompleteIsNotGuessed(t *testing.T) {
	s := newShop(t, fourThursdays(t), mailed("a@x.no"))
	if subject, text := s.read("2026-10-29", "2026-11-05", "2026-11-19"); strings.Contains(subject+text, "forrige") || strings.Contains(text, "vanligvis") {
		t.Errorf("the week before was never made: %s\n%s", subject, text)
	}
	s = newShop(t, fourThursdays(t), mailed("a@x.no"))
	if _, text := s.read("2026-11-05", "2026-11-12", "2026-11-19"); strings.Contains(text, "vanligvis") {
		t.Errorf("two weeks are no habit:\n%s", text)
	}
	s = newShop(t, fourThursdays(t), mailed("a@x.no"))
	s.read("2026-11-12")
	s.reports[0].Data = reportconfig.Transactions{Stores: []string{"oslo"}}
	if subject, text := s.read("2026-11-19"); strings.Contains(subject+text, "forrige") {
		t.Errorf("the week before was of all stores: %s\n%s", subject, text)
	}
}

func TestAPlainSubjectSaysNoAmount(t *testing.T) {
	plain := mailed("a@x.no")
	plain.PlainSubject = true
	s := newShop(t, fourThursdays(t), plain)
	s.run("2026-11-19")
	letter := s.letters()[0]
	subject, _ := subjectAndText(t, letter)
	if want := "Transaksjoner tor 19.11 – Fjordfisk AS 940155223, nr. 1"; subject != want {
		t.Errorf("got %s", subject)
	}
	if _, rest, _ := strings.Cut(string(letter.HTML), `class="preview"`); strings.Contains(rest[:strings.Index(rest, "</div>")], "168") {
		t.Error("the preview stands beside the subject, and says the amount")
	}
}

func TestNumbersGoOnBehindTheArchiveWhenTheLedgerIsLost(t *testing.T) {
	s := newShop(t, fourThursdays(t), mailed("a@x.no"))
	s.read("2026-11-17", "2026-11-18", "2026-11-19")
	s.lose()
	s.days(1)
	s.run()
	letters := s.letters()
	if len(letters) != 1 {
		t.Fatalf("%d messages: %s", len(letters), s.said())
	}
	if subject, _ := subjectAndText(t, letters[0]); !strings.HasSuffix(subject, "nr. 4") {
		t.Errorf("three are in the archive: %s", subject)
	}
}

// TestOneFigureEverywhere: whoever reads only the subject, only the mail, only the PDF or
// only the CSV reads the same figure.
func TestOneFigureEverywhere(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	late := sold(t, "late", "2026-11-19", "Oslo", 123456)
	late.Events = append(late.Events, event(t, refundEvent, "12:30", 2345))
	open := authorised(t, "AUTHORIZED")
	open.ID, open.Amount = "open", 765432
	src := things{transactions: []fetch.Transaction{late, sold(t, "s", "2026-11-19", "Bergen", 99), open}, movements: []fetch.WalletTransaction{
		{ID: "f", CardID: "c", Type: "fund", Amount: 500000, Currency: "NOK", CreatedAt: at(t, "12:00")},
		{ID: "d", CardID: "c", Type: "drawdown", Amount: 123, Currency: "NOK", CreatedAt: at(t, "13:00")},
	}}
	for _, c := range []struct {
		data        reportconfig.Data
		column, sum string
	}{
		{reportconfig.Transactions{}, "Netto", "1 212,10"},
		{reportconfig.Open{}, "Gjenstående", "7 654,32"},
		{reportconfig.Wallets{}, "Beløp", "4 998,77"},
	} {
		t.Run(string(c.data.DataType()), func(t *testing.T) {
			rep := mailed("a@x.no")
			rep.Data, rep.ContentTypes = c.data, []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}
			s := newShop(t, src, rep)
			s.run()
			letter := s.letters()[0]
			subject, text := subjectAndText(t, letter)
			files := s.archived("2026-11-19")
			for where, said := range map[string]string{
				"subject": subject, "text": text, "html": strings.ReplaceAll(string(letter.HTML), "\u00a0", " "), "pdf": pdfText(t, files["pdf"]),
			} {
				if !strings.Contains(said, c.sum) {
					t.Errorf("the %s does not say %s:\n%s", where, c.sum, said)
				}
			}
			if got := sumOf(t, files["csv"], c.column); got != strings.ReplaceAll(c.sum, " ", "") {
				t.Errorf("the CSV sums to %s, not to %s", got, c.sum)
			}
		})
	}
}

func TestMoneyAboutToLapseIsNamedFirst(t *testing.T) {
	aged := func(id, method string, age time.Duration, minor int64) fetch.Transaction {
		tx := authorised(t, "AUTHORIZED")
		tx.ID, tx.MerchantReference, tx.ProductType, tx.Amount = id, "order-"+id, method, minor
		tx.Events[0].CreatedAt = at(t, "2026-11-20T00:00:00+01:00").Add(-age)
		return tx
	}
	const day = 24 * time.Hour
	src := things{transactions: []fetch.Transaction{
		aged("5", "vipps", 5*day+23*time.Hour, 100), aged("6", "vipps", 6*day, 200), aged("7", "vipps", 7*day, 400),
		aged("ours", "vipps.card", 9*day, 800), aged("never", "swish", 300*day, 1600), aged("klarna", "klarna.invoice", 26*day, 3200),
	}}
	rep := mailed("a@x.no")
	rep.Data = reportconfig.Open{}
	s := newShop(t, src, rep)
	s.lapse = []reportconfig.LapseLimit{{Method: "vipps.card", Days: 10}}
	s.run()
	subject, text := subjectAndText(t, s.letters()[0])
	if want := "Åpne transaksjoner tor 19.11: 63,00 kr, 42,00 kr går snart ut – "; !strings.HasPrefix(subject, want) {
		t.Errorf("got  %s\nwant %s", subject, want)
	}
	if want := "1 autorisasjon på 4,00 kr har passert fristen for innløsning"; !strings.Contains(text, want) {
		t.Errorf("%q is not said:\n%s", want, text)
	}
	_, table, _ := strings.Cut(text, "Dager igjen")
	table, _, _ = strings.Cut(table, "\n\n")
	var order []string
	for _, line := range strings.Split(table, "\n") {
		for _, word := range strings.Fields(line) {
			if strings.HasPrefix(word, "order-") {
				order = append(order, word)
			}
		}
	}
	if got := strings.Join(order, " "); got != "order-ours order-6 order-klarna" {
		t.Errorf("least time first, and of those the largest: %s\n%s", got, text)
	}
}

// archived are the files of a period of the first report, by their ending.
func (s *shop) archived(period string) map[string]string {
	s.t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.archive, s.reports[0].ID, period, "*.*"))
	if err != nil {
		s.t.Fatal(err)
	}
	files := map[string]string{}
	for _, path := range paths {
		files[strings.TrimPrefix(filepath.Ext(path), ".")] = path
	}
	return files
}

func pdfText(t *testing.T, path string) string {
	t.Helper()
	text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\u00a0", " ")
}

// sumOf adds a column of a Norwegian CSV up, as a spreadsheet does.
func sumOf(t *testing.T, path, column string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at, sum := slices.Index(rows[0], column), int64(0)
	for _, row := range rows[1:] {
		minor, err := strconv.ParseInt(strings.Replace(row[at], ",", "", 1), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += minor
	}
	return fmt.Sprintf("%d,%02d", sum/100, sum%100)
}

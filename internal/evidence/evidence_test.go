package evidence_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/evidence"
	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

const entry = `{"id":"test","dataType":"checkout/transactions","schedule":"daily","language":"no","emails":["a@x.no"],"ping":"https://ping.example/verysecret"}`

// shop made one report for three people, of whom the relay refused one.
func shop(t *testing.T) *shoptest.Shop {
	t.Helper()
	daily := paymenttest.Mailed("a@x.no", "b@x.no", "c@x.no")
	daily.ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}
	daily.Written = []byte(entry)
	s := shoptest.New(t, paymenttest.OneSale(t), daily)
	s.Box.Failing("b@x.no", shoptest.Refusal())
	s.Run()
	s.Box.Fail = nil
	return s
}

func write(t *testing.T, s *shoptest.Shop, period string) ([]byte, error) {
	t.Helper()
	l := s.Open()
	defer l.Close()
	var out bytes.Buffer
	err := evidence.Write(t.Context(), &out, evidence.Request{Ledger: l, Archive: archive.Archive{Dir: s.Archive}, Account: "T12345678", Report: "test", Period: period})
	return out.Bytes(), err
}

// unpacked are the members of the evidence of a period, and the manifest, whose sums are held
// against them.
func unpacked(t *testing.T, s *shoptest.Shop) (members map[string]string, m manifest) {
	t.Helper()
	data, err := write(t, s, "2026-11-19")
	paymenttest.Must(t, err)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	paymenttest.Must(t, err)
	members = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		paymenttest.Must(t, err)
		text, err := io.ReadAll(r)
		paymenttest.Must(t, err)
		if _, twice := members[f.Name]; twice {
			t.Errorf("%s twice", f.Name)
		}
		members[f.Name] = string(text)
	}
	paymenttest.Must(t, json.Unmarshal([]byte(members["manifest.json"]), &m))
	if len(m.Members) != len(members)-1 {
		t.Errorf("the manifest names %d of %d members", len(m.Members), len(members)-1)
	}
	for _, one := range m.Members {
		if sum := sha256.Sum256([]byte(members[one.Name])); hex.EncodeToString(sum[:]) != one.SHA256 {
			t.Errorf("%s has another SHA-256", one.Name)
		}
	}
	return members, m
}

type manifest struct {
	Number, Digest, Program string
	Previous                string `json:"previous_digest"`
	Configuration           string `json:"configuration_sha256"`
	Reconciliation          *evidence.Reconciliation
	Totals                  []any
	NotKept                 []string `json:"not_kept"`
	Editions                []struct{ Number, Digest string }
	Members                 []struct{ Name, SHA256 string }
}

func TestItHoldsWhatWasSentToWhomToTheByte(t *testing.T) {
	s := shop(t)
	members, m := unpacked(t, s)
	var sent []ourmail.Frozen = s.Box.Got
	for _, f := range sent {
		if !slices.ContainsFunc(keys(members), func(name string) bool { return members[name] == string(f.Bytes()) && strings.HasPrefix(name, "mail/") }) {
			t.Errorf("the message to %s is not there", f.To)
		}
	}
	if m.Number != "1" || len(m.Digest) != 64 || m.Previous != "" || m.Reconciliation == nil || len(m.Totals) == 0 || len(m.NotKept) > 0 {
		t.Errorf("%+v", m)
	}
	for name, want := range map[string]string{"report/transactions_2026-11-19.csv": "", "report/transactions_2026-11-19.pdf": ""} {
		data, err := os.ReadFile(filepath.Join(s.Archive, "test", "2026-11-19", strings.TrimPrefix(name, "report/")))
		if paymenttest.Must(t, err); members[name] != string(data) {
			t.Errorf("%s is another%s", name, want)
		}
	}
	var deliveries []struct {
		Recipient, State, Answer string
		Attempts                 []struct{ State, Answer string }
		Mail                     []string
	}
	paymenttest.Must(t, json.Unmarshal([]byte(members["deliveries.json"]), &deliveries))
	states := ""
	for _, d := range deliveries {
		states += d.Recipient + " " + d.State + " "
		if len(d.Attempts) != 1 || len(d.Mail) != 1 || members[d.Mail[0]] == "" || d.Attempts[0].Answer == "" {
			t.Errorf("%+v", d)
		}
	}
	if states != "a@x.no sent b@x.no refused c@x.no sent " {
		t.Error(states)
	}
	sum := sha256.Sum256([]byte(members["report.yaml"]))
	if hex.EncodeToString(sum[:]) != m.Configuration || !strings.HasPrefix(members["report.yaml"], "id: test\ndataType: checkout/transactions\n") {
		t.Errorf("%s", members["report.yaml"])
	}
	for name, text := range members {
		if strings.Contains(text, "verysecret") {
			t.Errorf("%s tells a secret", name)
		}
	}
}

func keys(m map[string]string) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	return all
}

func TestItIsTheSameEachTimeWhateverTheZone(t *testing.T) {
	s := shop(t)
	first, err := write(t, s, "2026-11-19")
	paymenttest.Must(t, err)
	zone := time.Local
	defer func() { time.Local = zone }()
	for _, name := range []string{"Pacific/Auckland", "America/New_York"} {
		time.Local, err = time.LoadLocation(name)
		paymenttest.Must(t, err)
		again, err := write(t, s, "2026-11-19")
		if paymenttest.Must(t, err); !bytes.Equal(first, again) {
			t.Errorf("another in %s", name)
		}
	}
}

// TestEachMessageThatWasSentIsThere, also those before it was sent once more.
func TestEachMessageThatWasSentIsThere(t *testing.T) {
	s := shop(t)
	l := s.Open()
	_, err := l.Resend(t.Context(), s.Delivery("a@x.no").ID, s.Clock.Now())
	paymenttest.Must(t, errors.Join(err, l.Close()))
	s.Run()
	members, _ := unpacked(t, s)
	mails := 0
	for name := range members {
		if strings.HasPrefix(name, "mail/") {
			mails++
		}
	}
	if mails != 4 {
		t.Errorf("%d messages", mails)
	}
	last := s.Box.Got[len(s.Box.Got)-1]
	if !slices.ContainsFunc(keys(members), func(name string) bool { return members[name] == string(last.Bytes()) }) {
		t.Error("what was sent once more is not there")
	}
}

// TestALargeCSVThatWentPackedIsThereAsItWent.
func TestALargeCSVThatWentPackedIsThereAsItWent(t *testing.T) {
	source := paymenttest.OneSale(t)
	for len(source.Sales) < 3000 {
		source.Sales = append(source.Sales, source.Sales[0])
		source.Sales[len(source.Sales)-1].ID += string(rune('a'+len(source.Sales)%26)) + string(rune('a'+len(source.Sales)/26%26)) + string(rune('a'+len(source.Sales)/676))
	}
	daily := paymenttest.Mailed("a@x.no")
	daily.Written = []byte(entry)
	s := shoptest.New(t, source, daily)
	s.Max = 300_000
	s.Run()
	members, m := unpacked(t, s)
	if len(s.Box.Got) != 1 || !strings.Contains(string(s.Box.Got[0].Bytes()), ".zip") || len(m.NotKept) > 0 {
		t.Fatalf("%+v", m)
	}
	if !slices.ContainsFunc(keys(members), func(name string) bool { return members[name] == string(s.Box.Got[0].Bytes()) }) {
		t.Error("the message is not there")
	}
}

func TestWhatRetentionRemovedIsSaid(t *testing.T) {
	s := shop(t)
	l := s.Open()
	all, err := l.Periods(t.Context(), ledger.Filter{Account: "T12345678"})
	paymenttest.Must(t, err)
	paymenttest.Must(t, os.RemoveAll(filepath.Join(s.Archive, "test")))
	paymenttest.Must(t, errors.Join(l.PurgeDetails(t.Context(), all[0].ID), l.Close()))
	members, m := unpacked(t, s)
	if len(members) != 2 || len(m.Editions) != 1 || m.Digest == "" || !strings.Contains(strings.Join(m.NotKept, "\n"), "retention") {
		t.Errorf("%v %+v", keys(members), m)
	}
}

func TestNothingIsHandedOverThatIsNotWhatWasMade(t *testing.T) {
	s := shop(t)
	path := filepath.Join(s.Archive, "test", "2026-11-19", "transactions_2026-11-19.csv")
	data, err := os.ReadFile(path)
	paymenttest.Must(t, err)
	data[len(data)-3]++
	paymenttest.Must(t, os.WriteFile(path, data, 0o600))
	if _, err := write(t, s, "2026-11-19"); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("%v", err)
	}
	if _, err := write(t, s, "2026-11-18"); !errors.Is(err, evidence.ErrNotMade) {
		t.Errorf("%v", err)
	}
}

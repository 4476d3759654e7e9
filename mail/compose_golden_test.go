package mail_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/mail"
)

var update = flag.Bool("update", false, "write the golden files")

func samples() map[string]mail.Message {
	return map[string]mail.Message{"daily": daily(), "monthly": monthly(), "empty": empty(), "hostile": hostile()}
}

// everything is the samples and every kind of report.
func everything(t testing.TB) map[string]mail.Message {
	t.Helper()
	all := kinds(t)
	maps.Copy(all, samples())
	return all
}

func compose(t testing.TB, m mail.Message) mail.Frozen {
	t.Helper()
	frozen, err := mail.Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	return frozen
}

func TestMessagesLookAsAgreed(t *testing.T) {
	for name, message := range everything(t) {
		t.Run(name, func(t *testing.T) {
			frozen := compose(t, message)
			golden(t, name+".html", frozen.HTML)
			golden(t, name+".txt", parse(t, frozen.Bytes()).text)
		})
	}
}

// TestMessagesKeepTheirBytes pins each message as it goes to a relay, boundaries and line
// breaks included: the ledger knows it by its SHA-256.
func TestMessagesKeepTheirBytes(t *testing.T) {
	all := everything(t)
	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(compose(t, all[name]).Bytes()), name)
	}
	golden(t, "messages.sha256", []byte(sums.String()))
	small := empty()
	small.Attachments[0].Data = small.Attachments[0].Data[:100]
	golden(t, "empty.eml", compose(t, small).Bytes())
	small.Attachments, small.ReplyTo = nil, nil
	golden(t, "empty-no-attachments.eml", compose(t, small).Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

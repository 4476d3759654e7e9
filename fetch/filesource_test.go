package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/payment"
)

// file writes content to a file of the test and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func packed(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFileIsReadInEveryForm(t *testing.T) {
	lines := row("a") + "\n" + row("b") + "\n"
	long := strings.Replace(row("a"), `"amount"`, `"user_agent":"`+strings.Repeat("x", 200_000)+`","amount"`, 1)
	for _, test := range []struct {
		name, content string
		want          []string
	}{
		{"NDJSON", lines, []string{"a", "b"}},
		{"NDJSON without the last line end", strings.TrimSpace(lines), []string{"a", "b"}},
		{"NDJSON from Windows", "\ufeff" + strings.ReplaceAll(lines, "\n", "\r\n"), []string{"a", "b"}},
		{"NDJSON with blank lines", "\n\n" + row("a") + "\n \n" + row("b") + "\n\n", []string{"a", "b"}},
		{"NDJSON with a long line", long + "\n" + row("b"), []string{"a", "b"}},
		{"one array", rows("a", "b"), []string{"a", "b"}},
		{"one array over several lines", "\ufeff\n [\n" + row("a") + "\n,\n" + row("b") + "\n]\n", []string{"a", "b"}},
		{"NDJSON packed", packed(t, lines), []string{"a", "b"}},
		{"one array packed", packed(t, rows("a", "b")), []string{"a", "b"}},
		{"packed in two parts", packed(t, row("a")+"\n") + packed(t, row("b")+"\n"), []string{"a", "b"}},
		{"an empty file", "", nil},
		{"an empty file with a byte order mark", "\ufeff", nil},
		{"a line end alone", "\n", nil},
		{"an empty file packed", packed(t, ""), nil},
		{"an empty array", "[]\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			ids, err := idsOf(t, Files{TransactionsFile: file(t, "tx", test.content)}.Transactions(t.Context(), payment.Query{}))
			if err != nil || !cmp.Equal(ids, test.want) {
				t.Errorf("got %v, %v, want %v", ids, err, test.want)
			}
		})
	}
}

func TestAFaultyFileIsToldByFilePlaceAndRow(t *testing.T) {
	ok := row("a")
	broken := packed(t, strings.Repeat(ok+"\n", 100))
	for _, test := range []struct {
		name, content string
		rows          int
		want          string
	}{
		{"half a line", ok + "\n" + ok[:50], 1, "line 2 (byte 136): ends before its JSON is complete"},
		{"half a line in the middle", ok + "\n" + ok[:50] + "\n" + ok, 1, "line 2 (byte 136): ends before its JSON is complete"},
		{"{} is no transaction", ok + "\n{}\n", 1, "line 2 (byte 136): transaction without id: id: is missing"},
		{"{} alone", "{}", 0, "line 1 (byte 0): transaction without id"},
		{"an error alone", `{"error":{"message":"no"}}`, 0, "line 1 (byte 0): transaction without id"},
		{"null", "null", 0, "line 1 (byte 0): is null, not an object"},
		{"two on a line", ok + ok, 0, "line 1 (byte 0): something follows the end of the JSON value at byte 135"},
		{"a comma after a line", ok + ",\n" + ok, 0, "line 1 (byte 0): something follows"},
		{"one object over several lines", strings.ReplaceAll(ok, ",", ",\n"), 0, "line 1 (byte 0): ends before its JSON is complete"},
		{"a name that comes twice", "\n" + strings.Replace(ok, "{", `{"a":1,"a":2,`, 1), 0, "line 2 (byte 1): transaction without id: a: the name comes twice"},
		{"Latin-1", ok + "\n{\"id\":\"\xe5\"}", 1, "line 2 (byte 136): is not UTF-8 text"},
		{"an array that is cut", rows("a", "b")[:200], 1, "element 2 (byte 137): ends before its JSON is complete"},
		{"an array without its end", "[" + ok, 1, "ends before its JSON is complete"},
		{"something after an array", rows("a") + "\n" + ok, 1, "something follows the end of the JSON value at byte 138"},
		{"{} in an array", "[" + ok + ", {}]", 1, "element 2 (byte 138): transaction without id"},
		{"gzip that is cut", broken[:len(broken)-20], -1, "unexpected EOF"},
		{"gzip with a wrong checksum", broken[:len(broken)-8] + "XXXXXXXX", 100, "gzip: invalid checksum"},
		{"gzip that is none", "\x1f\x8bxx", 0, "gzip: "},
		{"noughts after a crash", ok + "\n" + strings.Repeat("\x00", 4096), 1, "line 2 (byte 136): not JSON"},
		{"blanks without end", strings.Repeat(" ", 5000) + "x", 0, "line 1 (byte 0): not JSON"},
		{"CSV", "id;amount\n1;2\n", 0, "line 1 (byte 0): not JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := file(t, "tx.ndjson", test.content)
			ids, err := idsOf(t, Files{TransactionsFile: path}.Transactions(t.Context(), payment.Query{}))
			if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if test.rows >= 0 && len(ids) != test.rows {
				t.Errorf("got %d rows before the fault, want %d", len(ids), test.rows)
			}
		})
	}
}

// A transaction whose money cannot be read comes with that fault: whether it matters is for
// the report to say.
func TestAFaultOfMoneyIsGivenWithItsTransaction(t *testing.T) {
	for content, want := range map[string]string{
		strings.Replace(row("a"), "100", "1.5", 1):            "amount: 1.5 is not an integer",
		strings.Replace(row("a"), "{", `{"items":[{},7],`, 1): "items[1]: is a number, not an object",
	} {
		n := 0
		for tr, err := range (Files{TransactionsFile: file(t, "tx.ndjson", content+"\n"+row("b"))}).Transactions(t.Context(), payment.Query{}) {
			if n++; err != nil || n == 1 && (tr.Fault == nil || !strings.Contains(tr.Fault.Error(), want)) || n == 2 && tr.Fault != nil {
				t.Errorf("%+v, %v; want %s", tr, err, want)
			}
		}
		if n != 2 {
			t.Errorf("%d rows", n)
		}
	}
}

func TestAFileThatIsMissingIsNotAnEmptyOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.ndjson")
	_, err := idsOf(t, Files{TransactionsFile: path}.Transactions(t.Context(), payment.Query{}))
	if !errors.Is(err, fs.ErrNotExist) || err.Error() != path+": no such file or directory" {
		t.Errorf("got %v", err)
	}
	_, err = idsOf(t, Files{}.Transactions(t.Context(), payment.Query{}))
	if want := "no file of transactions is configured — name it under source.files.transactions"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err = idsOf(t, Files{TransactionsFile: t.TempDir()}.Transactions(t.Context(), payment.Query{})); err == nil {
		t.Error("a directory was read")
	}
}

func TestAFileYieldsWhatItHoldsBeforeItsFault(t *testing.T) {
	path := file(t, "tx", row("a")+"\n"+strings.Replace(row("b"), "sc029", "sc031", 1)+"\n{}")
	ids, err := idsOf(t, Files{TransactionsFile: path}.Transactions(t.Context(), payment.Query{Stores: []string{"sc031"}}))
	if err == nil || !cmp.Equal(ids, []string{"a", "b"}) {
		t.Errorf("the caller cuts by store: got %v, %v", ids, err)
	}
}

func TestReadingAFileStopsWhenItsReaderDoes(t *testing.T) {
	path := file(t, "tx", strings.Repeat(row("a")+"\n", 10)+"half")
	n := 0
	for range (Files{TransactionsFile: path}).Transactions(t.Context(), payment.Query{}) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("got %d rows", n)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	n = 0
	var last error
	for _, err := range (Files{TransactionsFile: path}).Transactions(ctx, payment.Query{}) {
		if n++; n == 3 {
			stop()
		}
		last = err
	}
	if n != 4 || !errors.Is(last, context.Canceled) {
		t.Errorf("got %d rows, then %v", n, last)
	}
}

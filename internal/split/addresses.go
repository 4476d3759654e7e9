package split

import (
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"strings"

	"rapport/internal/yamltree"
	"rapport/reportconfig"
)

// An Address says who gets the part of a value.
type Address struct {
	Value, Name string
	Emails      []mail.Address        // none: nobody
	Language    reportconfig.Language // "": as the report's
}

// Addresses are those of a file, in its order.
type Addresses struct {
	List  []Address
	index map[string]int
}

// Of is the address of a value, if it is listed.
func (a *Addresses) Of(value string) (Address, bool) {
	i, ok := a.index[value]
	if !ok {
		return Address{Value: value}, false
	}
	return a.List[i], true
}

const (
	maxBytes     = 64 << 20
	maxAddresses = 200_000
)

// ReadAddresses reads a file of addresses, CSV or YAML; without a path there are none. The error
// names each fault with file, line and column, or is the file system's.
func ReadAddresses(path string) (*Addresses, error) {
	if path == "" {
		return &Addresses{}, nil
	}
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("addresses: %w", err)
	}
	a, problems := ParseAddresses(path, data)
	if len(problems) > 0 {
		return nil, problems
	}
	return a, nil
}

func readFile(path string) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(data) > maxBytes {
		err = fmt.Errorf("%s: has more than %d MiB", path, maxBytes>>20)
	}
	return data, err
}

// ParseAddresses reads addresses. A file whose name ends with .yaml, .yml or .json is a list,
// any other a table.
func ParseAddresses(path string, data []byte) (*Addresses, reportconfig.Problems) {
	findings := &yamltree.Findings{}
	r := addressReader{addresses: &Addresses{index: map[string]int{}}, at: map[string]yamltree.Value{}, doc: &yamltree.Document{
		Name: path, Dir: filepath.Dir(path), Findings: findings, Hints: yamltree.Hints{
			Empty:    "it begins with the header value,name,emails,language",
			TooLarge: "a large list is better written as CSV", Second: "one file holds one list",
		},
	}}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".yaml", ".yml", ".json":
		r.readList(data)
	default:
		r.readTable(data)
	}
	return r.addresses, findings.Faults()
}

// An addressReader collects addresses and what is wrong with them.
type addressReader struct {
	addresses *Addresses
	at        map[string]yamltree.Value // where each value stands
	doc       *yamltree.Document
}

// keys are the columns of a table and the keys of a list.
var keys = []string{"value", "name", "emails", "language"}

// add takes the address of a value, unless there is one.
func (r *addressReader) add(at yamltree.Value, a Address) {
	switch other, twice := r.at[a.Value]; {
	case a.Value == "":
		at.Fault("the id that it is split by, as Dintero has it", "has no value")
	case twice:
		at.Fault("write all addresses into one line, with spaces between them", "%s is listed at %s already", yamltree.Quote(a.Value), other.Where())
	case len(r.addresses.List) == maxAddresses:
		at.Fault("is it the right file?", "is one too many, there may be %d", maxAddresses)
	default:
		r.at[a.Value] = at
		r.addresses.index[a.Value] = len(r.addresses.List)
		r.addresses.List = append(r.addresses.List, a)
	}
}

// maxEmails is how many recipients one part may have.
const maxEmails = 50

// email adds one recipient.
func (a *Address) email(at yamltree.Value) {
	one := reportconfig.ReadAddress(at)
	switch {
	case one == nil:
	case len(a.Emails) == maxEmails:
		at.Fault("use a mailing list", "is one recipient too many, a part has at most %d", maxEmails)
	default:
		for _, other := range a.Emails {
			if strings.EqualFold(other.Address, one.Address) {
				at.Fault("keep one of them", "%s stands here twice", yamltree.Quote(one.Address))
				return
			}
		}
		a.Emails = append(a.Emails, *one)
	}
}

// readLanguage reads a language; "" is the report's.
func readLanguage(at yamltree.Value) reportconfig.Language {
	switch s := strings.ToLower(strings.TrimSpace(at.Raw())); s {
	case "", "no", "en":
		return reportconfig.Language(s)
	case "nb", "nn", "norsk", "bokmål":
		return reportconfig.Norwegian
	}
	at.Fault("no or en; empty: the language of the report", "%s is not a language of reports", yamltree.Quote(at.Raw()))
	return ""
}

// maxName is how many characters a name has at most.
const maxName = 200

func readName(at yamltree.Value) string {
	name := strings.TrimSpace(at.Raw())
	if name == "" || at.Text() == "" { // which says why
		return ""
	}
	if n := len([]rune(name)); n > maxName {
		at.Fault(fmt.Sprintf("at most %d", maxName), "has %d characters", n)
		return ""
	}
	return name
}

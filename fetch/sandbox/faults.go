package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"rapport/fetch/sandbox/internal/shop"
)

// Fault is something that goes wrong on demand.
type Fault struct{ Name, Does string }

// Faults are all faults, by name. "Passes" means that a client which tries the
// request again gets the right answer. A request can ask for them by the header
// Sandbox-Fault too, names separated by commas.
func Faults() []Fault {
	return []Fault{
		{"altered", "the amount of one capture a day is one krone more in the listing than in the KPI"},
		{"always-500", "every request but the token's is answered 500"},
		{"closed-days", "of each day that ended more than a day ago one capture is one krone more, and another transaction is gone"},
		{"double", "one captured transaction a day is listed a second time under another id"},
		{"drop", "one captured transaction a day is missing from every listing, yet counted in the KPI"},
		{"duplicate", "the last row of a page comes again as the first of the next; passes"},
		{"endless", "the body of every answer but the token's never ends"},
		{"error-200", "an error body with status 200"},
		{"error-kpi", "every answer of the KPI is a 500"},
		{"first-capture", "captured_at matches only the first capture of a transaction"},
		{"forbidden", "every request but the token's is answered 403"},
		{"forbidden-kpi", "the KPI is answered 403"},
		{"html", "a login page with status 200"},
		{"late-kpi", "the KPI lacks yesterday (UTC) in its first answer for each event"},
		{"loop", "the cursor leads from the last page back to the first"},
		{"missing-kpi", "the KPI is answered 404"},
		{"null", "null with status 200"},
		{"object", "{} with status 200"},
		{"oversized-page", "twice as many rows as asked for; passes"},
		{"rate-limit", "every third request is answered 429 with Retry-After: 1; passes"},
		{"redirect", "every request but the token's is sent to another host"},
		{"reordered", "the rows of a page come in no order, each once; passes"},
		{"reset", "the connection is cut in the middle of a body, at every first try; passes"},
		{"revoked-token", "all tokens are revoked after the third answer, once; passes"},
		{"server-error", "every fourth request is answered 500; passes"},
		{"slow", "every answer but the token's takes two seconds; passes"},
		{"slow-kpi", "every answer of the KPI takes ten minutes"},
		{"stale-kpi", "the KPI lacks yesterday (UTC) in every answer"},
		{"stuck", "the cursor is ignored: every page is the first"},
		{"truncated", "half a body with status 200, at every first try; passes"},
		{"truncated-always", "half a body with status 200, at every try"},
		{"unauthorized", "the token endpoint answers 401"},
		{"zero-expiry", "tokens come with expires_in 0; passes"},
	}
}

// faultSet is a set of fault names.
type faultSet []string

func newFaultSet(names []string) (faultSet, error) {
	known := Faults()
	for _, name := range names {
		if !slices.ContainsFunc(known, func(f Fault) bool { return f.Name == name }) {
			all := make([]string, len(known))
			for i, f := range known {
				all[i] = f.Name
			}
			return nil, fmt.Errorf("unknown fault %q — one of %s", name, strings.Join(all, ", "))
		}
	}
	return slices.Clone(names), nil
}

func (f faultSet) has(name string) bool { return slices.Contains(f, name) }

// with adds the names a request's headers ask for.
func (f faultSet) with(headers []string) (faultSet, error) {
	var names []string
	for _, h := range headers {
		for name := range strings.SplitSeq(h, ",") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	if len(names) == 0 {
		return f, nil
	}
	more, err := newFaultSet(names)
	return append(slices.Clone(f), more...), err
}

// applyTo is a day as the faults show it, closed if it ended more than a day ago; made itself
// stays as it is.
func (f faultSet) applyTo(made []shop.Transaction, seed uint64, closed bool) []shop.Transaction {
	closed = closed && f.has("closed-days")
	drop, double, altered := f.has("drop"), f.has("double"), f.has("altered") || closed
	if closed && len(made) > 3 { // the last that was captured
		made = slices.Clone(made)
		for k := len(made) - 1; k > 0; k-- {
			if made[k].N != shop.FaultTarget && slices.ContainsFunc(made[k].Events, func(e shop.Event) bool { return e.Type == "CAPTURE" && e.Success }) {
				made = slices.Delete(made, k, k+1)
				break
			}
		}
	}
	if !drop && !double && !altered {
		return made
	}
	i := slices.IndexFunc(made, func(t shop.Transaction) bool { return t.N == shop.FaultTarget })
	if i < 0 {
		return made
	}
	made = slices.Clone(made)
	t := made[i]
	if altered {
		t.Events = slices.Clone(t.Events)
		for k := range t.Events {
			if e := &t.Events[k]; e.Type == "CAPTURE" && e.Success {
				e.Amount += 100
				break
			}
		}
		made[i] = t
	}
	if drop {
		made = slices.Delete(made, i, i+1)
	}
	if double {
		t.N, t.Key = 255, shop.Mix(t.Key)
		t.ID = t.TransactionID(seed)
		made = slices.Insert(made, i, t)
	}
	return made
}

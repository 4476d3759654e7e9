package evidence

import (
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"

	"rapport/internal/reconcile"
	"rapport/reportconfig"
)

// An Origin is what a report was made by and of. The ledger keeps it from when it was made.
type Origin struct {
	Program        string         `json:"program"` // name and version
	Entry          string         `json:"entry"`   // of the configuration, as YAML, without secrets
	Reconciliation Reconciliation `json:"reconciliation"`
}

// A Reconciliation is what came of comparing a report with Dintero's own figures.
type Reconciliation struct {
	Verdict  string       `json:"verdict"` // agrees, differs, not checked, not asked
	Reason   string       `json:"reason,omitempty"`
	Captures int64        `json:"captures_that_agree"`
	Refunds  int64        `json:"refunds_that_agree"`
	Differ   int          `json:"figures_that_differ"`
	Net      []Difference `json:"net_difference,omitempty"`
}

// A Difference is ours less Dintero's.
type Difference struct {
	Currency string `json:"currency"`
	Amount   int64  `json:"amount"` // minor units
}

// OriginOf is that of a report which is being made, as JSON.
func OriginOf(entry *reportconfig.Report, program string, r reconcile.Result) ([]byte, error) {
	o := Origin{Program: program}
	o.Reconciliation = Reconciliation{
		Verdict: map[reconcile.Verdict]string{reconcile.Agrees: "agrees", reconcile.Differs: "differs", reconcile.NotChecked: "not checked", reconcile.NotAsked: "not asked"}[r.Verdict],
		Reason:  r.Reason, Captures: r.Captures, Refunds: r.Refunds, Differ: len(r.Differences),
	}
	for _, a := range r.Net {
		o.Reconciliation.Net = append(o.Reconciliation.Net, Difference{string(a.Currency), a.Minor})
	}
	var err error
	if o.Entry, err = withoutSecrets(entry.Written); err != nil {
		return nil, fmt.Errorf("report %s: entry of the configuration: %w", entry.ID, err)
	}
	return json.Marshal(o)
}

// notShown stands where a secret was.
const notShown = "(not shown: as good as a secret)"

// withoutSecrets is an entry as YAML, key for key. Its ping is not told: who knows the address
// can use it. Of a report that no file has there is none.
func withoutSecrets(entry []byte) (string, error) {
	if entry == nil {
		return "", nil
	}
	var n yaml.Node
	if err := yaml.Unmarshal(entry, &n); err != nil { // JSON is YAML
		return "", err
	}
	for _, mapping := range n.Content {
		for i := 0; i+1 < len(mapping.Content); i += 2 {
			if mapping.Content[i].Value == "ping" {
				mapping.Content[i+1].SetString(notShown)
			}
		}
	}
	asBlocks(&n)
	text, err := yaml.Marshal(&n)
	return string(text), err
}

// asBlocks has a document be written as people write YAML.
func asBlocks(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		asBlocks(c)
	}
}

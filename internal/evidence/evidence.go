// Package evidence hands over what was sent to whom, and from which data: one ZIP of a report's
// files, its messages as they were sent, what became of each, and what proves them. The same
// report gives the same bytes, wherever and whenever it is asked for, as long as the ledger says
// the same of it. It refuses to hand over a file or a message that is not the one that was made.
package evidence

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"rapport/internal/ledger"
)

// A Request names the report.
type Request struct {
	Ledger          *ledger.Ledger
	Archive         string
	Account, Report string
	Period          string // its name: 2026-11-19
}

// ErrNotMade is wrapped when the ledger has no such report that was made.
var ErrNotMade = errors.New("was not made, as far as the ledger knows")

// FileName is what the ZIP is called.
func FileName(report, period string) string { return "evidence_" + report + "_" + period + ".zip" }

// Write writes the ZIP of a report.
func Write(ctx context.Context, w io.Writer, r Request) error {
	c, err := load(ctx, r)
	if err == nil {
		err = c.write(w)
	}
	if err != nil {
		return fmt.Errorf("evidence of %s %s: %w", r.Report, r.Period, err)
	}
	return nil
}

// A bundle is the ZIP on its way.
type bundle struct {
	zip     *zip.Writer
	at      time.Time // of all members
	members []member
}

// A member is a file in the ZIP.
type member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// add writes a member. It is not packed: what packs may pack otherwise tomorrow.
func (b *bundle) add(name string, write func(io.Writer) error) error {
	out, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: b.at})
	if err != nil {
		return err
	}
	sum, size := sha256.New(), counter(0)
	if err := write(io.MultiWriter(out, sum, &size)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	b.members = append(b.members, member{Name: name, Size: int64(size), SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (b *bundle) addJSON(name string, value any) error {
	return b.add(name, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(value)
	})
}

// counter counts bytes.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func (c *contents) write(w io.Writer) error {
	b := &bundle{zip: zip.NewWriter(w), at: c.period.MadeAt.UTC().Truncate(2 * time.Second)}
	steps := []func(*bundle) error{c.addFiles, c.addMessages, c.addDeliveries, c.addEntry, c.addManifest}
	for _, step := range steps {
		if err := step(b); err != nil {
			return err
		}
	}
	return b.zip.Close()
}

// addManifest says what all the others are.
func (c *contents) addManifest(b *bundle) error {
	m := manifest{
		Format: "rapport evidence 1", Account: c.period.Account, Report: c.period.Report, Period: c.period.Name,
		From: instant(c.period.From), To: instant(c.period.To), MadeAt: instant(c.period.MadeAt),
		Program: c.origin.Program, Totals: c.totals, NotKept: c.notKept, Members: b.members,
	}
	if c.origin.Reconciliation.Verdict != "" {
		m.Reconciliation = &c.origin.Reconciliation
	}
	if c.origin.Entry != "" {
		sum := sha256.Sum256([]byte(c.origin.Entry))
		m.Configuration = hex.EncodeToString(sum[:])
	}
	for _, l := range c.links {
		m.edition = edition{Number: l.Number, Digest: l.Digest, Previous: l.Previous, Position: l.Position, Reconstructed: l.Reconstructed}
		m.edition.Files = []member{}
		for _, f := range l.Files {
			m.edition.Files = append(m.edition.Files, member{Name: f.Name, Size: c.sizes[f.SHA256], SHA256: f.SHA256})
		}
		m.Editions = append(m.Editions, m.edition)
	}
	slices.SortFunc(m.Members, func(a, b member) int { return cmp.Compare(a.Name, b.Name) })
	return b.addJSON("manifest.json", m)
}

// A manifest is manifest.json.
type manifest struct {
	Format  string `json:"format"`
	Account string `json:"account"`
	Report  string `json:"report"`
	Period  string `json:"period"`
	From    string `json:"from"`
	To      string `json:"to"`
	MadeAt  string `json:"made_at"`
	edition
	Editions       []edition       `json:"editions"` // those of the period, the last of which is the one above
	Program        string          `json:"program"`
	Configuration  string          `json:"configuration_sha256"` // of report.yaml; "": it was not kept
	Reconciliation *Reconciliation `json:"reconciliation"`       // null: it was not kept
	Totals         []total         `json:"totals"`
	NotKept        []string        `json:"not_kept"` // in words, what should be here and is not
	Members        []member        `json:"members"`  // all but this one
}

// An edition is a report as its series has it.
type edition struct {
	Number        string   `json:"number"`
	Digest        string   `json:"digest"`
	Previous      string   `json:"previous_digest"` // "": it is the first of its series
	Position      int64    `json:"position"`        // in the series
	Reconstructed bool     `json:"reconstructed"`   // the digest is younger than the report
	Files         []member `json:"files"`
}

// A total is a figure of the report.
type total struct {
	Dimension string `json:"dimension"`
	Name      string `json:"name"`
	Label     string `json:"label,omitempty"`
	Currency  string `json:"currency"`
	Measure   string `json:"measure"`
	Count     int64  `json:"count"`
	Sum       int64  `json:"sum"` // minor units
}

// instant is a time, whatever the zone of the machine; "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

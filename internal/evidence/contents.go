package evidence

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/mailcopy"
	"rapport/internal/series"
	"rapport/mail"
)

// contents is all that the ledger has of a report.
type contents struct {
	archive    string
	period     ledger.Period   // the first of its name
	all        []ledger.Period // and those beside it that correct it
	links      []series.Link
	sizes      map[string]int64 // of files, by SHA-256
	totals     []total
	origin     Origin
	deliveries []ledger.Delivery
	attempts   map[int64][]ledger.Attempt // by delivery
	copies     []mailcopy.Kept
	numbers    map[int64]string   // of periods, by id
	mails      map[int64][]string // members that are a delivery's messages
	notKept    []string
}

// load reads what the ledger has, the files and messages but for their bytes.
func load(ctx context.Context, r Request) (*contents, error) {
	found, err := r.Ledger.Periods(ctx, ledger.Filter{Account: r.Account, Report: r.Report, Period: r.Period, State: string(ledger.Made)})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNotMade
	}
	slices.SortFunc(found, func(a, b ledger.Period) int { return cmp.Compare(a.ID, b.ID) })
	c := &contents{archive: r.Archive, period: found[0], all: found, sizes: map[string]int64{}, numbers: map[int64]string{}, attempts: map[int64][]ledger.Attempt{}, mails: map[int64][]string{}, totals: []total{}, notKept: []string{}}
	for _, p := range found {
		if err := c.loadFacts(ctx, r.Ledger, p); err != nil {
			return nil, err
		}
	}
	totals, err := r.Ledger.Totals(ctx, c.period.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range totals {
		c.totals = append(c.totals, total(t))
	}
	if c.deliveries, err = r.Ledger.Deliveries(ctx, ledger.Filter{Account: r.Account, Report: r.Report, Period: r.Period}); err != nil {
		return nil, err
	}
	slices.SortFunc(c.deliveries, func(a, b ledger.Delivery) int {
		return cmp.Or(cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.ID, b.ID))
	})
	for _, d := range c.deliveries {
		if c.attempts[d.ID], err = r.Ledger.Attempts(ctx, d.ID); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// loadFacts reads what the ledger has of one of the periods.
func (c *contents) loadFacts(ctx context.Context, l *ledger.Ledger, p ledger.Period) error {
	artifacts, err := l.ArtifactsOfAllEditions(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, a := range artifacts {
		c.sizes[a.SHA256] = a.Size
	}
	c.numbers[p.ID] = series.Number(p.Number, p.Edition)
	return c.loadProof(ctx, l, p)
}

// loadProof reads the digests, the copies of messages and the origin.
func (c *contents) loadProof(ctx context.Context, l *ledger.Ledger, p ledger.Period) error {
	var links []series.Link
	var copies []mailcopy.Kept
	var origin string
	err := l.Read(ctx, func(tx ledger.Tx) (err error) {
		var faults map[int]error
		if links, faults, err = series.OfPeriod(tx, p.ID); err != nil {
			return err
		}
		for _, fault := range faults {
			return fault
		}
		if copies, err = mailcopy.Of(tx, p.ID); err != nil {
			return err
		}
		parts, err := mailcopy.PartsOf(tx, p.ID)
		for i := range copies {
			copies[i].Parts = parts
		}
		if err != nil || p.ID != c.period.ID {
			return err
		}
		err = tx.Row([]any{&origin}, `SELECT origin FROM report_origin WHERE period_id = ? AND edition = ?`, p.ID, p.Edition)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	c.links, c.copies = append(c.links, links...), append(c.copies, copies...)
	if err != nil || origin == "" {
		return err
	}
	return json.Unmarshal([]byte(origin), &c.origin)
}

// addFiles adds the report's files, each edition's.
func (c *contents) addFiles(b *bundle) error {
	for _, l := range c.links {
		if l.State >= series.Removed {
			c.miss("files of report %s: retention removed them; their SHA-256 are under editions", l.Number)
			continue
		}
		for _, f := range l.Files {
			path := c.path(l, f.Name)
			err := archive.Verify(path, f.SHA256)
			if errors.Is(err, fs.ErrNotExist) {
				c.miss("report/%s: the file is not in the archive; its SHA-256 is under editions", f.Name)
				continue
			}
			if err != nil {
				return err
			}
			if err := b.add("report/"+f.Name, func(w io.Writer) error { return copyFile(w, path) }); err != nil {
				return err
			}
			if last := b.members[len(b.members)-1]; last.SHA256 != f.SHA256 {
				return fmt.Errorf("%s: %w", path, archive.ErrChanged)
			}
		}
	}
	return nil
}

// path is where a file is: in its place, or still on its way there.
func (c *contents) path(l series.Link, name string) string {
	dir := filepath.Join(c.archive, filepath.FromSlash(l.Dir))
	if path := filepath.Join(dir, name); archive.Exists(path) {
		return path
	}
	if path := filepath.Join(dir, archive.Outgoing(l.Edition), name); archive.Exists(path) {
		return path
	}
	return filepath.Join(dir, name)
}

func copyFile(w io.Writer, path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = io.Copy(w, f)
	return err
}

func (c *contents) miss(format string, args ...any) {
	c.notKept = append(c.notKept, fmt.Sprintf(format, args...))
}

// addMessages adds each message that a relay was offered, as it was.
func (c *contents) addMessages(b *bundle) error {
	for _, d := range c.deliveries {
		for revision := range d.Revision + 1 {
			if !c.offered(d, revision) {
				continue
			}
			kept := c.kept(d.ID, revision)
			if kept == nil {
				c.miss("message to %s, revision %d: its bytes were not kept; deliveries.json has its SHA-256 if it is the last", d.Recipient, revision)
				continue
			}
			text, err := kept.Whole(c.attached)
			if errors.Is(err, fs.ErrNotExist) {
				c.miss("message to %s, revision %d: a file that it carried is not in the archive", d.Recipient, revision)
				continue
			}
			if err != nil {
				return err
			}
			name := "mail/" + kept.Name + ".eml"
			if err := b.add(name, func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader(text)); return err }); err != nil {
				return err
			}
			c.mails[d.ID] = append(c.mails[d.ID], name)
		}
	}
	return nil
}

// offered tells whether a relay may have heard of a revision of a message.
func (c *contents) offered(d ledger.Delivery, revision int) bool {
	if revision == d.Revision && (d.Begun || d.State == ledger.Sent) {
		return true
	}
	for _, a := range c.attempts[d.ID] {
		if a.Revision == revision {
			return true
		}
	}
	return false
}

func (c *contents) kept(delivery int64, revision int) *mailcopy.Kept {
	for i := range c.copies {
		if k := &c.copies[i]; k.DeliveryID == delivery && k.Revision == revision {
			return k
		}
	}
	return nil
}

// attached is the text in a message of one of the report's files.
func (c *contents) attached(name string) ([]byte, error) {
	for _, l := range c.links {
		for _, f := range l.Files {
			if f.Name != name {
				continue
			}
			data, err := os.ReadFile(c.path(l, name))
			return mail.EncodeAttachment(data), err
		}
	}
	return nil, fmt.Errorf("%s: is no file of the report", name)
}

// addEntry adds the configuration's entry, as it was when the report was made.
func (c *contents) addEntry(b *bundle) error {
	if c.origin.Entry == "" {
		c.miss("report.yaml: what the configuration said was not kept")
		return nil
	}
	return b.add("report.yaml", func(w io.Writer) error { _, err := io.WriteString(w, c.origin.Entry); return err })
}

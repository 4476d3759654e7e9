package split

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"rapport/internal/report"
	"rapport/reportconfig"
)

// A Directory finds the parts of reports by their ids, with their addresses as they are now.
// All methods may be called at any time, from any goroutine.
type Directory struct {
	// Value is what the part of a name is about; it is asked once for each.
	Value func(report, slug string) (value string, found bool, err error)

	mu     sync.Mutex
	values map[string]string // by id
	files  map[string]file   // by path
}

// A file is one of addresses as it was read.
type file struct {
	changed   time.Time
	size      int64
	addresses *Addresses
	err       error
}

// Find is the part that an id names, of one of the reports; nil: there is none. Where it is not
// known now who gets it, its Fault says why.
func (d *Directory) Find(whole *reportconfig.Report, id string) *reportconfig.Report {
	_, slug, found := strings.Cut(id, ".")
	if whole == nil || !found || whole.Split == "" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	value, known := d.values[id]
	if !known {
		var err error
		value, found, err = d.Value(whole.ID, slug)
		if err != nil {
			part := report.PartOf(whole, slug, reportconfig.Part{Fault: fmt.Errorf("report %s: %w", id, err)})
			return part
		}
		if !found {
			return nil
		}
		if d.values == nil {
			d.values = map[string]string{}
		}
		d.values[id] = value
	}
	addresses, err := d.read(whole.Addresses)
	if err != nil {
		return report.PartOf(whole, slug, reportconfig.Part{Value: value, Fault: err})
	}
	one, _ := addresses.Of(value)
	return partOf(whole, slug, value, one)
}

// read reads a file that is not as it was.
func (d *Directory) read(path string) (*Addresses, error) {
	if path == "" {
		return &Addresses{}, nil
	}
	at, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("addresses: %w", err)
	}
	f, known := d.files[path]
	if !known || !f.changed.Equal(at.ModTime()) || f.size != at.Size() {
		if d.files == nil {
			d.files = map[string]file{}
		}
		f = file{changed: at.ModTime(), size: at.Size()}
		f.addresses, f.err = ReadAddresses(path)
		d.files[path] = f
	}
	return f.addresses, f.err
}

// Entry finds a report, or a part of one, by its id; nil: there is none.
func (d *Directory) Entry(reports []reportconfig.Report, id string) *reportconfig.Report {
	for i := range reports {
		switch reports[i].ID {
		case id:
			return &reports[i]
		case reportconfig.PartOf(id):
			return d.Find(&reports[i], id)
		}
	}
	return nil
}

// Has tells whether one of the reports has, or may have, an id: one with parts may have any of them.
func Has(reports []reportconfig.Report, id string) bool {
	for i := range reports {
		if reports[i].ID == id || reports[i].Split != "" && reports[i].ID == reportconfig.PartOf(id) {
			return true
		}
	}
	return false
}

// Value is what the part of a name is, or will be, about: one that was made before, or one that
// is listed.
func Value(report *reportconfig.Report, known map[string]string, slug string) (value string, found bool, err error) {
	for value, s := range known {
		if s == slug {
			return value, true, nil
		}
	}
	plan, err := NewPlan(report, known)
	if err != nil {
		return "", false, err
	}
	for _, value := range plan.Values(nil) {
		if plan.Slug(value) == slug {
			return value, true, nil
		}
	}
	return "", false, nil
}

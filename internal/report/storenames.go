package report

import (
	"rapport/internal/content"
	"rapport/internal/text"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// storeName is what a store is called, and when Dintero last said so.
type storeName struct {
	name, label string // as it came, and as people read it
	version     int64
}

// inStore counts a row in its store, which is its id, and remembers what that was called
// last. A store without an id is its name.
func (t *Totals) inStore(p *groupKeys, r *Row, id, name content.Value) {
	switch known := t.stores[id.Text]; {
	case id.Text == "":
		p.in(PerStore, StoreLabel(name.Text))
		return
	case name.Text == "":
	case known == nil:
		if len(t.stores) < maxGroups {
			t.stores[strings.Clone(id.Text)] = newStoreName(name.Text, r.version)
		}
	default:
		known.take(name.Text, r.version)
	}
	p.in(PerStore, id.Text)
}

func newStoreName(name string, version int64) *storeName {
	return &storeName{strings.Clone(name), strings.Clone(StoreLabel(name)), version}
}

// take keeps the newer of two names; of equally old ones the same one each time.
func (s *storeName) take(name string, version int64) {
	if version < s.version || version == s.version && name <= s.name {
		return
	}
	if s.version = version; s.name != name {
		*s = *newStoreName(name, version)
	}
}

// SellerName is what the seller of a report is called, where the data tells it: by the name of
// their own store. It is empty where it does not.
func (t *Totals) SellerName() string {
	if t.seller == nil {
		return ""
	}
	return t.seller.label
}

// addSeller remembers what the seller's own store was called last.
func (t *Totals) addSeller(r *Row, name content.Value) {
	switch {
	case !r.ownStore || name.Text == "":
	case t.seller == nil:
		t.seller = newStoreName(name.Text, r.version)
	default:
		t.seller.take(name.Text, r.version)
	}
}

// Store is what people call the store of a group: by its newest name, or by its id where it has none.
func (t *Totals) Store(id string) string {
	if known := t.stores[id]; known != nil && known.label != "" {
		return known.label
	}
	return id
}

// StoreLabel is a store's name as people read it: two that read alike are one.
func StoreLabel(name string) string {
	return text.Truncate(text.OneLine(text.Sanitize(norm.NFC.String(name))), maxLabel)
}

const maxLabel = 200 // runes

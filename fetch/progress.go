package fetch

import (
	"fmt"
	"hash/maphash"
)

// progress makes sure that a listing advances: each page brings a row that the page
// before did not have, and no cursor comes twice. It remembers hashes of cursors,
// eight bytes a page.
type progress struct {
	seed     maphash.Seed
	cursors  map[uint64]struct{}
	before   map[string]struct{} // ids of the page before
	tokens   bool                // the source names the next page itself
	sent     string              // the cursor of the page before
	maxPages int
}

func newProgress(maxPages int) *progress {
	return &progress{seed: maphash.MakeSeed(), cursors: map[uint64]struct{}{}, maxPages: maxPages}
}

// next is the cursor of the next page after one of so many rows; empty at the end. Rows need
// not have ids, then only the cursor tells whether the listing advances.
func (p *progress) next(rows int, ids []string, token string) (string, error) {
	cursor := token
	p.tokens = p.tokens || token != ""
	if cursor == "" && !p.tokens && len(ids) > 0 {
		cursor = ids[len(ids)-1]
	}
	if len(ids) > 0 && !p.advances(ids) {
		return "", fmt.Errorf("brings no row that the page before did not have — the listing does not advance past %s", shown(ids[len(ids)-1]))
	}
	if cursor == "" || rows == 0 && cursor == p.sent { // an empty page that repeats its own cursor ends the listing too
		return "", nil
	}
	p.sent = cursor
	key := maphash.String(p.seed, cursor)
	if _, seen := p.cursors[key]; seen {
		return "", fmt.Errorf("leads back to %s — the listing goes in a circle", shown(cursor))
	}
	if p.cursors[key] = struct{}{}; len(p.cursors) >= p.maxPages {
		return "", fmt.Errorf("the listing has no end: %d pages were read", p.maxPages)
	}
	return cursor, nil
}

func (p *progress) advances(ids []string) bool {
	fresh := p.before == nil
	now := make(map[string]struct{}, len(ids))
	for _, id := range ids {
		if _, known := p.before[id]; !known {
			fresh = true
		}
		now[id] = struct{}{}
	}
	p.before = now
	return fresh
}

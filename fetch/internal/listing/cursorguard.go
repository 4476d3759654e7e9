package listing

import (
	"fmt"
	"hash/maphash"
	"slices"

	"rapport/fetch/internal/dinterojson"
)

// cursorGuard makes sure that a listing advances: each page brings a row that the page
// before did not have, and no cursor comes twice. It remembers hashes of cursors,
// eight bytes a page.
type cursorGuard struct {
	seed     maphash.Seed
	cursors  map[uint64]struct{}
	before   []string // ids of the page before
	named    bool     // the source names the cursors itself
	sent     string   // the cursor of the page before
	maxPages int
}

func newCursorGuard(maxPages int) *cursorGuard {
	return &cursorGuard{seed: maphash.MakeSeed(), cursors: map[uint64]struct{}{}, maxPages: maxPages}
}

// next is the cursor of the next page after one of so many rows; empty at the end. named
// is the cursor in the page. Rows need not have ids, then only the cursor tells whether the
// listing advances.
func (g *cursorGuard) next(rows int, ids []string, named string) (string, error) {
	cursor := named
	g.named = g.named || named != ""
	if cursor == "" && !g.named && len(ids) > 0 {
		cursor = ids[len(ids)-1]
	}
	if len(ids) > 0 && !g.advances(ids) {
		return "", fmt.Errorf("brings no row that the page before did not have — the listing does not advance past %s", dinterojson.Quote(ids[len(ids)-1]))
	}
	if cursor == "" || rows == 0 && cursor == g.sent { // an empty page that repeats its own cursor ends the listing too
		return "", nil
	}
	g.sent = cursor
	key := maphash.String(g.seed, cursor)
	if _, seen := g.cursors[key]; seen {
		return "", fmt.Errorf("leads back to %s — the listing goes in a circle", dinterojson.Quote(cursor))
	}
	if g.cursors[key] = struct{}{}; len(g.cursors) >= g.maxPages {
		return "", fmt.Errorf("the listing has no end: %d pages were read", g.maxPages)
	}
	return cursor, nil
}

func (g *cursorGuard) advances(ids []string) bool {
	before := g.before
	g.before = ids
	return slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(before, id) })
}

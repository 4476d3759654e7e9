package reportset

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rapport/reportconfig"
)

func named(ids ...string) (all []reportconfig.Report) {
	for _, id := range ids {
		all = append(all, reportconfig.Report{ID: id})
	}
	return all
}

func ids(s *Set) (all []string) {
	for i, r := range s.All() {
		if s.Place(r.ID) != i || s.Report(r.ID) != &s.All()[i] {
			all = append(all, "not in its place:")
		}
		all = append(all, r.ID)
	}
	return all
}

func TestReportsComeAndGoAndWhoReadsASetKeepsIt(t *testing.T) {
	version, more, fault := "1", named("api"), error(nil)
	s := NewSource(named("b", "a"), func(_ context.Context, known string) ([]reportconfig.Report, string, error) {
		if known == version {
			return nil, version, fault
		}
		return more, version, fault
	})
	first := s.Set()
	for i, step := range []struct {
		change func()
		want   []string
		isNew  bool
	}{
		{func() {}, []string{"b", "a", "api"}, true},
		{func() { more = nil }, []string{"b", "a", "api"}, false}, // the version is the same
		{func() { version, more = "2", named("api", "new") }, []string{"b", "a", "api", "new"}, true},
		{func() { version, more = "3", nil }, []string{"b", "a"}, true},
	} {
		step.change()
		changed, err := s.Refresh(t.Context())
		if err != nil || changed != step.isNew || !slices.Equal(ids(s.Set()), step.want) {
			t.Errorf("step %d: %v, %v, %q", i, changed, err, ids(s.Set()))
		}
	}
	if !slices.Equal(ids(first), []string{"b", "a"}) || first.Report("api") != nil {
		t.Errorf("the first set is now %q", ids(first))
	}
	version, more, fault = "4", named("api"), errors.New("away")
	if changed, err := s.Refresh(t.Context()); changed || !errors.Is(err, fault) || s.Set().Report("api") != nil {
		t.Errorf("a fault: %v, %v", changed, err)
	}
}

func TestAReportIsFoundByTheIDThatItHad(t *testing.T) {
	s := newSet([]reportconfig.Report{{ID: "now", Was: "then"}, {ID: "other"}}, nil, "")
	if s.Current("then") != "now" || s.Current("other") != "other" || s.Current("gone") != "gone" || !slices.Equal(s.Former(), []string{"then"}) {
		t.Errorf("%q %q %q %q", s.Current("then"), s.Current("other"), s.Current("gone"), s.Former())
	}
}

func TestWhatOtherMachinesHaveAndThisOneHasNot(t *testing.T) {
	e := NewElsewhere(map[string][]string{"b": {"/x"}, "a": {"/y"}, "ours": {"/x"}, "ours kari@x.no": {"/x"}}, map[string]bool{"left": true, "ours ola@x.no": true, "a": true}, newSet(named("ours"), nil, ""))
	if !slices.Equal(e.Reports(), []string{"a", "b", "left"}) || !e.Wanted("left") || !e.Wanted("b") || !e.Wanted("ours ola@x.no") || e.Wanted("c") || !slices.Equal(e.Having("ours kari@x.no"), []string{"/x"}) || e.Having("c") != nil {
		t.Errorf("%q, %q", e.Reports(), e.Having("ours kari@x.no"))
	}
	if none := (*Elsewhere)(nil); none.Reports() != nil || none.Having("a") != nil || none.Wanted("a") {
		t.Error("before anybody looked there is something")
	}
}

func TestWhatNobodyHasIsAnOrphan(t *testing.T) {
	dir := t.TempDir()
	ours, theirs, link, gone := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs"), filepath.Join(dir, "link"), filepath.Join(dir, "gone")
	for _, path := range []string{ours, theirs} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(ours, link); err != nil {
		t.Skip(err)
	}
	o := Owner{Path: ours, HasReport: func(path, id string) bool { return id == "kept" }}
	for _, c := range []struct {
		path, id       string
		orphan, behind bool
	}{
		{ours, "left", true, true}, {link, "left", true, true}, {ours, "kept", false, true},
		{theirs, "left", false, true}, {theirs, "kept", false, false}, {gone, "kept", true, true},
	} {
		if o.Orphan(c.path, c.id) != c.orphan || o.LeftBehind(c.path, c.id) != c.behind {
			t.Errorf("%s %s: orphan %v, left behind %v", filepath.Base(c.path), c.id, o.Orphan(c.path, c.id), o.LeftBehind(c.path, c.id))
		}
	}
	if !(Owner{Path: ours}).Orphan(ours, "kept") || (Owner{Path: ours}).LeftBehind(theirs, "left") {
		t.Error("where nobody looks into files the own one has nothing, and others have all")
	}
}

package preview

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/durable"
	"rapport/internal/message"
	"rapport/internal/report"
	"rapport/internal/split"
)

// triedParts are the parts of a report that is split, as they are tried beside the whole: each in
// a directory of its own, all moved to their places when the whole is made.
type triedParts struct {
	*Preview
	ctx   context.Context
	ahead int // of the whole

	mu   sync.Mutex
	made []triedPart
}

type triedPart struct {
	job     report.Job
	dir     string
	message message.Stored
	mailed  bool
}

// begin says how the parts are made; nil of what is not split.
func (t *triedParts) begin(j report.Job) (*builder.Split, error) {
	if j.Report.Split == "" {
		return nil, nil
	}
	var known map[string]string
	if t.PartSlugs != nil {
		var err error
		if known, err = t.PartSlugs(t.ctx, t.Builder.Account.ID, j.Report.ID); err != nil {
			return nil, err
		}
	}
	plan, err := split.NewPlan(j.Report, known)
	if err != nil {
		return nil, err
	}
	return &builder.Split{Plan: plan, Begin: t.beginPart, Made: t.madePart}, nil
}

func (t *triedParts) trialDir(j report.Job) string {
	return filepath.Join(archive.PeriodDir(t.Archive, j.Report.ID, j.PeriodName()), archive.TrialDir)
}

func (t *triedParts) beginPart(j report.Job) (builder.Request, bool, error) {
	dir := t.trialDir(j) + ".new"
	err := errors.Join(os.RemoveAll(dir), durable.MkdirAll(filepath.Dir(dir)))
	if err == nil {
		err = os.Mkdir(dir, 0o700)
	}
	return builder.Request{Job: j, Dir: dir, Ahead: t.ahead, Trial: true}, true, err
}

func (t *triedParts) madePart(made builder.Result) error {
	one := triedPart{job: made.Job, dir: t.trialDir(made.Job)}
	if t.To != nil || len(made.Report.Emails) > 0 {
		var err error
		if one.message, err = t.compose(t.ctx, made, one.dir+".new"); err != nil {
			return err
		}
		one.mailed = t.To != nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.made = append(t.made, one)
	return nil
}

// publish moves what was tried to its place, and sends it.
func (t *triedParts) publish() (o builder.Outcome, err error) {
	slices.SortFunc(t.made, func(a, b triedPart) int { return strings.Compare(a.job.Report.ID, b.job.Report.ID) })
	for _, one := range t.made {
		if err := errors.Join(os.RemoveAll(one.dir), os.Rename(one.dir+".new", one.dir)); err != nil {
			return o, err
		}
		files, err := os.ReadDir(one.dir)
		if err != nil {
			return o, err
		}
		for _, f := range files {
			t.event(one.job, builder.Event{Type: "file", State: builder.Written, Path: filepath.Join(one.dir, f.Name())})
		}
		if one.mailed {
			o.Add(t.send(t.ctx, one.job, one.message))
		}
	}
	t.made = nil
	return o, nil
}

// drop removes what is not to be published.
func (t *triedParts) drop() (err error) {
	for _, one := range t.made {
		dir := filepath.Dir(one.dir)
		err = errors.Join(err, os.RemoveAll(one.dir+".new"), durable.RemoveEmpty(dir, filepath.Dir(dir)))
	}
	return err
}

package pipeline

import "context"

// build makes one report alone.
func (r *Runner) build(ctx context.Context, j Job, dir string) (*built, error) {
	a := &assembly{job: j, dir: dir, now: r.Clock()}
	r.buildAll(ctx, []*assembly{a})
	return a.built, a.err
}

package engine

import (
	"context"
	"errors"
	"time"

	"rapport/fetch"
	"rapport/internal/builder"
	"rapport/internal/ledger"
)

// authBackoff is how long a source that refuses our credentials is left alone.
const authBackoff = 15 * time.Minute

var errNotAsked = errors.New("not asked, as Dintero refused our credentials a moment ago")

// judgeSource raises or resolves the alarm of the source. What a single report failed of by
// itself says nothing of the source: any of the batch may be the one that heard its answer.
// An answer about credentials concerns all that this configuration asks, another one only
// what was asked.
func (m *maker) judgeSource(ctx context.Context, batch []builder.Result) {
	account := m.Account.ID + " " + m.Path
	data := account + " " + string(batch[0].Report.Data.DataType())
	read := false
	for _, r := range batch {
		switch {
		case fetch.Unauthorized(r.Err):
			m.alarms.Raise(ctx, ledger.AlarmSource, account, r.Now, r.Err.Error())
			m.postponeAll(ctx)
			return
		case fetch.Denied(r.Err):
			m.alarms.Raise(ctx, ledger.AlarmSource, data, r.Now, r.Err.Error())
			return
		}
		read = read || r.Err == nil
	}
	if read {
		for _, subject := range []string{account, data, m.Account.ID} { // the last as older versions named it
			m.alarms.Resolve(ctx, ledger.AlarmSource, subject, batch[0].Now)
		}
	}
}

// postponeAll postpones what is ready to be made: all would hear the same.
func (m *maker) postponeAll(ctx context.Context) {
	for !m.stopped() {
		batch, err := m.claimBatch()
		if err != nil || len(batch) == 0 {
			return
		}
		for _, row := range batch {
			if j, ok := m.job(row); ok {
				m.postpone(ctx, row, j, errNotAsked)
			} else {
				m.giveBack(row)
			}
			m.finished()
		}
	}
}

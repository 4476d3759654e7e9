package frozenmail

import (
	"context"
	"errors"
	"time"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/report"
	ourmail "rapport/mail"
)

// A limitedSender knows the largest message in bytes that its relay takes: KnownLimit as far
// as was learned, Limit asks the relay if nothing was.
type limitedSender interface {
	KnownLimit() int64
	Limit(ctx context.Context) (int64, error)
}

const (
	largestMessage = 64 << 20         // bytes, whatever a relay takes: each is held in memory
	worthAsking    = 1 << 20          // bytes of files from which the relay's limit matters
	limitPatience  = 20 * time.Second // with a relay that is asked for its limit
)

// sizeLimit is how large a message may be, in bytes. The relay is asked if ask says so.
func (f *Messages) sizeLimit(ctx context.Context, ask bool) int64 {
	relay, ok := f.Sender.(limitedSender)
	if !ok {
		return f.MaxMessage
	}
	limit := relay.KnownLimit()
	if ask {
		ctx, cancel := context.WithTimeout(ctx, limitPatience)
		defer cancel()
		if asked, err := relay.Limit(ctx); err == nil {
			limit = asked
		}
	}
	if limit <= 0 || limit > largestMessage {
		return largestMessage
	}
	return limit
}

// fitted is a message composed anew where the relay takes less than was thought when it was
// frozen, or more: then it may carry what was left out. Nothing of it ever left.
func (f *Messages) fitted(ctx context.Context, j report.Job, row *ledger.Delivery, m message.Stored) (message.Stored, error) {
	if row.Begun {
		return m, nil
	}
	limit := f.sizeLimit(ctx, false)
	if int64(m.Size()) > limit {
		if smaller, ok, err := f.composeSmaller(ctx, j, row, m, limit); err != nil || ok {
			return smaller, err
		}
		return m, nil
	}
	if row.Attempts == 0 { // it was composed a moment ago
		return m, nil
	}
	whole, err := f.filesSize(ctx, j, row)
	if err != nil || whole <= attachedSize(m) || whole+message.BodyBytes > limit {
		return m, err
	}
	larger, omitted, err := f.refreeze(ctx, j, row, limit)
	if err == nil {
		f.Omitted(ctx, j, omitted, f.Clock())
	}
	return larger, err
}

// attachedSize is how large the files are that a message carries, as it carries them.
func attachedSize(m message.Stored) (total int64) {
	for _, span := range m.AttachmentSpans {
		total += int64(span.Size)
	}
	return total
}

// filesSize is how large they would be as they are.
func (f *Messages) filesSize(ctx context.Context, j report.Job, row *ledger.Delivery) (int64, error) {
	artifacts, err := f.Ledger.Artifacts(ctx, row.PeriodID)
	if err != nil {
		return 0, err
	}
	var files []archive.File
	for _, a := range artifacts {
		files = append(files, archive.File{Path: a.Path, ContentType: a.ContentType, Size: a.Size})
	}
	return message.EncodedSize(files, j.Report.Voucher), nil
}

// composeSmaller composes a message anew for a limit; ok is false where that does not help.
func (f *Messages) composeSmaller(ctx context.Context, j report.Job, row *ledger.Delivery, m message.Stored, limit int64) (smaller message.Stored, ok bool, err error) {
	if len(m.AttachmentSpans) == 0 {
		return m, false, nil
	}
	smaller, copied, omitted, err := f.compose(ctx, j, row, limit)
	if err != nil || smaller.Size() >= m.Size() {
		return m, false, err
	}
	if smaller, err = f.freezeAnew(ctx, row, smaller, copied); err != nil {
		return m, false, err
	}
	f.Omitted(ctx, j, omitted, f.Clock())
	return smaller, true, nil
}

// afterRefusal is a smaller message for a relay that surely refused a larger one; ok is false
// if it is not that, or if there is none.
func (f *Messages) afterRefusal(ctx context.Context, j report.Job, row *ledger.Delivery, m message.Stored, begun bool, refusal error) (smaller message.Stored, ok bool, err error) {
	var failed *ourmail.Error
	if !errors.As(refusal, &failed) || failed.Limit == 0 || failed.Verdict != ourmail.NotSent || row.Begun || ctx.Err() != nil || len(m.AttachmentSpans) == 0 {
		return m, false, nil
	}
	if begun {
		if err := f.Ledger.UnmarkSending(context.WithoutCancel(ctx), row.Claim, f.Clock(), refusal.Error()); err != nil {
			return m, false, err
		}
	}
	smaller, ok, err = f.composeSmaller(ctx, j, row, m, min(failed.Limit, int64(m.Size())-1))
	return smaller, ok, err
}

// SizeLimitFor is how large a message with files may be, in bytes. The relay is asked if that matters, and ask says so.
func (f *Messages) SizeLimitFor(ctx context.Context, files []archive.File, ask bool) int64 {
	total := int64(0)
	for _, file := range files {
		total += file.Size
	}
	return f.sizeLimit(ctx, ask && total > worthAsking)
}

package ledger

import (
	"context"
	"errors"
	"time"
)

type Options struct {
	Now       func() time.Time
	Host      string
	MustExist bool
}
type Ledger struct{}

var errPending = errors.New("not yet")

func Open(ctx context.Context, path string, o Options) (*Ledger, error) { return nil, errPending }
func (l *Ledger) Close() error                                          { return errPending }
func (l *Ledger) Check(ctx context.Context) error                       { return errPending }
func Unusable(err error) bool                                           { return false }
func (l *Ledger) ServeAlone() error                                     { return errPending }
func (l *Ledger) Frontiers(ctx context.Context, account string) ([]Frontier, error) {
	return nil, errPending
}
func (l *Ledger) Plan(ctx context.Context, at time.Time, rows []Planned) (added []Period, err error) {
	return nil, errPending
}
func (l *Ledger) Reopen(ctx context.Context, id int64, at time.Time) error { return errPending }
func (l *Ledger) Period(ctx context.Context, key Key) (p Period, found bool, err error) {
	return p, false, errPending
}
func (l *Ledger) Periods(ctx context.Context, f Filter) ([]Period, error) { return nil, errPending }
func (l *Ledger) OwedPeriods(ctx context.Context, account string) ([]Period, error) {
	return nil, errPending
}
func (l *Ledger) ClaimPeriod(ctx context.Context, id int64, at time.Time) (Period, error) {
	return Period{}, errPending
}
func (l *Ledger) RecordMade(ctx context.Context, id int64, m MadePeriod) error          { return errPending }
func (l *Ledger) PostponePeriod(ctx context.Context, id int64, p Postponed) error { return errPending }
func (l *Ledger) ReturnPeriod(ctx context.Context, id int64) error                { return errPending }
func (l *Ledger) CancelPeriods(ctx context.Context, ids []int64, at time.Time, note string) error {
	return errPending
}
func (l *Ledger) Letter(ctx context.Context, periodID int64) ([]byte, error) { return nil, errPending }
func (l *Ledger) Artifacts(ctx context.Context, periodID int64) ([]Artifact, error) {
	return nil, errPending
}
func (l *Ledger) Totals(ctx context.Context, periodID int64) ([]Total, error) { return nil, errPending }
func (l *Ledger) Unsent(ctx context.Context, account string) ([]Delivery, error) {
	return nil, errPending
}
func (l *Ledger) ClaimDelivery(ctx context.Context, id int64, at time.Time) (Delivery, error) {
	return Delivery{}, errPending
}
func (l *Ledger) Intend(ctx context.Context, id int64, at time.Time) error    { return errPending }
func (l *Ledger) Settle(ctx context.Context, id int64, s Settlement) error    { return errPending }
func (l *Ledger) ReturnDelivery(ctx context.Context, id int64) error          { return errPending }
func (l *Ledger) Refreeze(ctx context.Context, id int64, f NewDelivery) error { return errPending }
func (l *Ledger) DeferDeliveries(ctx context.Context, ids []int64, at, next time.Time, answer string) error {
	return errPending
}
func (l *Ledger) CancelDeliveries(ctx context.Context, ids []int64, at time.Time, note string) error {
	return errPending
}
func (l *Ledger) Hold(ctx context.Context, id int64, at time.Time, note string) error {
	return errPending
}
func (l *Ledger) Resend(ctx context.Context, id int64, at time.Time) (Delivery, error) {
	return Delivery{}, errPending
}
func (l *Ledger) Release(ctx context.Context, id int64, at time.Time) (Delivery, error) {
	return Delivery{}, errPending
}
func (l *Ledger) CloseDelivery(ctx context.Context, id int64, at time.Time) (Delivery, error) {
	return Delivery{}, errPending
}
func (l *Ledger) Reap(ctx context.Context) (Reaped, error) { return Reaped{}, errPending }
func (l *Ledger) Beat(ctx context.Context) error           { return errPending }
func (l *Ledger) Deliveries(ctx context.Context, f Filter) ([]Delivery, error) {
	return nil, errPending
}
func (l *Ledger) Delivery(ctx context.Context, id int64) (Delivery, error) {
	return Delivery{}, errPending
}
func (l *Ledger) Attempts(ctx context.Context, deliveryID int64) ([]Attempt, error) {
	return nil, errPending
}
func (l *Ledger) Raise(ctx context.Context, account, kind, subject, text string, at time.Time) error {
	return errPending
}
func (l *Ledger) Clear(ctx context.Context, account, kind, subject string, at time.Time) error {
	return errPending
}
func (l *Ledger) Untold(ctx context.Context, account string) ([]Alarm, error) { return nil, errPending }
func (l *Ledger) Standing(ctx context.Context, account string) ([]Alarm, error) {
	return nil, errPending
}
func (l *Ledger) Told(ctx context.Context, ids []int64, at time.Time) error { return errPending }
func (l *Ledger) Stats(ctx context.Context, account string) (Stats, error) {
	return Stats{}, errPending
}
func (l *Ledger) NextTry(ctx context.Context, account string) (time.Time, bool, error) {
	return time.Time{}, false, errPending
}
func (l *Ledger) Prunable(ctx context.Context, account string, madeBefore time.Time) ([]Period, error) {
	return nil, errPending
}
func (l *Ledger) Forget(ctx context.Context, periodID int64) error { return errPending }
func (l *Ledger) ForgetKeys(ctx context.Context, account string, dueBefore time.Time) (int, error) {
	return 0, errPending
}

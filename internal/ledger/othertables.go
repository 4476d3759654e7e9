package ledger

import (
	"context"
	"slices"
	"time"
)

// A Tx is one transaction of tables that others keep in the ledger's database: what they
// write in it goes down together with what the ledger writes for them, or not at all. An
// instant among the arguments, and a *time.Time among what is read, is kept as the ledger
// keeps its own.
type Tx struct{ own tx }

// Write runs do in one transaction, which is on disk when Write returns nil and has changed
// nothing when it returns an error.
func (l *Ledger) Write(ctx context.Context, do func(Tx) error) error {
	return l.write(ctx, func(t tx) error { return do(Tx{t}) })
}

// Read runs do in one transaction that sees one state and changes nothing. It may run do again.
func (l *Ledger) Read(ctx context.Context, do func(Tx) error) error {
	return l.read(ctx, func(t tx) error { return do(Tx{t}) })
}

// Exec gives the number of rows that were changed.
func (t Tx) Exec(query string, args ...any) (int64, error) { return t.own.exec(query, kept(args)...) }

// Row reads one row into dest; none is sql.ErrNoRows.
func (t Tx) Row(dest []any, query string, args ...any) error {
	return t.own.row(read(dest), query, kept(args)...)
}

// Each reads rows; scan is called for each, with what reads its columns.
func (t Tx) Each(scan func(columns func(dest ...any) error) error, query string, args ...any) error {
	return each(t.own, func(row scanner) (none struct{}, err error) {
		return none, scan(func(dest ...any) error { return row.Scan(read(dest)...) })
	}, func(struct{}) bool { return true }, query, kept(args)...)
}

// kept are arguments as the ledger keeps them.
func kept(args []any) []any {
	out := slices.Clone(args)
	for i, arg := range out {
		if at, ok := arg.(time.Time); ok {
			out[i] = millis(at)
		}
	}
	return out
}

// read are destinations that read what kept has written.
func read(dest []any) []any {
	out := slices.Clone(dest)
	for i, d := range out {
		if at, ok := d.(*time.Time); ok {
			out[i] = instant{at}
		}
	}
	return out
}

package sqlite

import (
	"context"
	"database/sql/driver"
	"sync"

	"modernc.org/sqlite"

	"rapport/internal/ledger/checksum"
)

// ourDriver is SQLite with the function that the triggers of the checksums call. What is
// registered is never freed, so that there is one.
var ourDriver = sync.OnceValues(func() (*sqlite.Driver, error) {
	d := &sqlite.Driver{}
	err := d.RegisterFunction("row_checksum", &sqlite.FunctionImpl{
		NArgs: -1, Deterministic: true, VolatileArgs: true,
		Scalar: func(_ *sqlite.FunctionContext, values []driver.Value) (driver.Value, error) {
			row := make([]any, len(values))
			for i, v := range values {
				row[i] = v
			}
			return checksum.Of(row...), nil
		},
	})
	return d, err
})

// A connector opens connections of a driver by a name.
type connector struct {
	driver *sqlite.Driver
	name   string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.name) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// Package postgres keeps a ledger in a PostgreSQL server, for several machines at once: the
// connection, the session whose end shows that a process is gone, and, on each machine, how far
// the ledger came. It knows no report and no delivery, and refuses a schema that is foreign,
// newer, or older than it was.
package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/schema"
	"rapport/internal/ledger/sqlite"
)

// Options say where a ledger is.
type Options struct {
	URL      string                 // postgres://user@host/database?sslmode=…, without a password
	Password func() (string, error) // asked for each connection; nil: none
	Dir      string                 // of this machine: who lives on it, and how far the ledger came
	Patience time.Duration          // how long a write is tried again that meets others; 0: 15 seconds
}

// A Backend is a ledger's schema in a database.
type Backend struct {
	options Options
	name    string // of the ledger, for messages: the address
	schema  string

	db      *sql.DB // after Open
	session *session
	machine *machine
	writer  *writer
}

// defaultSchema is where the tables are, unless the address says search_path.
const defaultSchema = "rapport"

// New names a ledger. It does nothing until that is opened.
func New(o Options) *Backend {
	if o.Patience == 0 {
		o.Patience = 15 * time.Second
	}
	name, _, _ := strings.Cut(o.URL, "?")
	return &Backend{options: o, name: name, schema: defaultSchema}
}

// Dialect is PostgreSQL's.
func (b *Backend) Dialect() database.Dialect {
	d := database.Dialect{
		Migrations:   sqlite.Migrations(),
		Tables:       tables,
		Placeholders: placeholders,
		Clock:        `(CAST(? AS BIGINT) * 0 + CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))`,
		Size:         `SELECT CAST(coalesce(sum(pg_total_relation_size(c.oid)), 0) AS BIGINT) FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)`,
		Snapshot:     sql.LevelRepeatableRead,
		OwnRow:       sql.LevelRepeatableRead,
		SkipLocked:   ` FOR UPDATE OF x SKIP LOCKED`,
		Prepares:     true,
		Transaction:  `CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)`,
		Outcome:      b.outcome,
		Class:        classOf,
		Explain:      b.explain,
		Patience:     b.options.Patience,
		LongestPause: 64 * time.Millisecond,
	}
	if b.writer != nil {
		d.Writer, d.Machine = b.writer.name, b.machine.id
		d.ChangeCounter = `SELECT CAST(coalesce(sum(commits), 0) AS BIGINT) FROM commit_count WHERE writer <> '` + b.writer.name + `'`
	}
	return d
}

// openPatience is how long others are waited for who open the ledger: that takes
// milliseconds, unless it is being migrated.
const openPatience = time.Minute

// Open connects to the server, and makes the schema when absent.
func (b *Backend) Open(ctx context.Context, d database.Dialect, mustExist bool) (*sql.DB, error) {
	s, err := schema.New(d)
	if err != nil {
		return nil, err
	}
	config, err := b.connectConfig()
	if err != nil {
		return nil, err
	}
	b.session = &session{backend: b, config: config}
	b.db = stdlib.OpenDB(*config, stdlib.OptionBeforeConnect(b.fillPassword), stdlib.OptionAfterConnect(b.set))
	if err := b.open(ctx, s, mustExist); err != nil {
		return nil, errors.Join(b.explain(err), b.db.Close())
	}
	// One connection, as of a file: the process is one writer, and does not meet itself.
	b.db.SetMaxOpenConns(1)
	b.db.SetMaxIdleConns(1)
	return b.db, nil
}

// connectConfig is how to connect, but for the password.
func (b *Backend) connectConfig() (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(b.options.URL)
	if err != nil {
		return nil, &database.UnusableError{Err: err}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	if schema := config.RuntimeParams["search_path"]; schema != "" {
		b.schema = schema
	}
	delete(config.RuntimeParams, "search_path") // which poolers do not let through
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "rapport"
	}
	return config, nil
}

// settings are a connection's. Small tables are not read as a whole: who reads all rows meets
// whoever writes any.
const settings = `SET default_transaction_isolation = serializable; SET enable_seqscan = off; SET synchronous_commit = on;
	SET idle_in_transaction_session_timeout = '60s'; SET search_path = `

func (b *Backend) set(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, settings+pgx.Identifier{b.schema}.Sanitize())
	return err
}

func (b *Backend) fillPassword(_ context.Context, config *pgx.ConnConfig) error {
	if b.options.Password == nil {
		return nil
	}
	password, err := b.options.Password()
	if err != nil {
		return &database.UnusableError{Err: fmt.Errorf("password: %w", err)}
	}
	config.Password = password
	return nil
}

// open brings the schema to the newest version, or refuses it and leaves it as it is.
func (b *Backend) open(ctx context.Context, s *schema.Schema, mustExist bool) (err error) {
	one, err := b.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, one.Close()) }()
	if err := b.refusePooler(ctx, one); err != nil {
		return err
	}
	waiting, cancel := context.WithTimeoutCause(ctx, openPatience, errors.New("another process has been opening it for a minute"))
	defer cancel()
	opening := lockKey(b.schema, "opening")
	if _, err := one.ExecContext(waiting, `SELECT pg_advisory_lock($1)`, opening); err != nil {
		return errors.Join(context.Cause(waiting), err)
	}
	defer func() {
		if _, unlocked := one.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, opening); err == nil {
			err = unlocked
		}
	}()
	if b.machine, err = openMachine(b.options.Dir); err != nil {
		return err
	}
	id, err := b.identify(ctx, one, mustExist)
	if err != nil {
		return err
	}
	version := 0
	if id == "" {
		id = strings.ToLower(rand.Text())
	} else {
		seen, err := b.machine.seen(id) // first: another process may commit meanwhile
		if err != nil {
			return err
		}
		if version, _, err = s.Verify(ctx, b.db); err != nil {
			return err
		}
		if err := b.machine.refuseOlder(ctx, one, id, seen); err != nil {
			return err
		}
	}
	if version < s.Newest() {
		if err := s.Migrate(ctx, b.db, version, func(t *sql.Tx) error { return b.sign(ctx, t, id) }); err != nil {
			return err
		}
	}
	b.writer, err = b.machine.newWriter(ctx, one, id)
	return err
}

// refusePooler refuses one that gives a connection to others between our transactions: what we
// lock and prepare on it would be everybody's.
func (b *Backend) refusePooler(ctx context.Context, one *sql.Conn) error {
	const query = `SELECT pg_backend_pid()`
	var first, second int
	err := one.QueryRowContext(ctx, query, pgx.QueryExecModeSimpleProtocol).Scan(&first)
	if err == nil {
		err = b.db.QueryRowContext(ctx, query, pgx.QueryExecModeSimpleProtocol).Scan(&second)
	}
	if err == nil && first == second {
		err = &database.UnusableError{Err: errors.New("two connections are one, as behind a pooler that shares them by transaction — connect to the server itself, or pool by session")}
	}
	return err
}

// identify gives the id of the ledger in the schema, "" where the schema is empty or absent,
// or refuses what is there.
func (b *Backend) identify(ctx context.Context, one *sql.Conn, mustExist bool) (id string, err error) {
	var marked bool
	var others int
	err = one.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL,
		(SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $2)`,
		pgx.Identifier{b.schema, "ledger_identity"}.Sanitize(), b.schema).Scan(&marked, &others)
	switch {
	case err != nil:
		return "", err
	case marked:
		return id, one.QueryRowContext(ctx, `SELECT id FROM ledger_identity`).Scan(&id)
	case others > 0:
		return "", &database.UnusableError{Err: fmt.Errorf("the schema %s holds other tables, but no ledger — give state another database, or another schema with ?search_path=", b.schema)}
	case mustExist:
		return "", fmt.Errorf("the schema %s: %w", b.schema, fs.ErrNotExist)
	}
	return "", nil
}

// sign makes the schema, if nobody has, and marks it as a ledger's.
func (b *Backend) sign(ctx context.Context, t *sql.Tx, id string) error {
	var there bool
	if err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, b.schema).Scan(&there); err != nil {
		return err
	}
	if !there {
		if _, err := t.ExecContext(ctx, `CREATE SCHEMA `+pgx.Identifier{b.schema}.Sanitize()); err != nil {
			return err
		}
	}
	if _, err := t.ExecContext(ctx, `CREATE TABLE ledger_identity (id TEXT COLLATE "C" NOT NULL)`); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `INSERT INTO ledger_identity (id) VALUES ($1)`, id)
	return err
}

// lockKey is the number of an advisory lock.
func lockKey(schema, of string) int64 {
	sum := sha256.Sum256([]byte("rapport " + schema + " " + of))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// Close ends what Open began, and lets another be the writer.
func (b *Backend) Close() error { return errors.Join(b.session.close(), b.writer.file.Close()) }

// ServeAlone does nothing: many daemons share a server.
func (b *Backend) ServeAlone(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// KeepReserve does nothing: the server's disk is its own.
func (b *Backend) KeepReserve() {}

// FreeReserve finds nothing to give up.
func (b *Backend) FreeReserve() bool { return false }

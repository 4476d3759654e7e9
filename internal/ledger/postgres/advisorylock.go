package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// A session is a connection of its own, whose locks the server frees when it ends: with its
// process, its machine, or the way to it. One for each Backend, made when it is first needed.
type session struct {
	backend *Backend
	config  *pgx.ConnConfig

	mu    sync.Mutex
	conn  *pgx.Conn
	locks map[string]int64 // of the processes that live here, by their names
	stop  context.CancelFunc
	done  chan struct{}
}

const (
	// sessionPatience is how long the session's queries may take.
	sessionPatience = 10 * time.Second
	// sessionEvery is how often the session is looked after.
	sessionEvery = 15 * time.Second
	// aliveSettings let the server notice within half a minute that the other end is gone.
	aliveSettings = `SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 30000;
		SET idle_session_timeout = 0`
)

// connected is the connection, made anew when it is gone, with all its locks.
func (s *session) connected(ctx context.Context) (*pgx.Conn, error) {
	if s.conn != nil && !s.conn.IsClosed() {
		return s.conn, nil
	}
	config := s.config.Copy()
	if err := s.backend.fillPassword(ctx, config); err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, aliveSettings); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	for _, key := range s.locks {
		if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, key); err != nil {
			return nil, errors.Join(err, conn.Close(ctx))
		}
	}
	s.conn = conn
	return conn, nil
}

// do runs a query on the session, and again when the connection turns out to be gone.
func (s *session) do(query func(context.Context, *pgx.Conn) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), sessionPatience)
	defer cancel()
	var err error
	for range 2 {
		var conn *pgx.Conn
		if conn, err = s.connected(ctx); err != nil {
			break
		}
		if err = query(ctx, conn); err == nil || !conn.IsClosed() {
			break
		}
	}
	return s.backend.explain(err)
}

// lock shows that a process lives.
func (s *session) lock(process string) error {
	key := lockKey(s.backend.schema, process)
	err := s.do(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, key)
		return err
	})
	if err == nil {
		s.keep(process, key)
	}
	return err
}

// keep remembers a lock, and begins to look after the session.
func (s *session) keep(process string, key int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locks == nil {
		s.locks = map[string]int64{}
	}
	s.locks[process] = key
	if s.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		s.stop, s.done = stop, make(chan struct{})
		go s.watch(ctx, s.done)
	}
}

// watch keeps the session while a process lives here.
func (s *session) watch(ctx context.Context, done chan struct{}) {
	defer close(done)
	ticks := time.NewTicker(sessionEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		_ = s.tick() // a session that cannot be made now is made by the next one
	}
}

// tick makes the session anew if it is gone.
func (s *session) tick() error {
	return s.do(func(ctx context.Context, conn *pgx.Conn) error { return conn.Ping(ctx) })
}

// isLocked tells whether the session of a process holds its lock, wherever that is.
func (s *session) isLocked(process string) (locked bool, err error) {
	err = s.do(func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 `+fromHolder+`)`, lockKey(s.backend.schema, process)).Scan(&locked)
	})
	if !s.inUse() {
		err = errors.Join(err, s.close())
	}
	return locked, err
}

// fromHolder is the part of a query from FROM on of who holds a lock.
const fromHolder = `FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
	AND (CAST(classid AS BIGINT) << 32) | CAST(objid AS BIGINT) = $1`

// terminate ends the session that holds the lock of a process, wherever that is.
func (s *session) terminate(process string) error {
	err := s.do(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) `+fromHolder, lockKey(s.backend.schema, process))
		return err
	})
	if !s.inUse() {
		err = errors.Join(err, s.close())
	}
	return err
}

func (s *session) inUse() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.locks) > 0
}

// end lets the lock of a process go, and with the last one the session.
func (s *session) end(process string) error {
	s.mu.Lock()
	delete(s.locks, process)
	last := len(s.locks) == 0
	stop, done := s.stop, s.done
	if last {
		s.stop, s.done = nil, nil
	}
	s.mu.Unlock()
	if last && stop != nil {
		stop()
		<-done
		return s.close()
	}
	return s.do(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, lockKey(s.backend.schema, process))
		return err
	})
}

// close ends the connection, if there is one.
func (s *session) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil || s.conn.IsClosed() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), sessionPatience)
	defer cancel()
	return s.conn.Close(ctx)
}

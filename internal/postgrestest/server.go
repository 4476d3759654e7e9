// Package postgrestest starts a PostgreSQL server of a test's own, in a temporary directory and
// on a socket in it alone. It refuses to use one that runs already. Nothing outside of tests
// imports it.
package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A Server is one cluster.
type Server struct {
	Dir string // of the socket
	bin string
	uid int // that it runs as
	gid int
}

// Start starts a server that ends with the test, or skips the test where PostgreSQL is not
// installed.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{bin: programs()}
	if s.bin == "" {
		t.Skip("PostgreSQL is not installed here")
	}
	dir, err := os.MkdirTemp("", "pg") // short: the path of a socket is at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s.Dir, s.uid, s.gid = dir, os.Getuid(), os.Getgid()
	if s.uid == 0 { // which a server refuses to be
		s.uid, s.gid = nobody(t)
		if err := os.Chown(dir, s.uid, s.gid); err != nil {
			t.Fatal(err)
		}
	}
	s.mustRun(t, "initdb", "-D", s.data(), "-U", "rapport", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
	settings := fmt.Sprintf("listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\nfull_page_writes = off\nautovacuum = off\njit = off\nmax_connections = 100\nshared_buffers = 32MB\n", dir)
	if err := os.WriteFile(filepath.Join(s.data(), "postgresql.auto.conf"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(s.data(), "postgresql.auto.conf"), s.uid, s.gid); err != nil {
		t.Fatal(err)
	}
	s.Up(t)
	t.Cleanup(func() { _ = s.run("pg_ctl", "stop", "-m", "immediate", "-D", s.data()) })
	return s
}

// programs is the directory of initdb, pg_ctl and psql, "" where there is none.
func programs() string {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(dirs, func(a, b string) int { return strings.Compare(b, a) })
	for _, dir := range append(dirs, filepath.SplitList(os.Getenv("PATH"))...) {
		whole := true
		for _, program := range []string{"initdb", "pg_ctl", "psql"} {
			_, err := exec.LookPath(filepath.Join(dir, program))
			whole = whole && err == nil
		}
		if whole {
			return dir
		}
	}
	return ""
}

func nobody(t testing.TB) (uid, gid int) {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Skip("PostgreSQL does not run as root, and there is no other user here")
	}
	uid, err = strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return uid, gid
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

// Up starts the server, which is not running.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	s.mustRun(t, "pg_ctl", "start", "-w", "-t", "120", "-D", s.data(), "-l", filepath.Join(s.data(), "log"))
}

// Down stops the server as a power cut does.
func (s *Server) Down(t testing.TB) {
	t.Helper()
	s.mustRun(t, "pg_ctl", "stop", "-m", "immediate", "-D", s.data())
}

// URL is the address of a database of the server, which it makes. Options may follow its name,
// as in x LOCALE 'C'.
func (s *Server) URL(t testing.TB, name, options string) string {
	t.Helper()
	s.SQL(t, "postgres", `CREATE DATABASE "`+name+`" TEMPLATE template0 `+options)
	return s.Address(name)
}

// Address is that of a database which is there.
func (s *Server) Address(name string) string {
	return "postgres://rapport@/" + name + "?host=" + s.Dir
}

// RequirePasswords lets a role in with its password alone.
func (s *Server) RequirePasswords(t testing.TB, role string) {
	t.Helper()
	file := filepath.Join(s.data(), "pg_hba.conf")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, append([]byte("local all "+role+" scram-sha-256\n"), text...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.SQL(t, "postgres", `SELECT pg_reload_conf()`)
}

// SQL runs statements in a database, and gives what they say.
func (s *Server) SQL(t testing.TB, database, statements string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", s.Dir, "-U", "rapport", "-d", database, "-c", statements)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", statements, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (s *Server) mustRun(t testing.TB, program string, args ...string) {
	t.Helper()
	if err := s.run(program, args...); err != nil {
		t.Fatal(err)
	}
}

// run runs a program as the server's user. What it says goes to a file: a server that it
// starts keeps that open.
func (s *Server) run(program string, args ...string) error {
	said, err := os.CreateTemp(s.Dir, "said")
	if err != nil {
		return err
	}
	defer said.Close()
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Dir, said, said
	if s.uid != os.Getuid() {
		cmd.SysProcAttr = as(s.uid, s.gid)
	}
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		return fmt.Errorf("%s: %w: %s", program, err, text)
	}
	return nil
}

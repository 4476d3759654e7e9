//go:build unix

package servicestate

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// isMine tells whether a file belongs to the user of this process.
func isMine(path string) bool {
	uid, _, ok := owner(path)
	return ok && uid == os.Geteuid()
}

func owner(path string) (uid, gid int, ok bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(stat.Uid), int(stat.Gid), true
}

// HandOver gives what root has made to whom the directories belong to: the service's user could else not go on. It does so
// with the ledger, what stands beside it under its name, and all in the trees. Only root can, and only root need.
func HandOver(ledger string, trees ...string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	entries, err := os.ReadDir(filepath.Dir(ledger))
	if err != nil {
		return err
	}
	for _, e := range entries {
		rest, found := strings.CutPrefix(e.Name(), filepath.Base(ledger))
		if found && (rest == "" || rest[0] == '-') {
			err = errors.Join(err, handOverTree(filepath.Dir(ledger), e.Name()))
		}
	}
	for _, tree := range trees {
		err = errors.Join(err, handOverTree(filepath.Dir(tree), filepath.Base(tree)))
	}
	return err
}

// handOverTree gives all of root's in dir/name to the owner of name, or of dir if that is root's too. It follows no link
// out of dir.
func handOverTree(dir, name string) error {
	uid, gid, ok := owner(filepath.Join(dir, name))
	if ok && uid == 0 {
		uid, gid, ok = owner(dir)
	}
	if !ok || uid == 0 {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), name, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the daemon works on beside us
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return nil // as above
		}
		if !d.IsDir() && !d.Type().IsRegular() {
			return nil
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok || stat.Uid != 0 || !d.IsDir() && stat.Nlink > 1 {
			return nil
		}
		if err := root.Lchown(path, uid, gid); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

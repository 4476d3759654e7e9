package servicestate

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return RealPath(path)
}

func TestAShellFindsWhatAServiceHasMarked(t *testing.T) {
	root, config := t.TempDir(), write(t, filepath.Join(t.TempDir(), "shop.yaml"), "")
	for _, dir := range []string{"rapport", "rapport/shop", "rapport@shop", "private/rapport/shop"} {
		own := filepath.Join(root, dir)
		write(t, filepath.Join(own, "rapport.db"), "")
		if err := (Host{root, own}).Claim(config, filepath.Join(own, "rapport.db"), filepath.Join(own, "archive")); err != nil {
			t.Fatal(err)
		}
		if found, err := (Host{Root: root}).Find(config); found != RealPath(own) || err != nil {
			t.Errorf("%s: found %q, %v", dir, found, err)
		}
		if found, err := (Host{root, own}).Find(config); found != own || err != nil {
			t.Errorf("%s: the service itself found %q, %v", dir, found, err)
		}
		if found, err := (Host{Root: root}).Find(config + ".old"); found != "" || err != nil {
			t.Errorf("%s: another file found %q, %v", dir, found, err)
		}
		if err := os.Remove(filepath.Join(own, MarkName)); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(own, "rapport.db")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAMarkIsWrittenOnce(t *testing.T) {
	own := t.TempDir()
	for range 3 {
		for _, config := range []string{"/etc/rapport/a.yaml", "/etc/rapport/b.yaml"} {
			if err := (Host{t.TempDir(), own}).Claim(config, filepath.Join(own, "rapport.db"), filepath.Join(own, "archive")); err != nil {
				t.Fatal(err)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(own, MarkName))
	if want := "/etc/rapport/a.yaml\n/etc/rapport/b.yaml\n"; string(text) != want || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

func TestALedgerIsNotBegunBesideAnother(t *testing.T) {
	root, config := t.TempDir(), write(t, filepath.Join(t.TempDir(), "shop.yaml"), "")
	own := filepath.Join(root, "rapport", "shop")
	beside := write(t, filepath.Join(filepath.Dir(config), "rapport.db"), "")
	var conflict *ConflictError
	if err := (Host{root, own}).Claim(config, filepath.Join(own, "rapport.db"), filepath.Join(own, "archive")); !errors.As(err, &conflict) {
		t.Errorf("beside %s: %v", beside, err)
	}
	if err := (Host{root, own}).Claim(config, "/srv/rapport.db", "/srv/archive"); err != nil {
		t.Errorf("whole paths: %v", err)
	}
	if err := (Host{root, ""}).Claim(config, beside, filepath.Join(filepath.Dir(config), "archive")); err != nil {
		t.Errorf("a shell: %v", err)
	}
}

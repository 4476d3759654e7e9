package main

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/rogpeppe/go-internal/testscript"
)

// atOnce is how many tests run side by side, unless -parallel says otherwise: most of their time they
// wait for processes, and for disks, that have little to do.
const atOnce = "4"

func TestMain(m *testing.M) {
	api.DisableConfigDir()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"rapport": main, "skewed": skewed})
}

// TestSessions runs what README promises, as a user types it.
func TestSessions(t *testing.T) {
	t.Parallel()
	examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"pdf": checkPDF, "count": countFiles, "code": exitCode, "attached": attachedFiles, "dintero": startDintero},
	})
}

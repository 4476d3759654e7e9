package main

import (
	"path/filepath"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	api.DisableConfigDir()
	testscript.Main(m, map[string]func(){"rapport": main, "skewed": skewed})
}

// TestSessions runs what README promises, as a user types it.
func TestSessions(t *testing.T) {
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

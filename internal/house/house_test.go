// Package house holds the house to its plan.
package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// plan says which of our packages each may import, from the lowest floor up. A package that
// is not here is not in the house.
var plan = map[string]string{
	// Leaves: each knows one thing and none of the others.
	"internal/money":                "",
	"internal/calendar":             "",
	"internal/yamltree":             "internal/text",
	"internal/text":                 "",
	"internal/ident":                "",
	"internal/extsort":              "",
	"internal/durable":              "",
	"internal/logging":              "internal/text",
	"internal/filelock":             "",
	"internal/daemon":               "internal/text internal/idleconn",
	"internal/idleconn":             "",
	"internal/acmecert":             "",
	"internal/maskedaddress":        "",
	"internal/singlesignon":         "",
	"internal/expiring":             "",
	"internal/csvhead":              "internal/text",
	"internal/exposure":             "reportconfig",
	"internal/hostname":             "",
	"internal/regularfile":          "",
	"internal/servicestate":         "",
	"internal/house":                "",
	"internal/netaddress":           "internal/hostname internal/yamltree",
	"internal/slug":                 "",
	"templates":                     "",
	"fetch/sandbox":                 "fetch/sandbox/internal/shop",
	"fetch/sandbox/internal/shop":   "",
	"locales":                       "internal/money",
	"internal/payment":              "internal/money internal/text",
	"internal/content":              "internal/money",
	"internal/progress":             "",
	"reportconfig":                  "internal/netaddress internal/slug internal/calendar internal/yamltree internal/hostname",
	"internal/ledger":               "internal/ledger/alarms internal/ledger/counters internal/ledger/crashes internal/ledger/database internal/ledger/notifications internal/ledger/ownership internal/ledger/processes internal/ledger/rendezvous internal/ledger/vouchers internal/mailcopy internal/series",
	"internal/ledger/database":      "internal/ledger/checksum internal/ledger/prepared",
	"internal/ledger/processes":     "internal/ledger/database internal/ledger/heartbeat",
	"internal/ledger/notifications": "internal/ledger/database internal/ledger/processes",
	"internal/ledger/alarms":        "internal/ledger/database internal/ledger/notifications internal/ledger/processes",
	"internal/ledger/ownership":     "internal/ledger/alarms internal/ledger/database internal/ledger/notifications internal/series",
	"internal/ledger/vouchers":      "internal/ledger/database internal/ledger/checksum",
	"internal/ledger/counters":      "",
	"internal/ledger/crashes":       "",
	"internal/ledger/heartbeat":     "",
	"internal/ledger/rendezvous":    "",
	"internal/ledger/checksum":      "",
	"internal/ledger/prepared":      "",
	"internal/series":               "internal/ledger/checksum",
	"internal/mailcopy":             "",
	"internal/ledger/schema":        "internal/ledger/database",
	"internal/ledger/sqlite":        "internal/durable internal/filelock internal/ledger internal/ledger/checksum internal/ledger/database internal/ledger/schema",
	"internal/ledger/served":        "internal/ledger",
	"internal/ledger/postgres":      "internal/durable internal/filelock internal/ledger/database internal/ledger/schema internal/ledger/sqlite",
	"internal/ledger/corrected":     "internal/ledger",
	"internal/ledger/ledgertest":    "internal/ledger internal/ledger/corrected internal/ledger/notifications internal/ledger/ownership internal/ledger/served internal/ledger/vouchers internal/mailcopy internal/series",

	"fetch":                      "fetch/internal/apiclient fetch/internal/dinterojson fetch/internal/listing internal/money internal/payment",
	"fetch/internal/apiclient":   "fetch/internal/dinterojson internal/text",
	"fetch/internal/jsonscan":    "internal/text",
	"fetch/internal/dinterojson": "fetch/internal/jsonscan internal/payment internal/money internal/text",
	"fetch/internal/listing":     "fetch/internal/dinterojson internal/payment",
	"render/internal/fallback":   "",
	"render/internal/pdf":        "render/internal/fallback internal/text",
	"render/internal/drawable":   "render/internal/pdf internal/text",
	"render/internal/csv":        "internal/content internal/money locales",
	"render":                     "render/internal/csv render/internal/drawable render/internal/pdf internal/content internal/text internal/money locales",
	"render/xlsx":                "internal/content internal/money",
	"internal/queueid":           "",
	"mail":                       "mail/internal/dotstuff mail/internal/learned mail/internal/pieces mail/internal/scram internal/content internal/text internal/durable locales templates",
	"mail/internal/dotstuff":     "",
	"mail/internal/learned":      "",
	"mail/internal/pieces":       "",
	"mail/internal/scram":        "",

	"internal/archive":        "internal/durable",
	"internal/archivemarker":  "internal/archive internal/ledger internal/durable",
	"internal/objectstore":    "internal/archive reportconfig",
	"internal/renamed":        "internal/ledger internal/report reportconfig",
	"internal/settlement":     "internal/payment internal/money internal/calendar",
	"internal/report":         "internal/settlement internal/payment internal/content internal/extsort internal/calendar internal/ident internal/text internal/money reportconfig locales",
	"internal/reconcile":      "internal/payment internal/extsort internal/ident internal/money",
	"internal/lateevents":     "internal/report internal/payment internal/ledger internal/extsort internal/ident internal/calendar internal/text internal/money reportconfig locales",
	"internal/statement":      "internal/pasttotals internal/beforeafter internal/settlement internal/report internal/reconcile internal/content internal/ledger internal/calendar internal/text internal/money reportconfig locales",
	"internal/message":        "internal/slug internal/statement internal/report internal/archive internal/content internal/durable internal/ident mail locales reportconfig internal/mailcopy",
	"internal/frozenmail":     "internal/archive internal/durable internal/ledger internal/mailcopy internal/message internal/report mail",
	"internal/csvlines":       "internal/content internal/correction internal/report render",
	"internal/builder":        "fetch internal/archive internal/beforeafter internal/calendar internal/content internal/correction internal/csvlines internal/ident internal/lateevents internal/ledger internal/ledger/vouchers internal/money internal/payment internal/reconcile internal/renderslots internal/report internal/series internal/settlement internal/slug internal/split internal/statement internal/text locales render render/xlsx reportconfig internal/extsort",
	"internal/preview":        "internal/split internal/builder internal/message internal/statement internal/report internal/archive internal/ledger internal/durable internal/filelock internal/ident internal/calendar mail reportconfig",
	"internal/evidence":       "internal/archive internal/ledger internal/mailcopy internal/reconcile internal/series mail reportconfig",
	"internal/verify":         "internal/archive internal/ledger internal/series internal/text",
	"internal/alarm":          "internal/message internal/statement internal/ledger internal/content internal/ident internal/text mail locales reportconfig",
	"internal/webhook":        "",
	"internal/engine":         "fetch internal/alarm internal/archive internal/builder internal/calendar internal/correction internal/durable internal/evidence internal/frozenmail internal/lateevents internal/ledger internal/ledger/notifications internal/logging internal/machines internal/message internal/parts internal/pendingwrites internal/planner internal/queueid internal/recheck internal/reconcile internal/report internal/reportset internal/retention internal/sourceclock internal/split internal/statement internal/text internal/workers mail reportconfig",
	"internal/reportset":      "reportconfig",
	"internal/workers":        "",
	"internal/renderslots":    "",
	"internal/pasttotals":     "internal/ledger internal/money",
	"internal/pendingwrites":  "internal/ledger",
	"internal/correction":     "internal/ledger/corrected internal/ledger internal/report internal/content internal/extsort internal/money render locales",
	"internal/sourceclock":    "internal/alarm internal/ledger internal/report",
	"internal/planner":        "internal/alarm internal/archive internal/builder internal/calendar internal/ledger internal/ledger/ownership internal/machines internal/report internal/reportset internal/sourceclock internal/statement reportconfig",
	"internal/retention":      "internal/archive internal/durable internal/frozenmail internal/ledger internal/reportset internal/sourceclock",
	"internal/beforeafter":    "internal/ledger internal/money internal/report locales",
	"internal/recheck":        "internal/beforeafter internal/correction internal/builder internal/alarm internal/statement internal/report internal/archive internal/ledger/corrected internal/ledger/served internal/ledger internal/payment internal/ident internal/text reportconfig",
	"internal/split":          "internal/slug internal/report internal/yamltree internal/money internal/calendar reportconfig",
	"internal/parts":          "reportconfig internal/split internal/builder internal/statement internal/report internal/ledger internal/archive internal/durable",
	"internal/mailview":       "internal/text",
	"internal/reportform":     "reportconfig",
	"internal/machines":       "internal/ledger internal/ledger/database internal/reportset internal/text",
	"internal/deliveries":     "internal/ledger internal/parts internal/status internal/text reportconfig",
	"internal/runoutput":      "internal/builder internal/ledger",
	"internal/secrets":        "internal/regularfile reportconfig",
	"internal/connections":    "fetch fetch/sandbox internal/builder internal/message internal/regularfile internal/secrets mail reportconfig",
	"internal/configfaults":   "internal/connections internal/secrets internal/yamltree reportconfig",
	"internal/onlinecheck":    "fetch internal/connections mail reportconfig",
	"internal/status":         "internal/split internal/ledger internal/calendar internal/text reportconfig",
	"internal/insight":        "internal/archive internal/ledger/served internal/ledger internal/report internal/payment internal/calendar internal/money internal/yamltree locales reportconfig internal/access internal/text internal/evidence",
	"internal/agenda":         "internal/calendar reportconfig",
	"internal/pagesettings":   "",
	"internal/listpage":       "",
	"internal/activitycsv":    "internal/ledger/served",
	"internal/figuretable":    "internal/ledger internal/money internal/report internal/text locales",
	"internal/deliverysearch": "internal/ledger",
	"internal/webpage":        "internal/archive internal/parts internal/insight internal/status internal/ledger internal/ledger/served internal/text locales reportconfig internal/access internal/mailview internal/reportform internal/report internal/calendar internal/money internal/agenda internal/csvhead internal/deliverysearch internal/eventhook internal/evidence internal/expiring internal/figuretable internal/machines internal/activitycsv internal/listpage internal/maskedaddress internal/pagesettings internal/singlesignon",
	"internal/webserver":      "internal/idleconn internal/acmecert",
	"internal/access":         "internal/ledger/served reportconfig",
	"internal/ledgerpool":     "internal/ledger internal/servicestate reportconfig",
	"internal/webservice":     "internal/frozenmail internal/access internal/acmecert internal/ledger/served internal/eventhook internal/webhook internal/engine internal/insight internal/ledgerpool internal/webpage internal/webserver internal/preview internal/builder internal/message internal/mailcopy internal/report internal/archive internal/ledger internal/calendar mail reportconfig internal/singlesignon",
	"internal/eventhook":      "internal/ledger/served reportconfig",
	"internal/monitoring":     "internal/daemon reportconfig internal/ledger internal/status",

	"cmd/rapport": "internal/renderslots fetch fetch/sandbox internal/access internal/alarm internal/archive internal/archivemarker internal/builder internal/calendar internal/configfaults internal/connections internal/content internal/daemon internal/deliveries internal/durable internal/engine internal/evidence internal/exposure internal/insight internal/ledger internal/ledger/database internal/ledger/ownership internal/ledger/postgres internal/ledger/served internal/ledger/sqlite internal/ledgerpool internal/logging internal/machines internal/message internal/monitoring internal/objectstore internal/onlinecheck internal/parts internal/planner internal/preview internal/progress internal/regularfile internal/renamed internal/report internal/runoutput internal/secrets internal/servicestate internal/split internal/statement internal/status internal/text internal/verify internal/webhook internal/webpage internal/webserver internal/webservice mail render reportconfig",

	// For tests alone.
	"fetch/internal/jsontest":            "",
	"internal/paymenttest":               "internal/payment internal/money internal/calendar reportconfig",
	"internal/shoptest":                  "internal/archive internal/ledger/sqlite internal/engine internal/builder internal/message internal/statement internal/report internal/ledger internal/content internal/paymenttest internal/payment fetch fetch/sandbox mail reportconfig",
	"internal/mutations":                 "",
	"internal/browsertest":               "",
	"internal/singlesignon/providertest": "",
	"internal/acmecert/acmetest":         "",
	"internal/postgrestest":              "",
	"internal/objectstore/s3test":        "",
	"internal/bench":                     "",
	"internal/bench/measure":             "internal/bench",
}

func TestFloorPlan(t *testing.T) {
	list := exec.Command("go", "list", "-buildvcs=false", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "rapport/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		pkg := strings.TrimPrefix(words[0], "rapport/")
		allowed, known := plan[pkg]
		if !known {
			t.Errorf("%s is not on the floor plan", pkg)
		}
		seen++
		for _, imported := range words[1:] {
			if imported, ours := strings.CutPrefix(imported, "rapport/"); ours && !slices.Contains(strings.Fields(allowed), imported) {
				t.Errorf("%s must not import %s", pkg, imported)
			}
		}
	}
	if seen != len(plan) {
		t.Errorf("the plan has %d packages, the house %d", len(plan), seen)
	}
}

// eachFile parses all our files but tests.
func eachFile(t *testing.T, visit func(path string, files *token.FileSet, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch strings.TrimPrefix(filepath.ToSlash(path), "../../") {
		case "archive", "examples", "outbox": // go.mod ignores them: what a run left there may be somebody else's
			return filepath.SkipDir
		}
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		visit(strings.TrimPrefix(filepath.ToSlash(path), "../../"), files, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryPackageSaysWhatItIsForAndWhatItRefuses(t *testing.T) {
	comments := map[string]string{}
	eachFile(t, func(path string, _ *token.FileSet, file *ast.File) {
		comments[filepath.Dir(path)] += file.Doc.Text()
	})
	for dir, comment := range comments {
		if len(strings.Fields(comment)) < 15 {
			t.Errorf("%s: the package comment says too little: %q", dir, comment)
		}
	}
}

func TestNoInitAndNoClockOutsideCmd(t *testing.T) {
	eachFile(t, func(path string, files *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s: init", files.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				pkg, ok := n.X.(*ast.Ident)
				clock := ok && pkg.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Since" || n.Sel.Name == "Until")
				if clock && !strings.HasPrefix(path, "cmd/") && !strings.HasPrefix(path, "internal/daemon/") && !strings.HasPrefix(path, "internal/bench/") && !strings.HasPrefix(path, "internal/shoptest/") {
					t.Errorf("%s: the clock is read; time is an argument", files.Position(n.Pos()))
				}
			}
			return true
		})
	})
}

func TestPackageVariablesNeverChange(t *testing.T) {
	variables := map[string]map[string]bool{} // by directory
	eachFile(t, func(path string, _ *token.FileSet, file *ast.File) {
		for _, decl := range file.Decls {
			if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, spec := range g.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						dir := filepath.Dir(path)
						if variables[dir] == nil {
							variables[dir] = map[string]bool{}
						}
						variables[dir][name.Name] = true
					}
				}
			}
		}
	})
	eachFile(t, func(path string, files *token.FileSet, file *ast.File) {
		changed := func(e ast.Expr) {
			for {
				if index, ok := e.(*ast.IndexExpr); ok {
					e = index.X
					continue
				}
				break
			}
			// Obj is set for what is declared in the function; package variables of the same file
			// resolve to their ValueSpec, those of other files do not resolve.
			name, ok := e.(*ast.Ident)
			if !ok || name.Name == "_" || !variables[filepath.Dir(path)][name.Name] {
				return
			}
			if name.Obj == nil || file.Scope.Lookup(name.Name) == name.Obj {
				t.Errorf("%s: the package variable %s is changed", files.Position(name.Pos()), name.Name)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					for _, left := range n.Lhs {
						changed(left)
					}
				}
			case *ast.IncDecStmt:
				changed(n.X)
			}
			return true
		})
	})
}

func TestRoomsAreSmall(t *testing.T) {
	eachFile(t, func(path string, files *token.FileSet, file *ast.File) {
		if lines := files.Position(file.End()).Line; lines > 300 {
			t.Errorf("%s: %d lines; is it one idea?", path, lines)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				if lines := files.Position(f.End()).Line - files.Position(f.Pos()).Line; lines > 80 {
					t.Errorf("%s: %s has %d lines; is it one story?", path, f.Name.Name, lines)
				}
			}
		}
	})
}

// TestPackagesAndTypesHaveFewParts: a stranger holds no more in mind than these.
func TestPackagesAndTypesHaveFewParts(t *testing.T) {
	const mostFiles, mostMethods, mostLines = 25, 25, 3000
	files, methods, lines := map[string]int{}, map[string]int{}, map[string]int{}
	eachFile(t, func(path string, positions *token.FileSet, file *ast.File) {
		dir := filepath.Dir(path)
		files[dir]++
		if !strings.HasSuffix(dir, "test") { // what tests a thing may try it at length
			lines[dir] += positions.File(file.Pos()).LineCount()
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
				methods[dir+"."+receiver(f.Recv.List[0].Type)]++
			}
		}
	})
	for dir, n := range files {
		if n > mostFiles {
			t.Errorf("%s has %d files, at most %d", dir, n, mostFiles)
		}
	}
	for dir, n := range lines {
		if n >= mostLines {
			t.Errorf("%s has %d lines, fewer than %d make a package", dir, n, mostLines)
		}
	}
	for name, n := range methods {
		if n > mostMethods {
			t.Errorf("%s has %d methods, at most %d", name, n, mostMethods)
		}
	}
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return "?"
}

// sameMeaning are file names that stand in several packages for the same thing in each.
var sameMeaning = map[string]string{
	"transactions.go": "a data type: asked for, simulated, reported", "orders.go": "likewise", "wallets.go": "likewise",
	"transaction.go": "one of them: its nouns, its JSON, how the simulation makes it", "order.go": "likewise", "wallet.go": "likewise",
	"settlement.go": "a payout: the noun, its JSON, how the simulation makes it", "settlements.go": "a data type: asked for, simulated, reported",
	"scalar.go": "one value of a document", "dayevents.go": "what Dintero counts a day: the noun and its JSON", "keyfigures.go": "the call that asks for it", "query.go": "what a source is asked for",
	"client.go": "Dintero's API", "token.go": "its access token", "errors.go": "the package's own", "templates.go": "the look of mails",
	"presence.go": "how a process is seen to live, in each database", "alarms.go": "of the operator", "retention.go": "what is removed when", "deliveries.go": "what went to whom", "run.go": "one run", "sandbox.go": "the simulated Dintero",
}

// TestAFileNameHasOneMeaning: who looks for a file by its name finds one, or the same thing
// seen from two floors.
func TestAFileNameHasOneMeaning(t *testing.T) {
	places := map[string][]string{}
	eachFile(t, func(path string, _ *token.FileSet, _ *ast.File) {
		if dir := filepath.Dir(path); !strings.HasSuffix(dir, "test") { // what tests a thing has its name
			places[filepath.Base(path)] = append(places[filepath.Base(path)], dir)
		}
	})
	for name, dirs := range places {
		if len(dirs) > 1 && sameMeaning[name] == "" {
			t.Errorf("%s stands in %s", name, strings.Join(dirs, ", "))
		}
	}
}

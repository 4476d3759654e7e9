// Command measure runs the built program beside python3, jq and DuckDB, where they are
// installed, over the same transactions, and prints what each took: time, processor and
// memory of the whole process. One run of each in turn, several times; the median counts.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"rapport/internal/bench"
)

func main() {
	program := flag.String("program", "", "the built rapport")
	scripts := flag.String("scripts", ".", "where naive.py, naive.jq and naive.sql are")
	n := flag.Int("n", 100_000, "transactions")
	runs := flag.Int("runs", 5, "runs of each")
	flag.Parse()
	if err := measure(*program, *scripts, *n, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// A contender is a program that does the job.
type contender struct {
	name    string
	command func() *exec.Cmd
	out     string // the file or directory that it leaves
	runs    []measurement
}

// A measurement is what one run took.
type measurement struct {
	wall, cpu time.Duration
	peak      int64 // KiB
}

func measure(program, scripts string, n, runs int) (err error) {
	dir, err := os.MkdirTemp("", "rapport-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	data := filepath.Join(dir, "transactions.ndjson")
	size, err := prepare(dir, data, n)
	if err != nil {
		return err
	}
	fmt.Printf("%d transactions, %d MB of NDJSON, to one CSV; %d runs of each in turn, medians\n%s\n\n", n, size>>20, runs, machine())
	all := contenders(program, scripts, dir, data)
	for range runs {
		for _, c := range all {
			if _, err := exec.LookPath(c.command().Path); err != nil {
				continue
			}
			t, err := c.run(n)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			c.runs = append(c.runs, t)
		}
	}
	printTable(all)
	return nil
}

// prepare writes the data and a configuration that makes a CSV of it.
func prepare(dir, data string, n int) (size int64, err error) {
	f, err := os.Create(data)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(bench.WriteTransactions(f, n), f.Close()); err != nil {
		return 0, err
	}
	info, err := os.Stat(data)
	if err != nil {
		return 0, err
	}
	config := "account: T12345678\nsource: {files: {transactions: transactions.ndjson}}\nreports:\n" +
		"  - {id: all, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [text/csv]}\n"
	return info.Size(), os.WriteFile(filepath.Join(dir, "shop.yaml"), []byte(config), 0o600)
}

func contenders(program, scripts, dir, data string) []*contender {
	file := func(name string) string { return filepath.Join(scripts, name) }
	out := filepath.Join(dir, "out.csv")
	return []*contender{
		{name: "rapport", out: filepath.Join(dir, "archive"), command: func() *exec.Cmd {
			return exec.Command(program, "run", filepath.Join(dir, "shop.yaml"), "--period", bench.Day, "--now", "2026-11-20")
		}},
		{name: "python3 json, csv", out: out, command: func() *exec.Cmd { return exec.Command("python3", file("naive.py"), data, out) }},
		{name: "jq", out: out, command: func() *exec.Cmd { return exec.Command("jq", "-r", "-f", file("naive.jq"), data) }},
		{name: "DuckDB", out: out, command: func() *exec.Cmd {
			sql, err := os.ReadFile(file("naive.sql"))
			if err != nil {
				return exec.Command("") // which is not installed
			}
			return exec.Command("duckdb", "-c", strings.NewReplacer("'IN'", "'"+data+"'", "'OUT'", "'"+out+"'").Replace(string(sql)))
		}},
	}
}

// run runs the program once and makes sure that it wrote a row for each transaction.
func (c *contender) run(n int) (measurement, error) {
	for _, old := range []string{c.out, filepath.Join(filepath.Dir(c.out), "rapport.db")} {
		if err := os.RemoveAll(old); err != nil {
			return measurement{}, err
		}
	}
	cmd := c.command()
	var said strings.Builder
	cmd.Stderr = &said
	if c.name == "jq" {
		f, err := os.Create(c.out)
		if err != nil {
			return measurement{}, err
		}
		defer f.Close()
		cmd.Stdout = f
	}
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if err != nil {
		return measurement{}, fmt.Errorf("%w\n%s", err, said.String())
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	rows, err := rowsUnder(c.out)
	if err == nil && rows < n {
		err = fmt.Errorf("%d rows of %d", rows, n)
	}
	return measurement{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), used.Maxrss}, err
}

// rowsUnder counts the lines of a file, or of all CSV files in a directory. It holds no
// more than a buffer: Linux counts what we hold when we start a program as the program's.
func rowsUnder(path string) (rows int, err error) {
	err = filepath.WalkDir(path, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".csv" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			rows++
		}
		return lines.Err()
	})
	return rows, err
}

func printTable(all []*contender) {
	fmt.Println("| | wall s | of ours | CPU s | peak MB |\n|---|---:|---:|---:|---:|")
	wall := func(t measurement) float64 { return t.wall.Seconds() }
	for _, c := range all {
		if len(c.runs) == 0 {
			fmt.Printf("| %s | not installed | | | |\n", c.name)
			continue
		}
		fmt.Printf("| %s | %.2f | %.1f× | %.2f | %.0f |\n", c.name, median(c.runs, wall), median(c.runs, wall)/median(all[0].runs, wall),
			median(c.runs, func(t measurement) float64 { return t.cpu.Seconds() }), median(c.runs, func(t measurement) float64 { return float64(t.peak) / 1024 }))
	}
}

func median(runs []measurement, of func(measurement) float64) float64 {
	var all []float64
	for _, t := range runs {
		all = append(all, of(t))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// machine is what the figures were taken on.
func machine() string {
	model := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, found := strings.Cut(string(text), "model name"); found {
			model, _, _ = strings.Cut(strings.TrimLeft(rest, "\t :"), "\n")
		}
	}
	return fmt.Sprintf("%s, %s, %d × %s, %s", time.Now().Format(time.DateOnly), runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(), model, runtime.Version())
}

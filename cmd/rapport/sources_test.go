package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file has nothing to be reconciled with, and a report says so; here none is.
const reportsOfAllKinds = `
archive: %[1]s
state: %[1]s.db
reports:
  - {id: transactions, dataType: checkout/transactions, schedule: weekly, language: no, reconcile: off, contentTypes: [text/csv, application/pdf]}
  - {id: seller, dataType: checkout/transactions, schedule: weekly, language: en, reconcile: off, contentTypes: [text/csv], reportFilters: [{filter: payout_destination_id, value: P00000001}, {filter: payout_destination_id, value: fiskehandel-bergen}]}
  - {id: store, dataType: checkout/transactions, schedule: weekly, language: en, reconcile: off, contentTypes: [text/csv], reportFilters: [{filter: store_id, value: sc029}]}
  - {id: open, dataType: checkout/transactions/open, schedule: daily, language: no, contentTypes: [text/csv]}
  - {id: old, dataType: checkout/transactions/open, schedule: daily, language: no, contentTypes: [text/csv], reportFilters: [{filter: older_than_days, value: "30"}]}
  - {id: orders, dataType: orders/orderoperations, schedule: daily, language: no}
  - {id: wallets, dataType: wallets/transactions, schedule: daily, language: en, contentTypes: [text/csv]}
`

const sourcesNow = "2026-11-20T06:30:00+01:00"

// TestEverySourceGivesTheSameBytes: the simulated Dintero in process and over HTTP, and the
// same data from files, make the same CSV and PDF.
func TestEverySourceGivesTheSameBytes(t *testing.T) {
	long(t)
	dir := t.TempDir()
	source := startSandbox(t)
	dumpAll(t, dir, source)

	made := map[string]string{}
	for name, block := range map[string]string{
		"process": "source: {sandbox: {seed: 5}}\n",
		"http":    source,
		"files":   "source: {files: {transactions: transactions.ndjson, orders: orders.json, wallets: wallets.ndjson}}\n",
	} {
		path := filepath.Join(dir, name+".yaml")
		text := "account: T12345678\n" + block + fmt.Sprintf(reportsOfAllKinds, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		mustRun(t, "run", path, "--now", sourcesNow)
		files, err := filepath.Glob(filepath.Join(dir, name, "*", "*", "*.*"))
		if err != nil || len(files) != 8 {
			t.Fatalf("%s: made %v, %v", name, files, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			key := filepath.Base(filepath.Dir(filepath.Dir(file))) + filepath.Ext(file)
			if strings.HasSuffix(key, ".csv") && bytes.Count(data, []byte("\r\n")) < 3 {
				t.Errorf("%s: %s has hardly a row, so this proves little", name, key)
			}
			if other, ok := made[key]; ok && other != string(data) {
				t.Errorf("%s: %s is not the same", name, key)
			}
			made[key] = string(data)
		}
	}
}

// mustRun runs the program in process and expects it to end well.
func mustRun(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, getenv, &out, &errs); code != exitDone {
		t.Fatalf("%v: exit code %d\n%s%s", args, code, &out, &errs)
	}
	return out.String(), errs.String()
}

func getenv(name string) string {
	return map[string]string{"DINTERO_CLIENT_SECRET": "c4n4ry-secret", "SMTP_PASSWORD": "c4n4ry-password"}[name]
}

// startSandbox serves a simulated Dintero until the test ends; the source block is what it printed.
func startSandbox(t testing.TB, flags ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run(ctx, append([]string{"sandbox", "--seed", "5", "--now", sourcesNow}, flags...), getenv, in, io.Discard)
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != exitDone {
			t.Errorf("the sandbox ended with %d", code)
		}
	})
	var block strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		block.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "checkout_url:") {
			return block.String()
		}
	}
	t.Fatalf("the sandbox printed no source block: %s", &block)
	return ""
}

// dumpAll writes what the simulated Dintero lists to files, by its own JSON alone.
func dumpAll(t *testing.T, dir, source string) {
	t.Helper()
	_, rest, _ := strings.Cut(source, "api_url: ")
	base, _, _ := strings.Cut(rest, "\n")
	d := dumper{t: t, base: base}
	d.login()

	var transactions []map[string]any
	for _, filter := range []string{
		"captured_at.gte=2026-11-08T23:00:00Z", "refunded_at.gte=2026-11-08T23:00:00Z",
		"status=AUTHORIZED&status=PARTIALLY_CAPTURED&status=PARTIALLY_CAPTURED_REFUNDED&status=ON_HOLD",
		"status=AUTHORIZATION_VOIDED&created_at.gte=2026-05-20T00:00:00Z",
	} { // an export of what moved and what is open; some of it comes more than once
		transactions = append(transactions, d.list("/transactions?limit=100&"+filter, "", func(last map[string]any) string { return last["id"].(string) })...)
	}
	d.write(filepath.Join(dir, "transactions.ndjson"), transactions, false)

	orders := d.list("/accounts/T12345678/shopping/orders?limit=100", "orders", func(last map[string]any) string { return last["id"].(string) })
	for _, order := range orders {
		for _, collection := range []string{"authorizations", "captures", "refunds", "cancellations"} {
			order[collection] = d.get("/accounts/T12345678/shopping/orders/" + order["id"].(string) + "/" + collection).(map[string]any)[collection]
		}
	}
	d.write(filepath.Join(dir, "orders.json"), orders, true)

	var movements []map[string]any
	for _, card := range d.list("/accounts/T12345678/wallets/cards?limit=100&include_deleted=true", "cards", nil) {
		id := card["card_id"].(string)
		for _, movement := range d.get("/accounts/T12345678/wallets/cards/" + id + "/transactions").([]any) {
			m := movement.(map[string]any)
			m["card_id"] = id
			movements = append(movements, m)
		}
	}
	d.write(filepath.Join(dir, "wallets.ndjson"), movements, false)
}

type dumper struct {
	t           testing.TB
	base, token string
}

func (d *dumper) login() {
	body := strings.NewReader(`{"grant_type":"client_credentials","audience":"` + d.base + `/accounts/T12345678"}`)
	req, err := http.NewRequest("POST", d.base+"/accounts/T12345678/auth/token", body)
	if err != nil {
		d.t.Fatal(err)
	}
	req.SetBasicAuth("any", "thing")
	req.Header.Set("Content-Type", "application/json")
	d.token = d.do(req).(map[string]any)["access_token"].(string)
}

func (d *dumper) get(path string) any {
	req, err := http.NewRequest("GET", d.base+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	return d.do(req)
}

func (d *dumper) do(req *http.Request) any {
	d.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	var body any
	numbers := json.NewDecoder(res.Body)
	numbers.UseNumber()
	if err := numbers.Decode(&body); err != nil || res.StatusCode != 200 {
		d.t.Fatalf("%s: %s, %v, %v", req.URL, res.Status, err, body)
	}
	return body
}

// list pages through a listing: by the id that next takes of the last row, else by the body's own cursor.
func (d *dumper) list(path, name string, next func(map[string]any) string) []map[string]any {
	var rows []map[string]any
	cursor := ""
	for {
		page := path
		if cursor != "" {
			page += "&starting_after=" + url.QueryEscape(cursor)
		}
		body := d.get(page)
		cursor = ""
		if o, ok := body.(map[string]any); ok {
			cursor, _ = o["starting_after"].(string)
			body = o[name]
		}
		list := body.([]any)
		for _, row := range list {
			rows = append(rows, row.(map[string]any))
		}
		if next != nil && len(list) > 0 {
			cursor = next(rows[len(rows)-1])
		}
		if len(list) == 0 || cursor == "" {
			return rows
		}
	}
}

func (d *dumper) write(path string, rows []map[string]any, array bool) {
	d.t.Helper()
	var b bytes.Buffer
	var err error
	if array {
		err = json.NewEncoder(&b).Encode(rows)
	} else {
		for _, row := range rows {
			if err = json.NewEncoder(&b).Encode(row); err != nil {
				break
			}
		}
	}
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o600)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

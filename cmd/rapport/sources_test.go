package main

import (
	"bytes"
	"fmt"
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
	t.Parallel()
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
		files, err := filepath.Glob(filepath.Join(dir, name, "*", "*", "[a-z]*.*"))
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

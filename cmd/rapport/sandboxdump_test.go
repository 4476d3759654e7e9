package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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

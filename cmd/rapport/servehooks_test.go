package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAHookIsToldOfAFileThatCanBeDownloaded: a hook hears that it will be told, and then of the
// file, whose link opens it.
func TestAHookIsToldOfAFileThatCanBeDownloaded(t *testing.T) {
	t.Parallel()
	heard := make(chan map[string]any, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sign := hmac.New(sha1.New, []byte("c4n4ry-bi"))
		sign.Write(body)
		var told map[string]any
		if err := json.Unmarshal(body, &told); err != nil || r.Header.Get("event-signature") != hex.EncodeToString(sign.Sum(nil)) || r.Header.Get("event") != told["event"] {
			t.Errorf("%v %s: %v", r.Header, body, err)
		}
		heard <- told
	}))
	defer hook.Close()
	config := servedConfig(t)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	writeConfig(t, config, string(text)+"  hooks: [{url: \""+hook.URL+"/c4n4ry-path\", secret: {env: BI_SECRET}, events: [report_add]}]\n")
	p, account := startAPI(t, binary(t), config)
	next := func(event string) map[string]any {
		t.Helper()
		select {
		case told := <-heard:
			if told["event"] != event || told["account_id"] != "T12345678" {
				t.Fatalf("told %v, want %s", told, event)
			}
			return told
		case <-time.After(time.Minute):
			t.Fatalf("no %s\n%s", event, p.said.last())
			return nil
		}
	}
	next("ping")
	c := newAPIClient(t, account)
	status, answer, _ := c.ask("POST", "/insight/generate-report", `{"dataType":"wallets/transactions","schedule":"monthly","language":"no","contentType":"text/csv","from":"2026-09-01","to":"2026-09-30"}`)
	if status != 200 {
		t.Fatalf("%d %v", status, answer)
	}
	item := next("report_add")["report"].(map[string]any)
	link, _ := item["signed_url"].(string)
	file, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Body.Close()
	if name, _ := item["report_file_name"].(string); file.StatusCode != 200 || filepath.Ext(name) != ".csv" {
		t.Errorf("%s: %d", name, file.StatusCode)
	}
	p.signal(syscall.SIGTERM)
	if said := p.ends(exitDone); strings.Contains(said, "c4n4ry") {
		t.Errorf("the log shows a secret:\n%s", said)
	}
}

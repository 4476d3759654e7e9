package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// A pinger tells a watch in the manner of healthchecks.io that a report started,
// succeeded or failed. The report does not depend on it: what goes wrong here is logged.
type pinger struct {
	client *http.Client
	log    *slog.Logger
}

func newPinger(log *slog.Logger) pinger {
	return pinger{&http.Client{Timeout: 10 * time.Second}, log}
}

// ping asks for URL, URL/start or URL/fail. The address is a secret of sorts and is not logged.
func (p pinger) ping(ctx context.Context, url, signal string) {
	base, query, asked := strings.Cut(url, "?")
	if signal != "" {
		base = strings.TrimSuffix(base, "/") + "/" + signal
	}
	if asked {
		base += "?" + query
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base, nil)
	if err != nil {
		p.log.Warn("ping", "signal", signal, "error", "the address cannot be asked")
		return
	}
	request.Header.Set("User-Agent", "rapport/"+version())
	answer, err := p.client.Do(request)
	if err != nil {
		p.log.Warn("ping", "signal", signal, "host", request.URL.Host, "error", "no answer")
		return
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	if err != nil || answer.StatusCode/100 != 2 {
		p.log.Warn("ping", "signal", signal, "host", request.URL.Host, "status", answer.StatusCode)
	}
}

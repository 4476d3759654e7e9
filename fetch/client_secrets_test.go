package fetch

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// Whatever part of an answer repeats the credentials that it was asked with, and in
// whatever form, neither the error nor the log does.
func TestNoAnswerBringsASecretIntoAnError(t *testing.T) {
	const token = "tok3n-0123456789abcdef-0123456789abcdef"
	raw := func(answer string) func(string) http.HandlerFunc {
		return func(secret string) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					return
				}
				defer conn.Close()
				fmt.Fprintf(conn, answer, secret)
			}
		}
	}
	body := func(form string) func(string) http.HandlerFunc {
		return func(secret string) http.HandlerFunc { return says(fmt.Sprintf(form, secret)) }
	}
	for name, answer := range map[string]func(string) http.HandlerFunc{
		"no HTTP":            raw("%s\r\n\r\n"),
		"a status":           raw("HTTP/1.1 %s\r\n\r\n"),
		"a version":          raw("HTTP/%s 200 OK\r\n\r\n"),
		"a header":           raw("HTTP/1.1 200 OK\r\n%s\r\n\r\n"),
		"a length":           raw("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"),
		"an encoding":        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n"),
		"a chunk":            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n"),
		"a redirect":         raw("HTTP/1.1 302 Found\r\nLocation: http://%s.example/\r\nContent-Length: 0\r\n\r\n"),
		"a redirect of dots": raw("HTTP/1.1 302 Found\r\nLocation: http://%s/\r\nContent-Length: 0\r\n\r\n"),
		"an error": func(secret string) http.HandlerFunc {
			return status(500, fmt.Sprintf(`{"error":{"message":"bad %s","code":"%[1]s"}}`, secret))
		},
		"an error with 200": body(`{"error":{"message":"bad %s"}}`),
		"no JSON":           body(`%s`),
		"an id":             body(`[{"id":"%s","id":1}]`),
		"a name":            body(`[{"id":"a","%s":1,"%[1]s":2}]`),
		"an amount":         body(`[{"id":"a","amount":"%s"}]`),
		"a listing":         body(`[{"id":"%s","amount":1,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"}]`),
	} {
		for form, secret := range map[string]string{
			"the token": token, "the header": "Bearer " + token, "the token in base64": base64.StdEncoding.EncodeToString([]byte(token)),
			"the secret": testSecret, "the login": base64.StdEncoding.EncodeToString([]byte("client:" + testSecret)),
		} {
			t.Run(name+", "+form, func(t *testing.T) {
				d := &dintero{resource: answer(secret), token: says(`{"access_token":"` + token + `","expires_in":86400}`)}
				var log bytes.Buffer
				d.log = slog.New(slog.NewTextHandler(&log, nil))
				d.with(t, func(t *testing.T, c *Client) {
					_, err := idsOf(t, c.Transactions(t.Context(), november19))
					heard := fmt.Sprint(err) + log.String()
					for _, piece := range []string{"tok3n", "0123456789", "89abcdef", "s3cr3t", "fjordfisk", secret, base64.StdEncoding.EncodeToString([]byte(token))[4:20]} {
						if strings.Contains(heard, piece) {
							t.Errorf("%q is in %s", piece, heard)
						}
					}
					if err == nil && (name != "an amount" || strings.HasPrefix(form, "the token") || form == "the secret") {
						t.Error("it was taken for an answer")
					}
				})
			})
		}
	}
}

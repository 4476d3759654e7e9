package main

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"io/fs"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// An authRelay is a scriptedRelay that wants a login first.
type authRelay struct {
	*scriptedRelay
	password string
}

func (g *authRelay) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s, err := g.scriptedRelay.NewSession(c)
	return &authSession{s.(*scriptedSession), g}, err
}

type authSession struct {
	*scriptedSession
	relay *authRelay
}

func (s *authSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *authSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if password != s.relay.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no: " + password}
		}
		return nil
	}), nil
}

// canaryText has all kinds of reports, a login to Dintero and one to the relay.
func canaryText(source string, port int) string {
	secret := strings.Replace(shopText(2, port), "tls: none,", "ca: ca.pem, username: clerk, password: {env: SMTP_PASSWORD},", 1)
	return strings.Replace(secret, "source: {sandbox: {seed: 1}}\n", source, 1)
}

// TestNoSecretIsLeftAnywhere runs into every fault that has to do with a login, says all
// there is to say, and looks for the secrets in all that is left.
func TestNoSecretIsLeftAnywhere(t *testing.T) {
	long(t)
	t.Parallel()
	secret, password, wrong := rand.Text(), rand.Text(), rand.Text()
	g := newScriptedRelay()
	config, program := filepath.Join(t.TempDir(), "shop.yaml"), binary(t)
	private := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(private.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: private.Certificate().Raw})
	writeConfig(t, filepath.Join(filepath.Dir(config), "ca.pem"), string(authority))
	port := serveSMTP(t, &authRelay{g, password}, &tls.Config{Certificates: private.TLS.Certificates})
	heard := map[string]string{}
	begin := func(password string, args ...string) *process {
		command := append([]string{"env", "DINTERO_CLIENT_SECRET=" + secret, "SMTP_PASSWORD=" + password, program}, args...)
		return start(t, append(command, "--log-level", "debug")...)
	}
	do := func(name string, code int, password string, args ...string) {
		heard[name] = begin(password, args...).ends(code)
	}
	for _, fault := range []string{"unauthorized", "html", "redirect", "object"} {
		writeConfig(t, config, canaryText(startSandbox(t, "--fault", fault), port))
		do(fault, exitWaiting, password, "run", config)
	}
	writeConfig(t, config, canaryText(startSandbox(t), port))
	do("a wrong password", exitWaiting, wrong, "run", config)
	do("check", exitDone, password, "check", config, "--online")
	do("check with a wrong password", exitFailed, wrong, "check", config, "--online")
	p := begin(password, "serve", config)
	address := p.address()
	for _, page := range []string{"/metrics", "/readyz", "/healthz"} {
		_, heard[page] = ask(t, "GET", "http://"+address+page)
	}
	p.signal(syscall.SIGTERM)
	heard["serve"] = p.ends(exitDone)
	do("run", exitDone, password, "run", config)
	if g.kept() != 2 {
		t.Errorf("%d messages were sent, so this proves little", g.kept())
	}
	do("deliveries", exitDone, password, "deliveries", config, "--all", "--json")

	needles := canaries(secret, password, wrong)
	for name, text := range heard {
		find(t, name, text, needles)
	}
	if !strings.Contains(heard["a wrong password"], "535") || !strings.Contains(heard["unauthorized"], "401") {
		t.Errorf("the faults were not met, so this proves little:\n%s\n%s", heard["a wrong password"], heard["unauthorized"])
	}
	files := 0
	err := filepath.WalkDir(filepath.Dir(config), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || path == config {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil {
			files++
			find(t, path, string(data), needles)
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files, %v", files, err)
	}
}

// canaries are the secrets as they are and in the ways they go over the wire.
func canaries(secret string, passwords ...string) []string {
	found := []string{secret, url.QueryEscape(secret)}
	for _, p := range passwords {
		found = append(found, p, base64.StdEncoding.EncodeToString([]byte("\x00clerk\x00"+p)))
	}
	for _, text := range found[:len(found):len(found)] {
		for lead := range 3 { // base64 of a text depends on where it begins
			whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", lead) + text))
			found = append(found, strings.TrimRight(whole[4:len(whole)-4], "="))
		}
	}
	return found
}

func find(t *testing.T, where, text string, needles []string) {
	t.Helper()
	for _, needle := range needles {
		if i := strings.Index(text, needle); i >= 0 {
			t.Errorf("%s holds a secret: …%s…", where, text[max(0, i-100):min(len(text), i+100)])
		}
	}
}

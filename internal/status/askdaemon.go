package status

import (
	"context"
	"io"
	"net"
	"net/http"
	"rapport/internal/text"
	"time"
)

// DaemonSays is what the daemon at listen answers.
type DaemonSays struct {
	Address string `json:"address"`
	Answers bool   `json:"answers"`
	Ready   bool   `json:"ready"`
	Says    string `json:"says"`
}

func (d DaemonSays) String() string {
	if !d.Answers {
		return "none answers at " + d.Address
	}
	return "at " + d.Address + ": " + d.Says
}

// daemonPatience is how long a daemon may think about an answer.
const daemonPatience = 7 * time.Second

// AskDaemon asks the daemon at the address whether it is ready. One that is not there, as under a timer, is no fault.
func AskDaemon(ctx context.Context, listen string) DaemonSays {
	d := DaemonSays{Address: DialAddress(listen)}
	code, says, err := Get(ctx, "http://"+d.Address+"/readyz")
	if err != nil {
		return d
	}
	d.Answers, d.Ready, d.Says = true, code == http.StatusOK, text.Limit(text.PrintableLine(says), 200)
	return d
}

// DialAddress is where to ask a daemon that listens at an address: at all of them means at this machine's own.
func DialAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// Get asks a daemon something.
func Get(ctx context.Context, url string) (code int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, daemonPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	client := http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	return answer.StatusCode, string(data), err
}

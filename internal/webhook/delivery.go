package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

const deliveryTimeout = 10 * time.Second

// Deliver posts JSON once, with the headers that are given. A redirect is not followed: who gets
// it was not asked whether they may. A name that stands for a private address is not called: only
// a configuration that has the address itself may mean it.
func (c *Client) Deliver(ctx context.Context, address string, header http.Header, body []byte) (answer string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return "", errors.New("the address cannot be called")
	}
	request.Header = header.Clone()
	request.Header.Set("User-Agent", c.Agent)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.deliveries(request.URL).Do(request)
	if err != nil {
		var private *privateError
		if errors.As(err, &private) {
			return "", fmt.Errorf("%s: %w", request.URL.Hostname(), private)
		}
		return "", fmt.Errorf("%s: %s", request.URL.Hostname(), reason(err))
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	status := &statusError{response.StatusCode}
	if response.StatusCode/100 != 2 {
		return "", fmt.Errorf("%s: %w", request.URL.Hostname(), status)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %s", request.URL.Hostname(), reason(err))
	}
	return status.Error(), nil
}

// deliveries calls an address that is delivered to. Where a proxy is in between it is the proxy's to refuse.
func (c *Client) deliveries(to *url.URL) *http.Client {
	client := &http.Client{Timeout: deliveryTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: to})
	if _, literal := netip.ParseAddr(to.Hostname()); err != nil || proxy != nil || literal == nil || strings.EqualFold(to.Hostname(), "localhost") {
		return client
	}
	dialer := &net.Dialer{Timeout: deliveryTimeout, Control: func(_, address string, _ syscall.RawConn) error { return requirePublic(address) }}
	client.Transport = &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: deliveryTimeout, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	return client
}

// A privateError says that a name stands for an address that only machines nearby have.
type privateError struct{ address netip.Addr }

func (e *privateError) Error() string {
	return "its name stands for " + e.address.String() + ", which is private — write the address itself"
}

func requirePublic(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return err
	}
	if ip = ip.Unmap(); ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast() {
		return &privateError{ip}
	}
	return nil
}

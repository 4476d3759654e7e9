package acmecert

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// maxAnswer bounds what is read of the authority's answer, in bytes.
const maxAnswer = 1 << 20

// answers remembers why the authority refused: autocert does not tell why a name was not believed,
// and of a renewal nothing.
type answers struct{ s *Source }

// RoundTrip asks the authority, as long as there is somewhere to keep what it gives.
func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := kept(a).cache(); err != nil {
		return nil, err
	}
	response, err := a.s.Transport.RoundTrip(r)
	if err != nil {
		a.remember(err.Error())
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	_ = response.Body.Close() // all that is used of it was read
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if why := refusal(body); why != "" {
		a.remember(why)
	}
	return response, nil
}

func (a answers) remember(why string) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.said = why
}

// refusal is the detail of a problem (RFC 7807), or that of a challenge that was not met; "": it is neither.
func refusal(body []byte) string {
	var answer struct {
		Detail     string
		Challenges []struct{ Error struct{ Detail string } }
	}
	if json.Unmarshal(body, &answer) != nil { // a certificate, or nothing
		return ""
	}
	for _, c := range answer.Challenges {
		if c.Error.Detail != "" {
			return c.Error.Detail
		}
	}
	return answer.Detail
}

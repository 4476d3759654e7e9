package singlesignon

import (
	"net/http"
	"time"
)

// pendingLife is how long a person may take at the provider.
const pendingLife = 10 * time.Minute

func cookie(secure bool, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{Name: "rapport-oidc", Value: value, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode, MaxAge: int(life / time.Second)}
	if secure {
		c.Name = "__Host-rapport-oidc"
	}
	return c
}

// Redirect sends a browser to the provider. It changes nothing but what the browser holds.
func (c *Client) Redirect(w http.ResponseWriter, r *http.Request, random func() []byte, secure bool) error {
	to, pending, err := c.Begin(r.Context(), random)
	if err != nil {
		return err
	}
	http.SetCookie(w, cookie(secure, pending, pendingLife))
	w.Header().Set("Location", to) // and no page that links to another host
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Return gives the verified address of who comes back from the provider, once.
func (c *Client) Return(w http.ResponseWriter, r *http.Request, secure bool) (email string, err error) {
	pending := ""
	if held, err := r.Cookie(cookie(secure, "", 0).Name); err == nil {
		pending = held.Value
	}
	http.SetCookie(w, cookie(secure, "", -time.Second))
	return c.Finish(r.Context(), pending, r.URL.Query())
}

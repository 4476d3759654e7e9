package webpage

import (
	"errors"
	"net/http"
	"strconv"

	"rapport/internal/access"
	"rapport/internal/singlesignon"
)

// signInChoices are the ways to sign in.
func signInChoices(v *visit) signInData {
	d := signInData{Passwords: v.server.gate.HasPasswords()}
	for _, p := range v.server.Providers {
		d.Providers = append(d.Providers, p.Host())
	}
	return d
}

// askProvider sends who wants to sign in to a provider, and signs in who comes back from it. That one
// comes by a GET is the provider's way; what the browser holds shows that it was begun there.
func askProvider(v *visit) error {
	n, err := strconv.Atoi(v.PathValue("provider"))
	if err != nil || n < 0 || n >= len(v.server.Providers) {
		return errNotFound
	}
	p, address := v.server.Providers[n], v.server.Address(v.Request)
	var often *access.TooManyError
	if err := v.server.gate.Attempt(address, "provider"+p.Issuer+address); errors.As(err, &often) {
		v.retryAfter(often)
		v.problem(http.StatusTooManyRequests, "page.too_often")
		return nil
	}
	if q := v.URL.Query(); !q.Has("code") && !q.Has("error") {
		err = p.Redirect(v.writer, v.Request, v.server.Random, v.server.Secure)
	} else {
		err = comeBack(v, p, address)
	}
	var refused *singlesignon.RefusedError
	switch {
	case errors.As(err, &refused):
		v.server.Log.Warn("sign-in refused", "provider", p.Issuer, "address", address, "why", refused.Why)
		v.problem(http.StatusForbidden, "page.provider_refused")
	case errors.Is(err, access.ErrWrong):
		v.problem(http.StatusForbidden, "page.provider_unknown")
	case err != nil:
		v.server.Log.Warn("sign-in", "provider", p.Issuer, "error", err)
		v.problem(http.StatusBadGateway, "page.provider_away")
	}
	return nil
}

func comeBack(v *visit, p *singlesignon.Client, address string) error {
	email, err := p.Return(v.writer, v.Request, v.server.Secure)
	if err != nil {
		return err
	}
	secret, err := v.server.gate.SignInVouched(v.Context(), p.Issuer, p.ID, email, address, v.UserAgent())
	if errors.Is(err, access.ErrWrong) {
		v.server.Log.Warn("sign-in refused", "provider", p.Issuer, "name", email, "address", address)
	}
	if err == nil {
		v.begin(secret)
	}
	return err
}

package webpage

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/locales"
)

const (
	linkLife    = 10 * time.Minute
	idleLife    = 12 * time.Hour
	sessionLife = 7 * 24 * time.Hour
)

// hash is how a secret of a browser or a link is kept.
func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// MakeLink makes a link that signs in, once, whoever opens it within ten minutes. It gives the
// path of the link.
func MakeLink(ctx context.Context, l *ledger.Ledger, account string, by served.Actor, random []byte, now time.Time) (path string, err error) {
	secret := base64.RawURLEncoding.EncodeToString(random)
	err = served.Of(l).MakeLink(ctx, served.Link{ID: hash(secret), Account: account, Role: "admin", MadeBy: by.Name, Expires: now.Add(linkLife)},
		served.Act{At: now, Account: account, Actor: by, Action: "sign-in link", Object: "account " + account})
	return "/sign-in/" + secret, err
}

func (s *Server) cookieName() string {
	if s.Secure {
		return "__Host-rapport"
	}
	return "rapport"
}

// enter finds out who visits, and in which language.
func (v *visit) enter() (err error) {
	v.lang = v.preferred()
	if v.words, err = locales.For(v.lang); err != nil {
		return err
	}
	cookie, err := v.Cookie(v.server.cookieName())
	if err != nil || cookie.Value == "" {
		return nil
	}
	now := v.server.Now()
	for i := range v.server.accounts {
		a := &v.server.accounts[i]
		found := false
		var session served.Session
		err := a.Use(func() (err error) {
			tables := served.Of(a.Ledger)
			session, found, err = tables.Session(v.Context(), hash(cookie.Value))
			found = found && session.Account == a.Config.Account && now.Sub(session.Seen) < idleLife && now.Sub(session.Created) < sessionLife
			if err == nil && found && now.Sub(session.Seen) > time.Minute {
				err = tables.SeeSession(v.Context(), session.ID, now, session.Settings)
			}
			return err
		})
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		v.account, v.session = a, session
		for _, setting := range strings.Fields(session.Settings) {
			switch setting {
			case "no", "en":
				v.lang = setting
			case "quiet":
				v.quiet = true
			}
		}
		v.words, err = locales.For(v.lang)
		return err
	}
	return nil
}

// preferred is the language that the browser asks for.
func (v *visit) preferred() string {
	for _, tag := range strings.Split(v.Header.Get("Accept-Language"), ",") {
		tag = strings.ToLower(strings.TrimSpace(tag))
		for _, prefix := range []string{"nb", "no", "nn"} {
			if strings.HasPrefix(tag, prefix) {
				return "no"
			}
		}
		if strings.HasPrefix(tag, "en") {
			return "en"
		}
	}
	return "en"
}

func signInHelp(v *visit) error {
	return v.show(http.StatusOK, "signin", v.words.Word("page.sign_in"), nil)
}

// signInForm opens nothing by itself: programs that look at links in messages follow them too.
func signInForm(v *visit) error {
	return v.show(http.StatusOK, "signin", v.words.Word("page.sign_in"), v.URL.Path)
}

func signIn(v *visit) error {
	secret := base64.RawURLEncoding.EncodeToString(v.server.Random())
	now := v.server.Now()
	for i := range v.server.accounts {
		a := &v.server.accounts[i]
		used := false
		err := a.Use(func() (err error) {
			tables := served.Of(a.Ledger)
			if err := tables.PurgeSessions(v.Context(), now.Add(-sessionLife), now.Add(-idleLife), now); err != nil {
				return err
			}
			link, found, err := tables.Link(v.Context(), hash(v.PathValue("secret")), now)
			if err != nil || !found || link.Account != a.Config.Account {
				return err
			}
			used, err = tables.UseLink(v.Context(), link.ID, now, func(l served.Link) (served.Session, served.Act) {
				who := served.Actor{Name: l.MadeBy, Via: served.ViaPage, Address: v.server.Address(v.Request)}
				return served.Session{
					ID: hash(secret), Name: l.MadeBy, Proof: "link", How: served.ByLink, Account: l.Account, Created: now, Seen: now, Address: who.Address, Agent: v.UserAgent(),
				}, served.Act{At: now, Account: l.Account, Actor: who, Action: "sign in", Object: "session"}
			})
			return err
		})
		if err != nil {
			return err
		}
		if used {
			http.SetCookie(v.writer, &http.Cookie{
				Name: v.server.cookieName(), Value: secret, Path: "/", HttpOnly: true, Secure: v.server.Secure, SameSite: http.SameSiteLaxMode, MaxAge: int(sessionLife / time.Second),
			})
			http.Redirect(v.writer, v.Request, "/", http.StatusSeeOther)
			return nil
		}
	}
	v.problem(http.StatusForbidden, "page.link_over")
	return nil
}

func signOut(v *visit) error {
	if err := served.Of(v.account.Ledger).EndSession(v.Context(), v.session.ID, v.act("sign out", "session")); err != nil {
		return err
	}
	http.SetCookie(v.writer, &http.Cookie{Name: v.server.cookieName(), Path: "/", HttpOnly: true, Secure: v.server.Secure, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	http.Redirect(v.writer, v.Request, "/sign-in", http.StatusSeeOther)
	return nil
}

func chooseLanguage(v *visit) error {
	lang := v.FormValue("language")
	if lang != "no" && lang != "en" {
		return errNotFound
	}
	if err := v.keepSettings(lang, v.quiet); err != nil {
		return err
	}
	http.Redirect(v.writer, v.Request, "/", http.StatusSeeOther)
	return nil
}

func chooseKeys(v *visit) error {
	chosen := v.lang
	if !strings.Contains(v.session.Settings, chosen) { // the browser's, until one is chosen
		chosen = ""
	}
	if err := v.keepSettings(chosen, v.FormValue("keys") == "off"); err != nil {
		return err
	}
	return v.done("/account", "keys")
}

// keepSettings keeps what a person chose of the pages.
func (v *visit) keepSettings(lang string, quiet bool) error {
	settings := lang
	if quiet {
		settings += " quiet"
	}
	return served.Of(v.account.Ledger).SeeSession(v.Context(), v.session.ID, v.server.Now(), settings)
}

// act is what the person does, to be written down.
func (v *visit) act(action, object string) served.Act {
	return served.Act{
		At: v.server.Now(), Account: v.account.Config.Account, Action: action, Object: object,
		Actor: served.Actor{Name: v.session.Name, Via: served.ViaPage, Address: v.server.Address(v.Request)},
	}
}

package webpage

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"rapport/internal/access"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/pagesettings"
	"rapport/internal/text"
	"rapport/locales"
)

const linkLife = 10 * time.Minute

// MakeLink makes a link that signs in, once, whoever opens it within ten minutes. It gives the
// path of the link.
func MakeLink(ctx context.Context, l *ledger.Ledger, account string, by served.Actor, random []byte, now time.Time) (path string, err error) {
	secret := base64.RawURLEncoding.EncodeToString(random)
	err = served.Of(l).MakeLink(ctx, served.Link{ID: access.Identify(secret), Account: account, Role: "admin", MadeBy: by.Name, Expires: now.Add(linkLife)},
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
	if err != nil {
		return nil
	}
	person, found, err := v.server.gate.Who(v.Context(), cookie.Value)
	if err != nil || !found {
		return err
	}
	v.chosen = pagesettings.Read(person.Session.Settings)
	for i := range v.server.accounts { // the one that was chosen, else the first
		a := &v.server.accounts[i]
		if role := person.Roles[a.Config.Account]; role != "" && (v.account == nil || a.Config.Account == v.chosen.Account) {
			v.account, v.person, v.session, v.role = a, person, person.Session, roleOf(role)
		}
	}
	v.lang = cmp.Or(v.chosen.Language, v.lang)
	if v.account != nil {
		v.zone = v.account.Config.Location
	}
	if zone, err := time.LoadLocation(v.chosen.Zone); err == nil && v.chosen.Zone != "" {
		v.zone = zone
	}
	v.words, err = locales.For(v.lang)
	return err
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

// A signInData is what the page to sign in offers.
type signInData struct {
	Link      string // the path of one that was opened
	Passwords bool
	Name      string // that was tried
	Fault     string
	Providers []string // whose word is taken too
}

func signInHelp(v *visit) error {
	return v.show(http.StatusOK, "signin", v.words.Word("page.sign_in"), signInChoices(v))
}

// signInForm opens nothing by itself: programs that look at links in messages follow them too.
func signInForm(v *visit) error {
	return v.show(http.StatusOK, "signin", v.words.Word("page.sign_in"), signInData{Link: v.URL.Path})
}

// signInByPassword answers who failed with the page again, whatever was wrong.
func signInByPassword(v *visit) error {
	name := strings.TrimSpace(v.FormValue("name"))
	secret, err := v.server.gate.SignIn(v.Context(), name, v.FormValue("password"), v.server.Address(v.Request), v.UserAgent())
	data := signInData{Passwords: true, Name: text.PrintableLine(name)}
	var often *access.TooManyError
	switch {
	case errors.As(err, &often):
		v.retryAfter(often)
		data.Fault = v.words.Word("page.too_often")
		return v.show(http.StatusTooManyRequests, "signin", v.words.Word("page.sign_in"), data)
	case errors.Is(err, access.ErrWrong):
		v.server.Log.Warn("sign-in refused", "name", data.Name, "address", v.server.Address(v.Request))
		data.Fault = v.words.Word("page.wrong_password")
		return v.show(http.StatusForbidden, "signin", v.words.Word("page.sign_in"), data)
	case err != nil:
		return err
	}
	v.begin(secret)
	return nil
}

func (v *visit) retryAfter(often *access.TooManyError) {
	v.writer.Header().Set("Retry-After", strconv.Itoa(int(often.RetryAfter/time.Second)+1))
}

// begin hands the browser a session.
func (v *visit) begin(secret string) {
	http.SetCookie(v.writer, &http.Cookie{
		Name: v.server.cookieName(), Value: secret, Path: "/", HttpOnly: true, Secure: v.server.Secure, SameSite: http.SameSiteLaxMode, MaxAge: int(served.SessionLife / time.Second),
	})
	http.Redirect(v.writer, v.Request, "/", http.StatusSeeOther)
}

func signIn(v *visit) error {
	var often *access.TooManyError
	if err := v.server.gate.Attempt(v.server.Address(v.Request), "link"+v.PathValue("secret")); errors.As(err, &often) {
		v.retryAfter(often)
		v.problem(http.StatusTooManyRequests, "page.too_often")
		return nil
	}
	secret := base64.RawURLEncoding.EncodeToString(v.server.Random())
	now := v.server.Now()
	for i := range v.server.accounts {
		a := &v.server.accounts[i]
		used := false
		err := a.Use(func() (err error) {
			tables := served.Of(a.Ledger)
			if err := tables.PurgeSessions(v.Context(), now.Add(-served.SessionLife), now.Add(-served.IdleLife), now); err != nil {
				return err
			}
			link, found, err := tables.Link(v.Context(), access.Identify(v.PathValue("secret")), now)
			if err != nil || !found || link.Account != a.Config.Account {
				return err
			}
			used, err = tables.UseLink(v.Context(), link.ID, now, func(l served.Link) (served.Session, served.Act) {
				who := served.Actor{Name: l.MadeBy, Via: served.ViaPage, Address: v.server.Address(v.Request)}
				return served.Session{
					ID: access.Identify(secret), Name: l.MadeBy, Proof: "link", How: served.ByLink, Account: l.Account, Created: now, Seen: now, Address: who.Address, Agent: v.UserAgent(),
				}, served.Act{At: now, Account: l.Account, Actor: who, Action: "sign in", Object: "session"}
			})
			return err
		})
		if err != nil {
			return err
		}
		if used {
			v.begin(secret)
			return nil
		}
	}
	v.problem(http.StatusForbidden, "page.link_over")
	return nil
}

func signOut(v *visit) error {
	if err := v.server.gate.End(v.Context(), v.session.ID, v.act("sign out", "session")); err != nil {
		return err
	}
	http.SetCookie(v.writer, &http.Cookie{Name: v.server.cookieName(), Path: "/", HttpOnly: true, Secure: v.server.Secure, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	http.Redirect(v.writer, v.Request, "/sign-in", http.StatusSeeOther)
	return nil
}

// act is what the person does, to be written down.
func (v *visit) act(action, object string) served.Act {
	return served.Act{
		At: v.server.Now(), Account: v.account.Config.Account, Action: action, Object: object,
		Actor: served.Actor{Name: v.session.Name, Via: served.ViaPage, Address: v.server.Address(v.Request)},
	}
}

// Package configfaults finds what is wrong with what a configuration names: secrets, a logo, a certificate, ledger and
// archive. It tells all of it at once, each at the place where it is named. It refuses to read the payments, and asks nobody.
package configfaults

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"rapport/internal/connections"
	"rapport/internal/secrets"
	"rapport/internal/yamltree"
	"rapport/reportconfig"
)

// Faults collect what is wrong with what a configuration names, each at the place where it is named.
type Faults struct {
	Config *reportconfig.Config
	Found  reportconfig.Problems
}

// Add takes an error about what a path of the configuration names; nil is none.
func (f *Faults) Add(path string, err error, hint string) {
	if err == nil {
		return
	}
	if strings.Contains(err.Error(), " — ") {
		hint = ""
	}
	for text := range strings.SplitSeq(err.Error(), "\n") {
		p := reportconfig.Problem{File: f.Config.Path, Path: path, Message: text, Hint: hint}
		p.Line, p.Column = position(f.Config.Path, path)
		f.Found = append(f.Found, p)
	}
}

// position is where the file says what a path names, or what is next above; zeros if it cannot be read.
func position(file, path string) (line, column int) {
	data, err := yamltree.ReadFile(file)
	if err != nil {
		return 0, 0
	}
	doc := &yamltree.Document{Name: file, Findings: &yamltree.Findings{}}
	at, ok := doc.Parse(data)
	for key := range strings.SplitSeq(path, ".") {
		child, there := at.Child(key)
		if !ok || !there {
			break
		}
		at = child
	}
	if !ok {
		return 0, 0
	}
	return yamltree.Position(at)
}

// Err is all that was found, as Problems in the order of the file; nil if nothing was.
func (f *Faults) Err() error {
	if len(f.Found) == 0 {
		return nil
	}
	slices.SortStableFunc(f.Found, func(a, b reportconfig.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return f.Found
}

// Secrets looks whether each secret is there. That of the relay is needed only to send.
func (f *Faults) Secrets(from secrets.Source, mails bool) {
	look := func(path string, s reportconfig.Secret) {
		if s.IsZero() {
			return
		}
		_, err := from.Read(s)
		hint := "a file with nothing but the secret, which whoever runs this can read"
		if s.Env != "" {
			hint = "set it where rapport is started, or keep the secret in a file: {file: path}"
		}
		f.Add(path, err, hint)
	}
	if d := f.Config.Source.Dintero; d != nil {
		look("source.dintero.client_secret", d.ClientSecret)
	}
	if s := f.Config.Mail.SMTP; s != nil && mails {
		look("mail.smtp.password", s.Password)
	}
	if d := f.Config.Database; d != nil {
		look("state.password", d.Password)
	}
	if o := f.Config.ObjectStore; o != nil {
		look("archive.s3.access_key", o.AccessKey)
		look("archive.s3.secret_key", o.SecretKey)
	}
}

// Relay looks whether there is a way to send mail, and whom its certificate is held to.
func (f *Faults) Relay() {
	switch m := f.Config.Mail; {
	case m.SMTP == nil && m.Outbox == "":
		f.Add("mail", errors.New("says neither smtp nor outbox"), "give it from, and smtp: {host: …} or outbox: a directory; --dry-run sends nothing")
	case m.SMTP != nil && m.SMTP.CA != "":
		_, _, err := connections.Authority(m.SMTP.CA)
		f.Add("mail.smtp.ca", err, RelativeHint)
	}
}

// RelativeHint is for a path that leads nowhere.
const RelativeHint = "a relative path starts from the directory of the file that names it"

// Kept looks whether ledger and archive can be where they are said to be.
func (f *Faults) Kept() {
	if info, err := os.Stat(f.Config.State); err == nil && info.IsDir() && f.Config.Database == nil {
		f.Add("state", fmt.Errorf("%s is a directory", f.Config.State), "the ledger is a file, like rapport.db")
	}
	if info, err := os.Stat(f.Config.Archive); err == nil && !info.IsDir() && f.Config.ObjectStore == nil {
		f.Add("archive", fmt.Errorf("%s is a file", f.Config.Archive), "the archive is a directory, like archive")
	}
}

// AbsentSources warns of files of payments that are not there. They may come yet: until then reports wait.
func AbsentSources(config *reportconfig.Config) (warnings reportconfig.Problems) {
	f := Faults{Config: config}
	if files := config.Source.Files; files != nil {
		for _, one := range [][2]string{{"transactions", files.Transactions}, {"orders", files.Orders}, {"wallets", files.Wallets}, {"settlements", files.Settlements}} {
			if _, err := os.Stat(one[1]); one[1] != "" && err != nil {
				f.Add("source.files."+one[0], err, "reports wait until it is there; "+RelativeHint)
			}
		}
	}
	return f.Found
}

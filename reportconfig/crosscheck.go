package reportconfig

import (
	"net/mail"
	"slices"
	"strings"

	"rapport/internal/slug"
	"rapport/internal/yamltree"
)

// crossCheck checks what no entry can know by itself: the other entries, the source and the mail.
func (l *loader) crossCheck(m yamltree.Mapping) {
	_, hasMail := m.Field("mail")
	_, hasSource := m.Field("source")
	byID, byWas := map[string]*Entry{}, map[string]*Entry{}
	lacksMail := func(why string) {
		if !hasMail {
			hasMail = true // said once is enough
			m.Missing("mail").Fault("say how to send: from, and smtp or outbox", "is missing, and %s", why)
		}
	}
	if v, ok := m.Field("operator"); ok && l.config.Operator.Address != nil {
		lacksMail("operator at " + v.Where() + " gets the alarms by mail")
	}
	for _, e := range l.entries {
		uniqueID(e, byID)
		if hasSource && e.Data != nil {
			l.config.requireFile(e)
		}
		if !hasMail && len(e.Emails) > 0 {
			lacksMail(e.called() + " at " + e.emails.Where() + " has emails")
		}
		if !hasMail && e.Addresses != "" {
			lacksMail(e.called() + " at " + e.place.Where() + " has addresses")
		}
		uniqueWas(e, byWas)
	}
	for id, e := range byWas {
		if other, ok := byID[id]; ok {
			e.was.Fault("leave it out", "%q is the ID of %s at %s", id, other.called(), other.place.Where())
		}
	}
	l.voucheredOnce()
}

// voucheredOnce refuses two entries that could make a voucher of the same settlement.
func (l *loader) voucheredOnce() {
	var all, ofAnySeller []int // entries with a voucher
	ofSeller := map[string][]int{}
	for i, e := range l.entries {
		s, ours := e.Data.(Settlements)
		if e.VoucherFile == nil || !ours {
			continue
		}
		others := slices.Clone(ofAnySeller)
		for _, seller := range s.Sellers {
			others = append(others, ofSeller[seller]...)
			ofSeller[seller] = append(ofSeller[seller], i)
		}
		if len(s.Sellers) == 0 {
			others, ofAnySeller = all, append(ofAnySeller, i)
		}
		all = append(all, i)
		slices.Sort(others)
		meets := func(k int) bool { return k < i && overlap(s.Providers, l.entries[k].Data.(Settlements).Providers) }
		if k := slices.IndexFunc(others, meets); k >= 0 {
			other := l.entries[others[k]]
			e.voucher.Fault("let filters keep them apart, or leave one out", "could book a settlement that %s at %s books too", other.called(), other.voucher.Where())
		}
	}
}

// uniqueID refuses an ID that another entry has: IDs name directories, and what has been sent is remembered by them.
func uniqueID(e *Entry, byID map[string]*Entry) {
	switch other, twice := byID[e.ID]; {
	case e.ID == "":
	case !e.hasID && slug.IsReserved(e.ID):
		e.place.Fault("give it an id", "the ID that follows from its name, %q, cannot be the name of a directory on Windows", e.ID)
	case !twice:
		byID[e.ID] = e
	case e.hasID && other.hasID:
		e.id.Fault("each report needs its own", "%q is already the ID of %s at %s", e.ID, other.called(), other.id.Where())
	default:
		e.place.Fault("give both an id", "has the same ID, %q, as %s at %s", e.ID, other.called(), other.place.Where())
	}
}

// uniqueWas refuses an ID that two reports say they had.
func uniqueWas(e *Entry, byWas map[string]*Entry) {
	if e.Was == "" {
		return
	}
	if other, twice := byWas[e.Was]; twice {
		e.was.Fault("one report goes on where another one ended", "%q is what %s at %s was", e.Was, other.called(), other.was.Where())
		return
	}
	byWas[e.Was] = e
}

// requireFile makes sure that a source of files has the one that e is made from.
func (c *Config) requireFile(e *Entry) {
	files := c.Source.Files
	if files == nil || *files == (Files{}) {
		return
	}
	name, path := "transactions", files.Transactions
	switch e.Data.(type) {
	case Orders:
		name, path = "orders", files.Orders
	case Wallets:
		name, path = "wallets", files.Wallets
	case Settlements:
		name, path = "settlements", files.Settlements
		if path != "" && files.Transactions == "" {
			e.dataType.Warn("add source.files.transactions", "without transactions nobody knows what was captured, and the bridge is of payouts alone")
		}
	}
	if path == "" {
		e.dataType.Fault("add source.files."+name, "%s needs a file that the source does not name", e.Data.DataType())
	}
}

// called names an entry in the message of another.
func (e *Entry) called() string {
	if e.place.Path() == "" {
		return "the report"
	}
	return e.place.Path()
}

// readOnlyKeys are Dintero's, which a request may repeat and does not change.
var readOnlyKeys = []string{"id", "created_at", "created_by"}

// ReadBody reads the report configuration that a request brings, as ReadEntry reads one of the file, and holds it against
// the rest of the configuration: the source's files, whether there is mail, and to whom. The entry has no ID; what was
// written is without the keys that are the server's. taken tells whether an ID is a report's.
func (c *Config) ReadBody(v yamltree.Value, taken func(id string) bool) (Entry, bool) {
	v = yamltree.Without(v, readOnlyKeys...)
	e, ok := ReadEntry(v, c.Account)
	if !ok {
		return e, false
	}
	e.ID, e.Written = "", yamltree.JSON(yamltree.Without(v, "accountId"))
	if _, ours := e.Data.(Settlements); ours {
		e.dataType.Fault("put it into the configuration file", "%s are no report configuration of Dintero's", PayoutSettlements)
	}
	for _, key := range []string{"split", "addresses"} {
		if given, ok := v.Child(key); ok { // a request names no file of the server's
			given.Fault("put the report into the configuration file", "a report that is split is not made over HTTP")
		}
	}
	if e.Data != nil {
		c.requireFile(&e)
	}
	if len(e.Emails) > 0 && c.Mail.From == nil {
		e.emails.Fault("give the configuration file a mail: block, or leave emails out to only archive the report", "nobody can be mailed: the configuration does not say how to send")
	}
	c.requireRecipients(e)
	if e.Was != "" && taken(e.Was) {
		e.was.Fault("leave it out", "%q is the ID of another report", e.Was)
	}
	return e, true
}

// requireRecipients refuses addresses that a request may not have mailed.
func (c *Config) requireRecipients(e Entry) {
	if len(e.Emails) == 0 {
		return
	}
	items, _ := e.emails.List()
	for _, item := range items {
		a, err := mail.ParseAddress(item.Raw())
		if err != nil || c.MayMail(a.Address) {
			continue
		}
		_, domain, _ := strings.Cut(a.Address, "@")
		item.Fault(`add "*@`+strings.ToLower(domain)+`" to web.recipients in the configuration file`, "reports of the API may not be mailed to %s", yamltree.Quote(a.Address))
	}
}

// MayMail tells whether reports of the API may be mailed to an address.
func (c *Config) MayMail(address string) bool {
	if c.Web != nil && c.Web.Recipients != nil {
		return MatchesAddress(c.Web.Recipients, address)
	}
	return MatchesAddress(c.ownDomains(), address)
}

// ownDomains are those of from, operator and the file's reports, as patterns.
func (c *Config) ownDomains() (patterns []string) {
	add := func(a *mail.Address) {
		if a == nil {
			return
		}
		_, domain, _ := strings.Cut(strings.ToLower(a.Address), "@")
		if p := "*@" + domain; !slices.Contains(patterns, p) {
			patterns = append(patterns, p)
		}
	}
	add(c.Mail.From)
	add(c.Operator.Address)
	for i := range c.Reports {
		for j := range c.Reports[i].Emails {
			add(&c.Reports[i].Emails[j])
		}
	}
	return patterns
}

package mail

import (
	"regexp"
	"slices"
	"strings"
)

// outcome is what the relay's reply, or its silence, says about a message.
type outcome struct {
	verdict Verdict
	about   About
	relay   bool // other messages will hear the same: Error.Relay
	size    bool // the message is too large
	hint    string
}

// judge is the outcome of a step that failed. A code of 0 is silence.
//
//	step                          no code     4xx         5xx
//	connect … login               not sent*   not sent*   not sent*   * the relay's or ours: Error.Relay
//	sender                        not sent*   not sent*   not sent*   but where the message is too large
//	recipient                     not sent    refusals    refusals    the table in refusal.go
//	data, body (before the dot)   not sent    refusals    refusals
//	dot (sent)                    uncertain   refusals    refusals    other codes: uncertain
//
// Accepted is not here: it is a 2xx after the dot, whatever QUIT brings.
func judge(step string, r reply) outcome {
	envelope := false // the relay was given a message, or a part of it
	switch step {
	case stepSender, stepRecipient, stepData, stepBody, stepDot:
		envelope = true
	}
	switch class := r.code / 100; {
	case envelope && (class == 4 || class == 5):
		return judgeRefusal(step, r)
	case step == stepDot:
		return outcome{verdict: Uncertain}
	case envelope && class != 0:
		return outcome{verdict: NotSent, relay: step == stepSender} // a reply that fits no question
	case class == 5:
		return outcome{verdict: NotSent, about: AboutUs, relay: true}
	}
	return outcome{verdict: NotSent, about: AboutNow, relay: !envelope || step == stepSender}
}

// A refusalRule is one row of the table of refusals. A field that is empty fits all.
type refusalRule struct {
	class   int      // 4 or 5
	steps   []string // from sender to dot
	codes   []int
	details []string // an enhanced code without its class: 1.1, or 5 for all of 5.x; "-" for a reply without one
	words   *regexp.Regexp
	outcome
}

// words looks for any of the patterns in a reply's text, at the beginning of words.
func words(patterns ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:` + strings.Join(patterns, "|") + `)`)
}

// What servers say of whom, gathered from Postfix, Exim, Sendmail, Exchange, Microsoft 365,
// Gmail, Amazon SES, IronPort, Yandex and others.
var (
	slowWords = words(`too (?:many|much) (?:concurrent|connections?|sessions?|messages?|mails?|e-?mails?|recipients?|requests?|commands?|smtp)`,
		`too much mail`, `(?:concurrent|simultaneous) connections?`, `connections? (?:limit|rate|count)`, `(?:maximum|max|limit).{0,30}connections`,
		`(?:too|so) (?:fast|quickly|frequent)`, `rate[- ]?limit`, `(?:sending|message|connection|mail|request|submission|recipient) rate`,
		`rate (?:exceeded|control|was exceeded)`, `throttl`, `slow down`)
	rateWords = words(`rate`, `too (?:much|fast|quickly)`, `too many (?:messages?|mails?|e-?mails?|recipients?|requests?|commands?)`, `throttl`, `slow down`,
		`so (?:fast|quickly|frequent)`)
	busyMailbox = words(`receiving mail (?:too|at a rate)`)
	sendQuota   = words(`(?:daily|hourly|monthly|sending|submission|outgoing|outbound)\b.{0,40}\b(?:quota|limit|exceed|maximum)`,
		`(?:quota|limit|exceed\w*|maximum)\b.{0,40}\b(?:daily|hourly|monthly|sending|submission|outgoing|outbound|per (?:day|hour|minute))\b`,
		`submissionquota`)
	fullWords = words(`(?:mailbox|inbox|account|user|recipient|storage|disk)\b.{0,20}\b(?:full|over ?quota|out of storage)`, `over ?quota`,
		`quota (?:is )?exceeded`, `exceed\w*.{0,20}\b(?:quota|storage)`, `insufficient (?:disk )?(?:storage|space)`)
	sizeWords = words(`(?:message|mail|e-?mail|data|content|body|size|file|attachment)s?\b.{0,40}\btoo (?:large|big|long)`, `too (?:large|big)`,
		`(?:message|mail|e-?mail) (?:file )?(?:size|length)`, `exceed\w*.{0,30}\bsize`, `size\b.{0,30}\b(?:exceed|limit|maximum)`, `maximum (?:\w+ )?size`)
	loginWords = words(`(?:smtp )?auth\w* (?:is )?(?:required|first)`, `(?:must|need to|please) (?:authenticate|log ?in|issue a starttls)`,
		`not (?:authenticated|logged in)`, `log ?in (?:first|required)`)
	heloWords   = words(`helo\b`, `ehlo\b`)
	senderWords = words(`sender (?:address|domain|verif|mailbox|rejected|denied|refused|unknown|invalid|is not|not)`,
		`(?:invalid|unknown|unauthori[sz]ed|bad|forged) sender`, `verif\w* (?:failed )?(?:for|of) (?:the )?sender`, `send as`, `envelope (?:sender|from)`,
		`not owned by`)
	fromWords   = words(`sender`, `from address`, `return[- ]path`, `mail from\b`, `spf\b`, `dmarc\b`, `dkim\b`)
	clientWords = words(`client host`, `your (?:ip|host|client|server|network|account|domain|mailbox|organi[sz]ation|subscription|plan)\b`, `blocked using`,
		`(?:black|block|deny)[- ]?list`, `dnsbl`, `rbl\b`, `spamhaus`, `reverse (?:dns|host)`, `ptr\b`, `rdns\b`, `banned`)
	relayWords = words(`relay(?:ing)?\b.{0,30}\b(?:denied|not|prohibited|refused|rejected|disallowed)`, `not verified\b`,
		`(?:unable|not permitted|not allowed|no permission|refuse|cannot|not authori[sz]ed|do(?:es)? not) (?:to )?relay`, `no relay`)
	nobodyWords = words(
		`(?:user|recipient|mailbox|account|address|addressee|inbox|alias)\b.{0,30}\b(?:unknown|not (?:be )?found|disabled|inactive|invalid|not exist|nonexist|non-exist|not known|not listed|suspended|closed|deactivated)`,
		`(?:unknown|no such|invalid|nonexistent|non-existent|bad|inactive) (?:\w+ )?(?:user|recipient|mailbox|account|address|addressee|person|alias|local)`,
		`(?:doesn.t|does not|do not|don.t|didn.t) (?:exist|have an?)`, `no (?:mailbox|account|user) (?:here|by that|with that|of that|named)`,
		`not a (?:valid|known) (?:user|recipient|mailbox|address)`, `undeliverable`, `unroute?able`, `not our customer`, `user not local`,
		`(?:domain|host) (?:not found|does not accept mail|unknown)`, `null mx`)
	policyWords = words(`polic`, `denied`, `prohibit`, `block`, `spam`, `administrative`, `access`, `permi`, `not allowed`, `authori[sz]`, `reputation`,
		`virus`, `temporar`, `try again`, `later`)
	longQuota = words(`daily`, `hourly`, `monthly`, `per (?:day|hour)`, `quota`)
)

var anyRecipient = []string{stepRecipient, stepData, stepBody, stepDot}

const (
	hintSize   = "the message is too large for this relay"
	hintQuota  = "how much this login may send is used up; what waits is sent when it may again"
	hintSlow   = "the server wants less mail at once; what waits is sent later"
	hintLogin  = "the server wants username and password"
	hintHelo   = "set helo to this machine's full host name"
	hintSender = "may this login send as the address of from or envelope_from?"
	hintClient = "the server does not want mail from this machine; ask whoever runs it"
	hintRelay  = "the relay takes no mail for this address from us; ask whoever runs it, or is a username missing?"
)

// refusals says whose fault a refusal is; the first row that fits decides. Only what is
// surely the address's is refused for good, all else waits. 501, 503 and 504 speak of what
// was said, never of an address. A 550 of no words that are known is most often a dead
// address; who sees everybody refused so knows better (AboutUnknown).
var refusals = []refusalRule{
	{details: []string{"3.4", "2.3"}, outcome: outcome{NotSent, AboutMessage, false, true, hintSize}},
	{steps: anyRecipient, details: []string{"2.2"}, outcome: outcome{NotSent, AboutAddress, false, false, ""}},
	{words: sizeWords, outcome: outcome{NotSent, AboutMessage, false, true, hintSize}},
	{words: busyMailbox, outcome: outcome{NotSent, AboutAddress, false, false, ""}},
	{words: sendQuota, outcome: outcome{NotSent, AboutNow, true, false, hintQuota}},
	{words: slowWords, outcome: outcome{NotSent, AboutNow, true, false, hintSlow}},
	{details: []string{"4.5", "5.3", "1.90"}, outcome: outcome{NotSent, AboutNow, true, false, hintSlow}}, // congestion, too many recipients, Microsoft's daily limit
	{codes: []int{421, 432}, outcome: outcome{NotSent, AboutNow, true, false, ""}},
	{class: 4, details: []string{"3.2"}, outcome: outcome{NotSent, AboutNow, true, false, ""}},
	{codes: []int{530, 534, 535, 538}, outcome: outcome{NotSent, AboutUs, true, false, hintLogin}},
	{words: heloWords, outcome: outcome{NotSent, AboutUs, true, false, hintHelo}},
	{details: []string{"1.7", "1.8"}, outcome: outcome{NotSent, AboutUs, true, false, hintSender}},
	{words: senderWords, outcome: outcome{NotSent, AboutUs, true, false, hintSender}},
	{codes: []int{503, 521}, outcome: outcome{NotSent, AboutUs, true, false, ""}},
	{codes: []int{500, 501, 502, 504, 555}, outcome: outcome{NotSent, AboutUs, false, false, ""}},
	{class: 5, steps: anyRecipient, details: []string{"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"}, outcome: outcome{Refused, AboutAddress, false, false, ""}},
	{class: 5, steps: anyRecipient, codes: []int{556}, outcome: outcome{Refused, AboutAddress, false, false, ""}}, // RFC 7504: a domain that takes no mail
	{words: fromWords, outcome: outcome{NotSent, AboutUs, true, false, hintSender}},
	{words: clientWords, outcome: outcome{NotSent, AboutUs, true, false, hintClient}},
	{words: loginWords, outcome: outcome{NotSent, AboutUs, false, false, hintLogin}}, // perhaps for this recipient's domain alone
	{words: relayWords, outcome: outcome{NotSent, AboutUs, false, false, hintRelay}},
	{class: 5, steps: anyRecipient, words: nobodyWords, outcome: outcome{Refused, AboutAddress, false, false, ""}},
	{steps: anyRecipient, words: fullWords, outcome: outcome{NotSent, AboutAddress, false, false, ""}},
	{class: 4, steps: anyRecipient, details: []string{"1", "2"}, outcome: outcome{NotSent, AboutAddress, false, false, ""}},
	{class: 4, steps: anyRecipient, outcome: outcome{NotSent, AboutNow, false, false, ""}}, // greylisting, and what nobody explains
	{class: 4, outcome: outcome{NotSent, AboutNow, true, false, ""}},
	{steps: anyRecipient, details: []string{"3", "4"}, outcome: outcome{NotSent, AboutNow, false, false, ""}},
	{steps: anyRecipient, details: []string{"5"}, outcome: outcome{NotSent, AboutUs, false, false, ""}},
	{codes: []int{552}, steps: []string{stepRecipient}, details: []string{"-", "0.0"}, outcome: outcome{NotSent, AboutAddress, false, false, ""}},
	{codes: []int{552}, details: []string{"-", "0.0"}, outcome: outcome{NotSent, AboutMessage, false, true, hintSize}},
	{steps: []string{stepSender}, outcome: outcome{NotSent, AboutUs, true, false, hintSender}},
	{steps: []string{stepRecipient}, words: policyWords, outcome: outcome{NotSent, AboutUnknown, false, false, ""}},
	{codes: []int{550, 551, 553}, steps: []string{stepRecipient}, details: []string{"-", "0.0"}, outcome: outcome{Refused, AboutUnknown, false, false, ""}},
	{steps: []string{stepRecipient}, outcome: outcome{NotSent, AboutUnknown, false, false, ""}},
	{outcome: outcome{NotSent, AboutMessage, false, false, ""}}, // after DATA a relay speaks of what it was given
}

// judgeRefusal is the outcome of a 4xx or 5xx from sender to dot.
func judgeRefusal(step string, r reply) outcome {
	for _, rule := range refusals {
		if rule.decides(step, r) {
			return rule.outcome
		}
	}
	return outcome{verdict: NotSent}
}

func (rule refusalRule) decides(step string, r reply) bool {
	class, detail := r.code/100, "-"
	if status := r.enhanced(); status != "" {
		detail = status[2:]
		if status[0] == '4' {
			class = 4 // 550 4.2.1 is no word for ever
		}
	}
	of := func(known string) bool { return known == detail || strings.HasPrefix(detail, known+".") }
	return (rule.class == 0 || rule.class == class) &&
		(rule.steps == nil || slices.Contains(rule.steps, step)) &&
		(rule.codes == nil || slices.Contains(rule.codes, r.code)) &&
		(rule.details == nil || slices.ContainsFunc(rule.details, of)) &&
		(rule.words == nil || rule.words.MatchString(saidWords(r)))
}

// notWords are what a reply quotes: addresses, links, enhanced codes.
var notWords = regexp.MustCompile(`<[^>]*>|\S*@\S*|https?://\S*|[\[(#]*[245]\.\d{1,3}\.\d{1,3}`)

// saidWords is a reply's text without what it quotes: helo@shop.example speaks of no HELO.
func saidWords(r reply) string { return notWords.ReplaceAllString(r.text(), " ") }

// A slowdown is what a relay wants that takes mail, but not so much at once.
type slowdown int

const (
	fewerConnections slowdown = iota + 1
	fewerMessages             // in a time
)

// wantsLess tells whether a temporary refusal at any step is about how much we send, or how
// fast; 0: it is not.
func wantsLess(step string, r reply) slowdown {
	said, detail := saidWords(r), strings.TrimPrefix(r.enhanced(), "4.")
	known := detail == "4.5" || detail == "5.3" || detail == "3.2" && step != stepConnect && step != stepHello || r.code == 432 || slowWords.MatchString(said)
	switch {
	case r.code != 421 && r.code != 432 && (r.code < 450 || r.code > 454), !known, busyMailbox.MatchString(said), longQuota.MatchString(said):
		return 0
	case rateWords.MatchString(said):
		return fewerMessages
	}
	return fewerConnections
}

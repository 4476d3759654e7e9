package mail

import (
	"rapport/mail/internal/learned"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// said is a reply as a server writes it, its lines with codes.
func said(t *testing.T, text string) reply {
	t.Helper()
	var r reply
	for line := range strings.SplitSeq(text, "\n") {
		code, err := strconv.Atoi(line[:3])
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		r.code = code
		r.lines = append(r.lines, strings.TrimLeft(line[3:], "- "))
	}
	return r
}

// TestWhoseFaultARefusalIs has what servers really say, and whose fault that is. Each row of
// the table decides at least one of them.
func TestWhoseFaultARefusalIs(t *testing.T) {
	const (
		mail, rcpt, data, dot = stepSender, stepRecipient, stepData, stepDot
		us, now               = AboutUs, AboutNow
		address, content      = AboutAddress, AboutMessage
		everybody, onlyThis   = true, false
	)
	used := map[int]bool{}
	for _, test := range []struct {
		step, words string
		verdict     Verdict
		about       About
		relay       bool
	}{
		// The address does not exist, or takes no mail.
		{rcpt, "550 5.1.1 <a@shop.example>: Recipient address rejected: User unknown in virtual mailbox table", Refused, address, onlyThis},
		{rcpt, "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 double-checking the recipient's email address for typos or\n550 5.1.1 unnecessary spaces. https://support.google.com/mail/?p=NoSuchUser", Refused, address, onlyThis},
		{rcpt, "550 5.1.1 unknown user; your IP 192.0.2.1 was logged", Refused, address, onlyThis},
		{rcpt, "550 5.1.2 <a@shop.example>: Recipient address rejected: Domain not found", Refused, address, onlyThis},
		{rcpt, "553 5.1.3 The recipient address is not a valid RFC-5321 address", Refused, address, onlyThis},
		{rcpt, "551 5.1.6 mailbox moved, no forwarding address", Refused, address, onlyThis},
		{rcpt, "556 5.1.10 recipient address has null MX", Refused, address, onlyThis},
		{rcpt, "556 no mail for this domain", Refused, address, onlyThis},
		{dot, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@shop.example not found by SMTP address lookup", Refused, address, onlyThis},
		{rcpt, "550 5.2.1 The email account that you tried to reach is disabled.", Refused, address, onlyThis},
		{dot, "550 5.1.1 no such user", Refused, address, onlyThis},
		{data, "554 5.1.1 no valid recipients", Refused, address, onlyThis},
		// The same without a code that says so, but with words.
		{rcpt, "550 No such user here", Refused, address, onlyThis},
		{rcpt, "550 <a@shop.example>: Recipient address rejected: undeliverable address", Refused, address, onlyThis},
		{rcpt, "553 sorry, that domain isn't in my list; mailbox not found", Refused, address, onlyThis},
		{rcpt, "554 delivery error: dd This user doesn't have a yahoo.com account", Refused, address, onlyThis},
		{rcpt, "550 5.7.1 <a@shop.example>: user unknown", Refused, address, onlyThis},
		{rcpt, "550 Unrouteable address", Refused, address, onlyThis},
		{rcpt, "550 5.1.1 <a@shop.example>: Recipient address rejected: User unknown in relay recipient table", Refused, address, onlyThis},
		{dot, "550 Unknown recipient", Refused, address, onlyThis},
		// Only a code that most often means it.
		{rcpt, "550", Refused, AboutUnknown, onlyThis},
		{rcpt, "550 Requested action not taken: mailbox unavailable", Refused, AboutUnknown, onlyThis},
		{rcpt, "551 no", Refused, AboutUnknown, onlyThis},
		{rcpt, "553 5.0.0 no", Refused, AboutUnknown, onlyThis},
		// The mailbox is full, or gets too much.
		{rcpt, "552 5.2.2 <a@shop.example>: mailbox full", NotSent, address, onlyThis},
		{dot, "552 5.2.2 over quota", NotSent, address, onlyThis},
		{rcpt, "452 4.2.2 The email account that you tried to reach is over quota", NotSent, address, onlyThis},
		{rcpt, "550 Mailbox is full", NotSent, address, onlyThis},
		{rcpt, "552", NotSent, address, onlyThis},
		{rcpt, "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages", NotSent, address, onlyThis},
		{rcpt, "450 4.1.1 <a@shop.example>: unverified address: lookup failed", NotSent, address, onlyThis},
		// HELO.
		{rcpt, "504 5.5.2 <15b0717dc4c2>: Helo command rejected: need fully-qualified hostname", NotSent, us, everybody},
		{rcpt, "450 4.7.1 <rapport>: Helo command rejected: Host not found", NotSent, us, everybody},
		{mail, "550 5.7.1 Invalid HELO name (See RFC2821 4.1.1.1)", NotSent, us, everybody},
		// The sender.
		{rcpt, "553 5.7.1 <rapport@fjordfisk.example>: Sender address rejected: not owned by user rapport", NotSent, us, everybody},
		{rcpt, "550 5.1.0 <rapport@fjordfisk.example>: Sender address rejected: User unknown in virtual mailbox table", NotSent, us, everybody},
		{rcpt, "550 5.1.8 <rapport@fjordfisk.example>: Domain not found", NotSent, us, everybody},
		{rcpt, "550 5.1.7 Invalid address", NotSent, us, everybody},
		{rcpt, "550 Sender verify failed", NotSent, us, everybody},
		{dot, "554 5.2.252 SendAsDenied; rapport@fjordfisk.example not allowed to send as okonomi@fjordfisk.example", NotSent, us, everybody},
		{dot, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", NotSent, us, everybody},
		{dot, "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n550 5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.", NotSent, us, everybody},
		{rcpt, "450 4.1.8 <rapport@fjordfisk.example>: Sender address rejected: Domain not found", NotSent, us, everybody},
		{mail, "550 5.1.1 no", NotSent, us, everybody},
		{mail, "553 no", NotSent, us, everybody},
		// The client, its login, and what it may not.
		{rcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", NotSent, us, everybody},
		{rcpt, "550 5.7.1 Your IP address is not allowed", NotSent, us, everybody},
		{dot, "550 5.7.1 Your account has been suspended from sending", NotSent, us, everybody},
		{rcpt, "530 5.7.0 log in", NotSent, us, everybody},
		{rcpt, "535 5.7.8 no", NotSent, us, everybody},
		{rcpt, "550 5.7.1 Authentication required", NotSent, us, onlyThis},
		{rcpt, "554 5.7.1 <a@shop.example>: Relay access denied", NotSent, us, onlyThis},
		{rcpt, "550 5.7.1 Unable to relay for a@shop.example", NotSent, us, onlyThis},
		{rcpt, "550 relay not permitted", NotSent, us, onlyThis},
		{rcpt, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", NotSent, us, onlyThis},
		{dot, "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: a@shop.example", NotSent, us, onlyThis},
		// The dialogue.
		{rcpt, "501 5.1.3 Bad recipient address syntax", NotSent, us, onlyThis},
		{rcpt, "504 5.5.2 <a@shop>: Recipient address rejected: need fully-qualified address", NotSent, us, onlyThis},
		{rcpt, "503 5.5.1 need MAIL", NotSent, us, everybody},
		{data, "503 5.5.1 Error: need RCPT command", NotSent, us, everybody},
		{rcpt, "521 5.3.2 this host takes no mail", NotSent, us, everybody},
		{mail, "555 5.5.4 Unsupported option: SIZE=100", NotSent, us, onlyThis},
		{rcpt, "550 5.5.0 Requested action not taken", NotSent, us, onlyThis},
		// Quota, rate, load: it passes.
		{dot, "550 5.4.5 Daily user sending quota exceeded. o65sm25351206pga.71 - gsmtp", NotSent, now, everybody},
		{dot, "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients", NotSent, now, everybody},
		{dot, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", NotSent, now, everybody},
		{mail, "550 5.7.1 Hourly limit of messages exceeded", NotSent, now, everybody},
		{dot, "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending", NotSent, now, everybody},
		{dot, "550 5.4.5 no", NotSent, now, everybody},
		{dot, "451 4.4.5 congestion", NotSent, now, everybody},
		{dot, "432 no", NotSent, now, everybody},
		{mail, "450 4.7.1 Error: too much mail from 192.0.2.1", NotSent, now, everybody},
		{rcpt, "452 4.5.3 Error: too many recipients", NotSent, now, everybody},
		{rcpt, "451 4.3.2 busy, come back", NotSent, now, everybody},
		{dot, "421 bye", NotSent, now, everybody},
		{mail, "451 4.3.0 later", NotSent, now, everybody},
		{rcpt, "451 4.7.1 Greylisted, please come back in 300 seconds", NotSent, now, onlyThis},
		{dot, "451 4.3.0 later", NotSent, now, onlyThis},
		{rcpt, "550 4.2.0 not now", NotSent, address, onlyThis},
		{rcpt, "554 5.4.14 Hop count exceeded - possible mail loop", NotSent, now, onlyThis},
		{dot, "554 5.3.0 Rejected", NotSent, now, onlyThis},
		// The message: its size, its content.
		{mail, "552 5.3.4 Message size exceeds fixed limit", NotSent, content, onlyThis},
		{rcpt, "552 5.2.3 Message length exceeds administrative limit", NotSent, content, onlyThis},
		{dot, "554 sorry, that message size exceeds my databytes limit (#5.3.4)", NotSent, content, onlyThis},
		{dot, "552 5.2.0 outgoing message size limit exceeded", NotSent, content, onlyThis},
		{dot, "550 Message too large", NotSent, content, onlyThis},
		{dot, "552", NotSent, content, onlyThis},
		{dot, "554 5.7.1 spam", NotSent, content, onlyThis},
		{dot, "554 5.6.0 Message content rejected", NotSent, content, onlyThis},
		{dot, "554 Transaction failed", NotSent, content, onlyThis},
		{dot, "550", NotSent, content, onlyThis},
		// A policy that nobody explains.
		{rcpt, "550 Administrative prohibition", NotSent, AboutUnknown, onlyThis},
		{rcpt, "554 5.7.1 <a@shop.example>: Recipient address rejected: Access denied", NotSent, AboutUnknown, onlyThis},
		{rcpt, "550 5.1.0 Address rejected", NotSent, AboutUnknown, onlyThis},
		{rcpt, "550 5.1.0 <helo@shop.example>: rejected, see https://mx.example/spf", NotSent, AboutUnknown, onlyThis}, // it quotes
		{rcpt, "554", NotSent, AboutUnknown, onlyThis},
	} {
		r := said(t, test.words)
		got := judge(test.step, r)
		if got.verdict != test.verdict || got.about != test.about || got.relay != test.relay {
			t.Errorf("%s: %s\n\t%v about %v, everybody's %t; want %v about %v, %t", test.step, test.words, got.verdict, got.about, got.relay, test.verdict, test.about, test.relay)
		}
		used[slices.IndexFunc(refusals, func(rule refusalRule) bool { return rule.decides(test.step, r) })] = true
	}
	for i := range refusals {
		if !used[i] {
			t.Errorf("row %d of the table, %+v, decides none of these", i+1, refusals[i])
		}
	}
}

// TestOnlyWordsOfTheServerCount: an address or a link that it quotes is no word.
func TestOnlyWordsOfTheServerCount(t *testing.T) {
	for _, words := range []string{
		"550 5.1.1 <helo@shop.example> no such user",
		"550 5.1.1 sender@daily-quota.example: no such user, see https://shop.example/relay-access-denied/sender-address",
	} {
		if got := judge(stepRecipient, said(t, words)); got.verdict != Refused || got.about != AboutAddress {
			t.Errorf("%s: %+v", words, got)
		}
	}
}

// TestEnhancedCodesAsServersWriteThem has them with a #, in brackets, and none where a
// number only looks so.
func TestEnhancedCodesAsServersWriteThem(t *testing.T) {
	for words, want := range map[string]string{
		"550 5.1.1 no": "5.1.1", "550 #5.1.0 Address rejected.": "5.1.0", "550 5.1.10": "5.1.10", "550 [5.7.1] no": "5.7.1",
		"550 5.1.1": "5.1.1", "550-5.7.26 a\n550 5.7.26 b": "5.7.26", "550 192.0.2.1 is blocked": "", "550 5.1.1.1 no": "", "550 no 5.1.1": "", "550": "", "354 3.5.1 x": "",
	} {
		if got := said(t, words).enhanced(); got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

// TestWhatARelayThatWantsLessSays, and what only sounds like it: greylisting, a full
// mailbox, a quota of a day are not helped by a pause.
func TestWhatARelayThatWantsLessSays(t *testing.T) {
	for words, want := range map[string]slowdown{
		"432 4.3.2 Concurrent connections limit exceeded. [Hostname=x]":                                             fewerConnections,
		"432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded":                                             fewerConnections,
		"421 4.7.0 Error: too many connections from 192.0.2.1":                                                      fewerConnections,
		"421 Too many concurrent SMTP connections; please try again later.":                                         fewerConnections,
		"421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel": fewerConnections,
		"451 4.3.2 busy, come back":                              fewerConnections,
		"451 4.4.5 congestion":                                   fewerConnections,
		"450 4.7.1 Error: too much mail from 192.0.2.1":          fewerMessages,
		"452 4.5.3 Too many recipients":                          fewerMessages,
		"454 Throttling failure: Maximum sending rate exceeded.": fewerMessages,
		"421 4.7.28 Our system has detected an unusual rate of unsolicited mail, temporarily rate limited": fewerMessages,
		"451 4.7.1 Please slow down":                                                 fewerMessages,
		"454 Throttling failure: Daily message quota exceeded.":                      0,
		"450 4.2.1 The user you are trying to contact is receiving mail too quickly": 0,
		"451 4.7.1 Greylisted, please try again in 300 seconds":                      0,
		"452 4.2.2 mailbox full":                                                     0,
		"421 bye":                                                                    0,
		"451 too many connections":                                                   fewerConnections,
		"550 5.7.1 too many connections":                                             0,
	} {
		if got := wantsLess(stepRecipient, said(t, words)); got != want {
			t.Errorf("%s: %d, want %d", words, got, want)
		}
	}
	if got := wantsLess(stepConnect, said(t, "421 4.3.2 Service not available")); got != 0 {
		t.Errorf("a relay that is down is waited for: %d", got)
	}
}

// TestTheLimitThatARefusalTells: the relay's own number where it has one, else a little
// less than what was refused.
func TestTheLimitThatARefusalTells(t *testing.T) {
	for words, want := range map[string]int64{
		"5.3.4 Message size exceeds fixed limit":                         9_375_000,
		"5.3.4 Error: message file too big (max 3145728 bytes)":          3_145_728,
		"message size 10000000 exceeds size limit 3000000 of server [x]": 3_000_000,
		"5.3.4 too big, at most 5 MB":                                    5_000_000,
		"5.3.4 limit is 25MB":                                            9_375_000,
		"5.3.4 see 192.0.2.1, ticket 2026 of 11:45":                      9_375_000,
	} {
		if got := learned.BelowRefused(10_000_000, words); got != want {
			t.Errorf("%s: %d, want %d", words, got, want)
		}
	}
}

// TestVerdictIsTheTable holds the function to the table in its comment, each row with no
// code, a bare 4xx, and a code that answers no question. What a 5xx means is above.
func TestVerdictIsTheTable(t *testing.T) {
	var (
		connecting = outcome{verdict: NotSent, about: AboutNow, relay: true}
		ours       = outcome{verdict: NotSent, about: AboutUs, relay: true}
		passes     = outcome{verdict: NotSent, about: AboutNow}
		uncertain  = outcome{verdict: Uncertain}
		unasked    = outcome{verdict: NotSent}
	)
	codes := []int{0, 421, 451, 354}
	for step, row := range map[string][]outcome{
		stepConnect:   {connecting, connecting, connecting, connecting},
		stepHello:     {connecting, connecting, connecting, connecting},
		stepStartTLS:  {connecting, connecting, connecting, connecting},
		stepLogin:     {connecting, connecting, connecting, connecting},
		stepSender:    {connecting, connecting, connecting, {verdict: NotSent, relay: true}},
		stepRecipient: {passes, connecting, passes, unasked},
		stepData:      {passes, connecting, passes, unasked},
		stepBody:      {passes, connecting, passes, unasked},
		stepDot:       {uncertain, connecting, passes, uncertain},
	} {
		for i, code := range codes {
			if got := judge(step, reply{code: code, lines: []string{""}}); got != row[i] {
				t.Errorf("%s with %d: %+v, want %+v", step, code, got, row[i])
			}
		}
	}
	for _, step := range []string{stepConnect, stepHello, stepStartTLS, stepLogin} {
		if got := judge(step, reply{code: 554, lines: []string{"5.7.1 no"}}); got != ours {
			t.Errorf("%s with 554: %+v", step, got)
		}
	}
}

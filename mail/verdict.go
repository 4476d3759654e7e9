package mail

import "fmt"

// Verdict is how a send ended when the server did not accept the message.
type Verdict int

// The verdicts; a nil error is the fourth: accepted.
const (
	NotSent   Verdict = iota + 1 // surely not delivered; may be tried again
	Refused                      // surely not delivered, and the same try would end the same: the address is dead
	Uncertain                    // all was sent and no answer came: it may have arrived
)

// String is the word that reports, logs and --json use.
func (v Verdict) String() string {
	switch v {
	case NotSent:
		return "not sent"
	case Refused:
		return "refused"
	case Uncertain:
		return "uncertain"
	}
	return fmt.Sprintf("verdict %d", int(v))
}

// About is whose fault it is that a message was not accepted.
type About int

// What a refusal is about. With AboutUnknown and Refused the code alone speaks of the
// address: where all recipients of a run are refused so, it is not the address.
const (
	AboutUnknown About = iota
	AboutAddress       // the recipient's mailbox: it does not exist, or is full
	AboutMessage       // this message: too large, or its content is not liked
	AboutUs            // our sender, HELO, host, login or configuration, or the relay's: somebody must mend it
	AboutNow           // load, rate, quota, network: it passes by itself
)

// String is the word that logs use.
func (a About) String() string {
	if names := [...]string{"unknown", "address", "message", "us", "now"}; a >= 0 && int(a) < len(names) {
		return names[a]
	}
	return fmt.Sprintf("about %d", int(a))
}

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

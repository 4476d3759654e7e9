package mail

import "fmt"

// Verdict is how a send ended when the server did not accept the message.
type Verdict int

// The verdicts; a nil error is the fourth: accepted.
const (
	NotSent   Verdict = iota + 1 // surely not delivered; may be tried again
	Refused                      // surely not delivered, and the same try would end the same
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

// verdict is what the relay's code, or its silence (code 0), at a step says about the
// message, and whether it is about the relay and us rather than about this message.
//
//	step                          no code     4xx         5xx
//	connect … login               not sent*   not sent*   not sent*   ours or the relay's to mend
//	sender                        not sent*   not sent*   not sent*   552 (SIZE): refused
//	recipient                     not sent    not sent    refused     421, 530 and 535: not sent*
//	data, body (before the dot)   not sent    not sent    refused     421, 530 and 535: not sent*
//	dot (sent)                    uncertain   not sent    refused     421: not sent*, other codes: uncertain
//	                                                                  * the relay's: Error.Relay
//
// Accepted is not here: it is a 2xx after the dot, whatever QUIT brings.
func verdict(step string, code int) (v Verdict, relay bool) {
	temporary, permanent := code/100 == 4, code/100 == 5
	switch step {
	case stepSender:
		if code == 552 {
			return Refused, false
		}
		return NotSent, true
	case stepRecipient, stepData, stepBody, stepDot:
		switch {
		case code == 421 || code == 530 || code == 535:
			return NotSent, true
		case permanent:
			return Refused, false
		case step == stepDot && !temporary:
			return Uncertain, false
		}
		return NotSent, false
	}
	return NotSent, true
}

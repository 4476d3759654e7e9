// Package queueid finds the id under which a relay queued a message, by which its log is searched.
// It refuses to guess: an answer of another form has none.
package queueid

import (
	"regexp"
	"strings"
)

// enhancedCode is a status by RFC 3463, which is no id.
var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}(?:[^\d.]|$)`)

// queueIDs find the id under which a relay queued a message in its answer to the dot, as
// Postfix, Exim, Exchange, Gmail, Sendmail and OpenSMTPD, qmail, Amazon SES and others write it.
var queueIDs = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bqueued\b[a-z ]* as[: ]+<?([^\s<>;,()]+)`),
	regexp.MustCompile(`(?i)\bInternalId=(\d+)`),
	regexp.MustCompile(`(?i)\b(?:queue|queued|message)?[ -]?id[=: ]+<?([^\s<>;,()]+)`),
	regexp.MustCompile(`(?i)\bOK +\d{9,} +(\S+) - gsmtp`),
	regexp.MustCompile(`(?i) (\S+) Message accepted for delivery`),
	regexp.MustCompile(`(?i)\bok (\d+ qp \d+)`),
	regexp.MustCompile(`(?i)\bqueued \(([^\s()]+)\)`),
	regexp.MustCompile(`(?i)^\d{3} (?:2\.\d+\.\d+ )?Ok:? ([0-9a-z][0-9a-z-]{15,})$`),
}

// In is the id under which a relay queued a message, out of its answer; "" where none can
// be read.
func In(answer string) string {
	for _, pattern := range queueIDs {
		if found := pattern.FindStringSubmatch(answer); found != nil && strings.ContainsAny(found[1], "0123456789") && !enhancedCode.MatchString(found[1]) {
			return found[1]
		}
	}
	return ""
}

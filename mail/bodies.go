package mail

// Bodies are the text and the HTML of messages, written once for all that have the same
// content, attachments and templates. The zero value is ready for the first; one
// goroutine at a time may use it.
type Bodies struct {
	written    bool
	text, html []byte
	unfit, err error
}

func (b *Bodies) of(m Message) (text, html []byte, unfit, err error) {
	if !b.written {
		b.text, b.html, b.unfit, b.err = bodies(m)
		b.written = true
	}
	return b.text, b.html, b.unfit, b.err
}

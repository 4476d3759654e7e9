package evidence

// A delivery is what became of the message to one recipient, in deliveries.json.
type delivery struct {
	Recipient string    `json:"recipient"`
	Number    string    `json:"number"` // of the report that it carries
	State     string    `json:"state"`
	Revision  int       `json:"revision"` // how often it was sent anew, on purpose
	MessageID string    `json:"message_id"`
	SHA256    string    `json:"sha256"` // of the message
	Size      int64     `json:"size"`
	QueuedAt  string    `json:"queued_at"`
	FirstTry  string    `json:"first_try_at"`
	LastTry   string    `json:"last_try_at"`
	Finished  string    `json:"finished_at"`
	Answer    string    `json:"answer"` // the relay's last words
	Uncertain int       `json:"uncertain"`
	Attempts  []attempt `json:"attempts"`
	Mail      []string  `json:"mail"` // the messages, as members
}

// An attempt is one try.
type attempt struct {
	Revision int    `json:"revision"`
	At       string `json:"at"`
	State    string `json:"state"`  // that it ended in
	Answer   string `json:"answer"` // the relay's words
}

func (c *contents) addDeliveries(b *bundle) error {
	all := []delivery{}
	for _, d := range c.deliveries {
		one := delivery{
			Recipient: d.Recipient, Number: c.numbers[d.PeriodID], State: string(d.State), Revision: d.Revision, MessageID: d.MessageID, SHA256: d.SHA256, Size: d.Size,
			QueuedAt: instant(d.QueuedAt), FirstTry: instant(d.FirstTry), LastTry: instant(d.LastTry), Finished: instant(d.FinishedAt),
			Answer: d.Answer, Uncertain: d.Uncertain, Attempts: []attempt{}, Mail: append([]string{}, c.mails[d.ID]...),
		}
		for _, a := range c.attempts[d.ID] {
			one.Attempts = append(one.Attempts, attempt{Revision: a.Revision, At: instant(a.At), State: string(a.State), Answer: a.Answer})
		}
		all = append(all, one)
	}
	if c.period.Detailed {
		return b.addJSON("deliveries.json", all)
	}
	c.miss("messages and deliveries: retention removed what the ledger knew of them")
	return b.addJSON("deliveries.json", all)
}

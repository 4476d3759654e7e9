package ledger

// What the operator is told of, once, and once more when it is well again. Recipients of
// reports never hear of it.
const (
	AlarmFailed    = "failed"    // a report was given up
	AlarmLate      = "late"      // a report is due since more than an hour and could not be made
	AlarmSkipped   = "skipped"   // a period was due longer than catchup ago
	AlarmRefused   = "refused"   // an address takes nothing, or was tried for five days
	AlarmWaiting   = "waiting"   // a message could not be sent for a day
	AlarmRelay     = "relay"     // the relay refuses us
	AlarmSource    = "source"    // Dintero refuses us
	AlarmUncertain = "uncertain" // nobody knows whether a message arrived
	AlarmHeld      = "held"      // and a person must say what to do
	AlarmTooLarge  = "too_large" // a file had no room in a mail
	AlarmReconcile = "reconcile" // a report differs from Dintero's own figures, and is held back
	AlarmChanged   = "changed"   // a period has rows that it had not when its report was made
	AlarmClock     = "clock"     // the clock jumped further than catchup
)

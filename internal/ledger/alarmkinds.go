package ledger

import "rapport/internal/ledger/alarms"

// The kinds of alarms.
const (
	AlarmFailed        = "failed"        // a report was given up
	AlarmLate          = "late"          // a report is due for more than an hour and could not be made
	AlarmSkipped       = "skipped"       // a period was due longer than catchup ago
	AlarmRefused       = "refused"       // an address takes nothing, or was tried for five days
	AlarmWaiting       = "waiting"       // a message could not be sent for a day
	AlarmRelay         = "relay"         // the relay refuses us
	AlarmSource        = "source"        // Dintero refuses us
	AlarmUncertain     = "uncertain"     // nobody knows whether a message arrived
	AlarmHeld          = "held"          // and a person must say what to do
	AlarmTooLarge      = "too_large"     // a file had no room in a mail
	AlarmReconcile     = "reconcile"     // a report differs from Dintero's own figures, and is held back
	AlarmVoucher       = "voucher"       // the numbers of a report's vouchers are used up
	AlarmChanged       = alarms.Changed  // a period has rows that it had not when its report was made
	AlarmClock         = "clock"         // the clock is wrong: it jumped, or differs from the source's
	AlarmClockDiffers  = "clock_differs" // the clock differs from the source's
	AlarmMachineClock  = "machine_clock" // a machine's clock differs from that of the ledger which it shares with others
	AlarmMute          = "mute"          // a process that shares the ledger hangs
	AlarmCrash         = "crash"         // making a report ends the process
	AlarmArchive       = "archive"       // a report's place in the archive cannot be used
	AlarmLost          = "lost"          // a message is lost, and a part of it may have been sent
	AlarmRestored      = "restored"      // the ledger was put back from a backup
	AlarmConfiguration = "configuration" // a report is refused as another configuration has it too
)

// An Alarm is something that the operator is notified of once, and once more when it is
// resolved.
type Alarm = alarms.Alarm

// ofDelivery tells whether a kind of alarms is about a delivery, by its number.
func ofDelivery(kind string) bool {
	return kind == AlarmUncertain || kind == AlarmHeld || kind == AlarmLost
}

package ledger

import (
	"slices"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/processes"
	"rapport/internal/mailcopy"
	"rapport/internal/series"
)

// frequentStatements are the ones that a report or a message takes. They are prepared before
// the first transaction that writes.
func frequentStatements(d database.Dialect) []string {
	return slices.Concat(series.Frequent(), mailcopy.Frequent(), database.Savepoints(), []string{
		database.CountCommit(d), processes.InsertProcess(d),
		insertPeriod, upsertPlannedThrough, selectPeriodByID,
		claimPeriod, periodsBeforeNumber, nextReportNumber, setReportNumber,
		recordMade, insertArtifact, insertTotal, insertDelivery, upsertLastSuccess,
		setReady("period", freePeriods+isTime), setReady("period", freePeriods+wrongClock),
		selectCandidates + freePeriods + withoutCrash, selectCandidates + freePeriods + withCrashes,
		setReady("delivery", freeDeliveries+isTime), setReady("delivery", freeDeliveries+wrongClock),
		`SELECT x.id` + freeDeliveries + oldestDelivery + d.SkipLocked, `SELECT x.id` + freeDeliveries + leastTriedDelivery + d.SkipLocked,
		claimDelivery, selectDeliveryByID, markSending, upsertDeliveryCounter, finishDelivery, insertAttempt, deliveryTable().selectClaim(),
	})
}

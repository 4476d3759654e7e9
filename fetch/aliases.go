package fetch

import "rapport/internal/payment"

// The nouns of the trade are in package payment; these names are for those who have
// not gone over to it yet.
type (
	// Query says which payments are asked for.
	Query = payment.Query
	// Transaction is a checkout transaction.
	Transaction = payment.Transaction
	// Store is where a transaction was made.
	Store = payment.Store
	// Event is one thing that happened to a transaction.
	Event = payment.Event
	// Line is an item of a transaction or of an event.
	Line = payment.Line
	// Split is one seller's part of an event or a line.
	Split = payment.Split
	// Settlement says in which settlement an event was paid out.
	Settlement = payment.EventSettlement
	// Order is an order with its payment operations.
	Order = payment.Order
	// OrderLine is an item of an order.
	OrderLine = payment.OrderLine
	// Tax is a tax line of an order line.
	Tax = payment.Tax
	// OperationType says which collection of an order an operation was in.
	OperationType = payment.OperationType
	// Operation is one payment operation of an order.
	Operation = payment.Operation
	// OperationLine is the part of an operation that belongs to one order line.
	OperationLine = payment.OperationLine
	// WalletTransaction is a movement on a gift card.
	WalletTransaction = payment.WalletTransaction
	// DayEvents is what Dintero itself counts.
	DayEvents = payment.DayEvents
)

// The four collections of an order.
const (
	Authorization = payment.Authorization
	Capture       = payment.Capture
	Refund        = payment.Refund
	Cancellation  = payment.Cancellation
)

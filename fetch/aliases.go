package fetch

import "rapport/internal/payment"

// The nouns of the trade are in package payment. These names are for those who have not
// gone over to it yet.
type (
	Query             = payment.Query
	Transaction       = payment.Transaction
	Store             = payment.Store
	Event             = payment.Event
	Line              = payment.Line
	Split             = payment.Split
	Settlement        = payment.EventSettlement
	Order             = payment.Order
	OrderLine         = payment.OrderLine
	Tax               = payment.Tax
	OperationType     = payment.OperationType
	Operation         = payment.Operation
	OperationLine     = payment.OperationLine
	WalletTransaction = payment.WalletTransaction
	DayEvents         = payment.DayEvents
)

// The four collections of an order.
const (
	Authorization = payment.Authorization
	Capture       = payment.Capture
	Refund        = payment.Refund
	Cancellation  = payment.Cancellation
)

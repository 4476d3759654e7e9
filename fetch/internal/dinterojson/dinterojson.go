// Package dinterojson reads Dintero's JSON, in the pages of a listing and in files,
// checks each row and makes it one of the nouns of package payment. It keeps only the
// fields that a report prints: no card holder, customer, address or token of a payment.
//
// It refuses to guess. What is cut short, no UTF-8, too large or of another shape than
// documented, a name that comes twice, a row without id: each is an error that says where,
// and never an empty listing. A row whose money, time or currency cannot be read is given
// with that fault, for whoever needs it to refuse it. It makes no request. How JSON is read
// is the matter of package jsonscan.
package dinterojson

import (
	"io"

	"rapport/fetch/internal/jsonscan"
	"rapport/internal/payment"
)

// Page reads the one JSON value of a page to its end and gives each row to each as soon
// as it is read. next is the cursor that the page names; empty where it names none.
type Page[T any] func(body io.Reader, each func(T) error) (next string, err error)

// Transactions reads a page of GET /transactions.
func Transactions(body io.Reader, each func(payment.Transaction) error) (next string, err error) {
	return decodePage(body, bareArray, convertTransaction, each)
}

// Orders reads a page of GET …/shopping/orders; the orders have no operations yet.
func Orders(body io.Reader, each func(payment.Order) error) (next string, err error) {
	return decodePage(body, "orders", convertOrder, each)
}

// Operations reads a page of one of an order's four collections.
func Operations(t payment.OperationType) Page[payment.Operation] {
	return func(body io.Reader, each func(payment.Operation) error) (next string, err error) {
		return decodePage(body, t.Collection(), convertOperation(t), each)
	}
}

// Cards reads a page of GET …/wallets/cards: each gift card.
func Cards(body io.Reader, each func(payment.GiftCard) error) (next string, err error) {
	return decodePage(body, "cards", convertCard, each)
}

// CardTransactions reads a page of GET …/wallets/cards/{card_id}/transactions.
func CardTransactions(card string) Page[payment.WalletTransaction] {
	return func(body io.Reader, each func(payment.WalletTransaction) error) (next string, err error) {
		return decodePage(body, bareArray, convertWalletOf(card), each)
	}
}

// DayEvents reads the KPI of the events of one type.
func DayEvents(event string) Page[[]payment.DayEvents] {
	return func(body io.Reader, each func([]payment.DayEvents) error) (next string, err error) {
		return decodePage(body, bareArray, convertInterval(event), each)
	}
}

// TransactionFile reads a file of transactions as GET /transactions lists them.
func TransactionFile(file io.Reader, each func(payment.Transaction) error) error {
	return decodeFile(file, convertTransaction, each)
}

// OrderFile reads a file of orders, each with its four collections inside.
func OrderFile(file io.Reader, each func(payment.Order) error) error {
	return decodeFile(file, convertWholeOrder, each)
}

// WalletFile reads a file of gift card movements, each with its card_id.
func WalletFile(file io.Reader, each func(payment.WalletTransaction) error) error {
	return decodeFile(file, convertWalletOf(""), each)
}

// Quote is a text of the source within an error: truncated, and quoted where it is not plain.
func Quote(s string) string { return jsonscan.Quote(s) }

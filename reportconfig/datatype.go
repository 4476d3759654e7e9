package reportconfig

// DataType is what a report is about, in Dintero's words.
type DataType string

// The data types.
const (
	CheckoutTransactions DataType = "checkout/transactions"
	OpenTransactions     DataType = "checkout/transactions/open"
	OrderOperations      DataType = "orders/orderoperations"
	WalletTransactions   DataType = "wallets/transactions"
	PayoutSettlements    DataType = "settlements" // ours: no report configuration of Dintero's
)

// Data is what a report is about, with the filters that its data type has: Transactions, Open, Orders, Wallets or
// Settlements, and nothing else. Values within a field are alternatives, fields narrow each other down; an empty field filters nothing.
type Data interface {
	DataType() DataType
	sealed()
}

// Transactions reports captures and refunds.
type Transactions struct {
	Stores  []string // store_id
	Sellers []string // payout_destination_id
}

// Open reports authorisations that are not captured in full.
type Open struct {
	Stores        []string // store_id
	Sellers       []string // of a part of a report that is split; no filter of Dintero's
	OlderThanDays int      // strictly older than this many times 24 hours; 0: of any age
}

// Orders reports the operations on orders.
type Orders struct {
	Destinations []string // operation_payout_destination
}

// Wallets reports the movements on gift cards.
type Wallets struct{}

// Settlements reports what is paid out to bank accounts.
type Settlements struct {
	Sellers   []string // payout_destination_id
	Providers []string // payment_provider
}

// DataType is CheckoutTransactions.
func (Transactions) DataType() DataType { return CheckoutTransactions }

// DataType is OpenTransactions.
func (Open) DataType() DataType { return OpenTransactions }

// DataType is OrderOperations.
func (Orders) DataType() DataType { return OrderOperations }

// DataType is WalletTransactions.
func (Wallets) DataType() DataType { return WalletTransactions }

// DataType is PayoutSettlements.
func (Settlements) DataType() DataType { return PayoutSettlements }

func (Transactions) sealed() {}
func (Open) sealed()         {}
func (Orders) sealed()       {}
func (Wallets) sealed()      {}
func (Settlements) sealed()  {}

// The names of filters, in Dintero's words.
const (
	byStore       = "store_id"
	bySeller      = "payout_destination_id"
	byAge         = "older_than_days"
	byDestination = "operation_payout_destination"
	byProvider    = "payment_provider" // ours
)

// offer is what Dintero offers for a data type, in its words.
type offer struct {
	schedules    []string
	contentTypes []string // the first is the default
	filters      []string
}

// offerOf returns Dintero's row for t; for "", a data type that could not be read, all that is offered anywhere.
func offerOf(t DataType) offer {
	usual, both := []string{"daily", "weekly", "monthly"}, []string{string(PDF), string(CSV), string(XLSX)}
	switch t {
	case CheckoutTransactions:
		return offer{usual, both, []string{byStore, bySeller}}
	case OpenTransactions:
		return offer{usual, both, []string{byStore, byAge}}
	case OrderOperations:
		return offer{[]string{"daily", "weekly", "twice-a-month"}, []string{string(CSV), string(XLSX)}, []string{byDestination}}
	case WalletTransactions:
		return offer{usual, both, nil}
	case PayoutSettlements:
		return offer{append(usual, "vat-term"), both, []string{bySeller, byProvider}}
	}
	report := section("report").Enum
	return offer{report["schedule"], report["contentTypes"], section("filter").Enum["filter"]}
}

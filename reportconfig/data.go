package reportconfig

// DataType is what a report is about, in Dintero's words.
type DataType string

// The data types.
const (
	CheckoutTransactions DataType = "checkout/transactions"
	OpenTransactions     DataType = "checkout/transactions/open"
	OrderOperations      DataType = "orders/orderoperations"
	WalletTransactions   DataType = "wallets/transactions"
)

// Data is what a report is about, with the filters that its data type has: Transactions, Open, Orders or Wallets, and
// nothing else. Values within a field are alternatives, fields narrow each other down; an empty field filters nothing.
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
	OlderThanDays int      // strictly older than this many times 24 hours; 0: of any age
}

// Orders reports the operations on orders.
type Orders struct {
	Destinations []string // operation_payout_destination
}

// Wallets reports the movements on gift cards.
type Wallets struct{}

// DataType is CheckoutTransactions.
func (Transactions) DataType() DataType { return CheckoutTransactions }

// DataType is OpenTransactions.
func (Open) DataType() DataType { return OpenTransactions }

// DataType is OrderOperations.
func (Orders) DataType() DataType { return OrderOperations }

// DataType is WalletTransactions.
func (Wallets) DataType() DataType { return WalletTransactions }

func (Transactions) sealed() {}
func (Open) sealed()         {}
func (Orders) sealed()       {}
func (Wallets) sealed()      {}

// Language is the language of a report, in Dintero's words.
type Language string

// The languages. Norwegian is Bokmål.
const (
	Norwegian Language = "no"
	English   Language = "en"
)

// ContentType is the form of a rendered report, in Dintero's words.
type ContentType string

// The content types.
const (
	PDF ContentType = "application/pdf"
	CSV ContentType = "text/csv"
)

// The names of filters, in Dintero's words.
const (
	byStore       = "store_id"
	bySeller      = "payout_destination_id"
	byAge         = "older_than_days"
	byDestination = "operation_payout_destination"
)

func dataTypes() []DataType {
	return []DataType{CheckoutTransactions, OpenTransactions, OrderOperations, WalletTransactions}
}

// offer is what Dintero offers for a data type.
type offer struct {
	schedules    []Schedule
	contentTypes []ContentType // the first is the default
	filters      []string
}

// offer returns Dintero's row for t; for "", a data type that could not be read, all that is offered anywhere.
func (t DataType) offer() offer {
	usual, both := []Schedule{Daily, Weekly, Monthly}, []ContentType{PDF, CSV}
	switch t {
	case CheckoutTransactions:
		return offer{usual, both, []string{byStore, bySeller}}
	case OpenTransactions:
		return offer{usual, both, []string{byStore, byAge}}
	case OrderOperations:
		return offer{[]Schedule{Daily, Weekly, TwiceAMonth}, []ContentType{CSV}, []string{byDestination}}
	case WalletTransactions:
		return offer{usual, both, nil}
	}
	return offer{[]Schedule{Daily, Weekly, Monthly, TwiceAMonth}, both, []string{byStore, bySeller, byAge, byDestination}}
}

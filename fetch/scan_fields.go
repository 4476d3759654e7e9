package fetch

// The fields that are read, each under a number that the scanner keeps with its name.
const (
	transactionID = iota + 1
	transactionMerchantReference
	transactionMerchantReference2
	transactionPaymentProduct
	transactionPaymentProductType
	transactionCard
	transactionStatus
	transactionStore
	transactionPayoutDestinationID
	transactionAmount
	transactionCurrency
	transactionCreatedAt
	transactionUpdatedAt
	transactionItems
	transactionShippingOption
	transactionEvents
)

const (
	cardBrand = iota + 1
)

const (
	storeID = iota + 1
	storeName
	storePayoutDestinationID
)

const (
	lineLineID = iota + 1
	lineAmount
	lineSplits
)

const (
	splitPayoutDestinationID = iota + 1
	splitAmount
)

const (
	eventID = iota + 1
	eventRequestID
	eventEvent
	eventTransactionStatus
	eventSuccess
	eventAmount
	eventCalculatedVAT
	eventEventReference
	eventCreatedAt
	eventSplits
	eventItems
	eventSettlements
)

const (
	settlementsEvents = iota + 1
)

const (
	settlementSettlementID = iota + 1
	settlementFee
)

var (
	transactionFields = [...]string{
		transactionID:                  "id",
		transactionMerchantReference:   "merchant_reference",
		transactionMerchantReference2:  "merchant_reference_2",
		transactionPaymentProduct:      "payment_product",
		transactionPaymentProductType:  "payment_product_type",
		transactionCard:                "card",
		transactionStatus:              "status",
		transactionStore:               "store",
		transactionPayoutDestinationID: "payout_destination_id",
		transactionAmount:              "amount",
		transactionCurrency:            "currency",
		transactionCreatedAt:           "created_at",
		transactionUpdatedAt:           "updated_at",
		transactionItems:               "items",
		transactionShippingOption:      "shipping_option",
		transactionEvents:              "events",
	}
	cardFields = [...]string{
		cardBrand: "brand",
	}
	storeFields = [...]string{
		storeID:                  "id",
		storeName:                "name",
		storePayoutDestinationID: "payout_destination_id",
	}
	lineFields = [...]string{
		lineLineID: "line_id",
		lineAmount: "amount",
		lineSplits: "splits",
	}
	splitFields = [...]string{
		splitPayoutDestinationID: "payout_destination_id",
		splitAmount:              "amount",
	}
	eventFields = [...]string{
		eventID:                "id",
		eventRequestID:         "request_id",
		eventEvent:             "event",
		eventTransactionStatus: "transaction_status",
		eventSuccess:           "success",
		eventAmount:            "amount",
		eventCalculatedVAT:     "calculated_vat_amount",
		eventEventReference:    "event_reference",
		eventCreatedAt:         "created_at",
		eventSplits:            "splits",
		eventItems:             "items",
		eventSettlements:       "settlements",
	}
	settlementsFields = [...]string{
		settlementsEvents: "events",
	}
	settlementFields = [...]string{
		settlementSettlementID: "settlement_id",
		settlementFee:          "fee",
	}
)

package sandbox

// What a stranger's program reads: the JSON shapes of GET /v1/transactions.

type wireTransaction struct {
	ProductID        string         `json:"payment_product"`
	ProductType      string         `json:"payment_product_type"`
	Amount           int64          `json:"amount"`
	Currency         string         `json:"currency"`
	ID               string         `json:"id"`
	CreatedAt        string         `json:"created_at"`
	Seller           string         `json:"payout_destination_id,omitempty"`
	Reference        string         `json:"merchant_reference"`
	Channel          string         `json:"channel"`
	Platform         string         `json:"platform_type,omitempty"`
	Reference2       string         `json:"merchant_reference_2,omitempty"`
	Descriptor       string         `json:"dynamic_descriptor,omitempty"`
	Operation        string         `json:"payment_operation"`
	SettlementStatus string         `json:"settlement_status"`
	Customer         wireCustomer   `json:"customer"`
	CustomerIP       string         `json:"customer_ip"`
	UserAgent        string         `json:"user_agent"`
	SystemHeaders    wireSystem     `json:"initiating_system_request_headers"`
	ShippingAddress  *wireAddress   `json:"shipping_address,omitempty"`
	ShippingOption   *wireShipping  `json:"shipping_option,omitempty"`
	BillingAddress   *wireAddress   `json:"billing_address,omitempty"`
	Store            wireStore      `json:"store"`
	Status           string         `json:"status"`
	GiftCards        []wireGiftCard `json:"gift_cards,omitempty"`
	Items            []wireItem     `json:"items"`
	URL              *wireURL       `json:"url,omitempty"`
	Events           []wireEvent    `json:"events"`
	SessionID        string         `json:"session_id"`
	Session          wireSession    `json:"session"`
	UpdatedAt        string         `json:"updated_at"`
	Metadata         map[string]any `json:"metadata"`
	Checkboxes       []wireCheckbox `json:"checkboxes,omitempty"`
	Card             *wireCard      `json:"card,omitempty"`
}

type wireCustomer struct {
	ID    string `json:"customer_id"`
	Email string `json:"email"`
	Phone string `json:"phone_number"`
}

type wireSystem struct {
	Name          string `json:"dintero-system-name"`
	Version       string `json:"dintero-system-version"`
	Plugin        string `json:"dintero-system-plugin-name"`
	PluginVersion string `json:"dintero-system-plugin-version"`
	UserAgent     string `json:"user-agent"`
}

type wireAddress struct {
	First   string `json:"first_name,omitempty"`
	Last    string `json:"last_name,omitempty"`
	Line    string `json:"address_line"`
	Postal  string `json:"postal_code"`
	Town    string `json:"postal_place"`
	Country string `json:"country"`
	Phone   string `json:"phone_number,omitempty"`
	Email   string `json:"email,omitempty"`
	Comment string `json:"comment,omitempty"`
}

type wireShipping struct {
	ID          string   `json:"id"`
	LineID      string   `json:"line_id"`
	Amount      int64    `json:"amount"`
	Title       string   `json:"title"`
	Operator    string   `json:"operator"`
	Countries   []string `json:"countries"`
	VATAmount   int64    `json:"vat_amount"`
	VAT         int      `json:"vat"`
	Description string   `json:"description"`
	Delivery    string   `json:"delivery_method"`
	ProductID   string   `json:"operator_product_id"`
}

type wireStore struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	BusinessName string      `json:"business_name"`
	Address      wireAddress `json:"address"`
	Chain        string      `json:"chain"`
	Email        string      `json:"email"`
	GLN          string      `json:"gln"`
	Organization string      `json:"organization_number"`
	Phone        string      `json:"phone_number"`
	MCC          string      `json:"mcc"`
	Terminal     string      `json:"terminal_id,omitempty"`
	Seller       string      `json:"payout_destination_id,omitempty"`
}

type wireGiftCard struct {
	Type   string `json:"type"`
	CardID string `json:"card_id"`
	Amount int64  `json:"amount"`
	Masked string `json:"masked_card_token"`
}

type wireItem struct {
	ID          string  `json:"id,omitempty"`
	LineID      string  `json:"line_id"`
	Description string  `json:"description,omitempty"`
	Quantity    float64 `json:"quantity"` // JSON has no other number; thousandths print exactly
	Amount      int64   `json:"amount"`
	VAT         int     `json:"vat"`
	VATAmount   int64   `json:"vat_amount"`
	Splits      []share `json:"splits,omitempty"`
}

type wireURL struct {
	Redirect string `json:"redirect_url"`
	Approval string `json:"approval_url"`
	Callback string `json:"callback_url"`
}

type wireEvent struct {
	ID          string           `json:"id"`
	Event       string           `json:"event"`
	Status      string           `json:"transaction_status"`
	CreatedAt   string           `json:"created_at"`
	CreatedBy   string           `json:"created_by,omitempty"`
	Amount      *int64           `json:"amount,omitempty"`
	VAT         *int64           `json:"calculated_vat_amount,omitempty"`
	Reference   string           `json:"event_reference,omitempty"`
	Splits      []share          `json:"splits,omitempty"`
	FeeSplit    *wireFeeSplit    `json:"fee_split,omitempty"`
	Items       []wireItem       `json:"items,omitempty"`
	GiftCards   []wireGiftCard   `json:"gift_cards,omitempty"`
	Success     bool             `json:"success"`
	RequestID   string           `json:"request_id"`
	Correlation string           `json:"correlation_request_id,omitempty"`
	Error       *wireFailure     `json:"error,omitempty"`
	Correction  *wireCorrection  `json:"correction,omitempty"`
	Settlements *wireSettlements `json:"settlements,omitempty"`
}

type wireFeeSplit struct {
	Type         string   `json:"type"`
	Destinations []string `json:"destinations"`
}

type wireFailure struct {
	Message     string `json:"message"`
	Code        string `json:"code"`
	RetryPolicy string `json:"retry_policy"`
}

type wireCorrection struct {
	Status  string `json:"transaction_status"`
	Capture int64  `json:"remaining_capture_amount"`
	Refund  int64  `json:"remaining_refund_amount"`
	Void    int64  `json:"remaining_void_amount"`
}

type wireSettlements struct {
	Status string                `json:"settlement_status"`
	Events []wireSettlementEvent `json:"events"`
}

type wireSettlementEvent struct {
	ID          string `json:"settlement_id"`
	Provider    string `json:"provider_reference"`
	Correlation string `json:"event_correlation_id"`
	Amount      int64  `json:"amount"`
	Capture     *int64 `json:"capture,omitempty"`
	Refund      *int64 `json:"refund,omitempty"`
	Fee         *int64 `json:"fee,omitempty"`
}

type wireSession struct {
	ID            string            `json:"id"`
	URL           map[string]string `json:"url"`
	Order         wireSessionOrder  `json:"order"`
	Configuration map[string]any    `json:"configuration"`
	Customer      wireCustomer      `json:"customer"`
	ExpiresAt     string            `json:"expires_at"`
	CreatedAt     string            `json:"created_at"`
	UpdatedAt     string            `json:"updated_at"`
	TransactionID string            `json:"transaction_id"`
	Events        []wireSessionStep `json:"events"`
}

type wireSessionOrder struct {
	Amount         int64        `json:"amount"`
	Currency       string       `json:"currency"`
	Reference      string       `json:"merchant_reference"`
	Reference2     string       `json:"merchant_reference_2,omitempty"`
	VATAmount      int64        `json:"vat_amount"`
	PartialPayment bool         `json:"partial_payment"`
	Items          []wireItem   `json:"items"`
	BillingAddress *wireAddress `json:"billing_address,omitempty"`
}

type wireSessionStep struct {
	Name      string `json:"name"`
	CreatedAt string `json:"created_at"`
}

type wireCheckbox struct {
	ID       string `json:"id"`
	Label    string `json:"label"`
	Checked  bool   `json:"checked"`
	Required bool   `json:"required"`
}

type wireCard struct {
	Brand    string `json:"brand"`
	Masked   string `json:"masked_pan"`
	Expiry   string `json:"expiry_date"`
	Type     string `json:"type"`
	Region   string `json:"region"`
	Country  string `json:"country"`
	Platform string `json:"product_platform"`
	Auth     string `json:"authentication_status,omitempty"`
	ThreeDS  string `json:"three_ds_version,omitempty"`
	ECI      string `json:"eci,omitempty"`
	TokenID  string `json:"payment_token_id,omitempty"`
	Entry    string `json:"entry_method,omitempty"`
}

type share struct {
	PayoutDestination string `json:"payout_destination_id"`
	Amount            int64  `json:"amount"`
}

// The JSON shapes of the Shopping API. Amounts in minor units, currency on the order.

type wireOrder struct {
	ID            string          `json:"id"`
	OrderID       string          `json:"order_id,omitempty"`
	Status        string          `json:"status"`
	PaymentStatus string          `json:"payment_status"`
	Currency      string          `json:"currency"`
	GrossAmount   int64           `json:"gross_amount"`
	StoreID       string          `json:"store_id,omitempty"`
	Store         wireOrderStore  `json:"store"`
	Customer      wireCustomer    `json:"customer"`
	Items         []wireOrderItem `json:"items"`
	CreatedAt     string          `json:"created_at"`
	CreatedBy     string          `json:"created_by"`
	UpdatedAt     string          `json:"updated_at"`
	CancelledAt   string          `json:"cancelled_at,omitempty"`
	CancelledBy   string          `json:"cancelled_by,omitempty"`
}

type wireOrderStore struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type wireOrderItem struct {
	LineID      int       `json:"line_id"`
	ID          string    `json:"id"`
	Description string    `json:"description"`
	Quantity    float64   `json:"quantity"`
	GrossAmount int64     `json:"gross_amount"`
	TaxLines    []wireTax `json:"tax_lines"`
}

type wireTax struct {
	Amount     int64 `json:"amount"`
	Percentage int   `json:"percentage"`
}

type wireOperation struct {
	ID              string              `json:"id"`
	AuthorizationID string              `json:"authorization_id,omitempty"`
	Amount          int64               `json:"amount"`
	Success         bool                `json:"success"`
	CreatedAt       string              `json:"created_at"`
	CreatedBy       string              `json:"created_by"`
	ProcessedAt     string              `json:"processed_at,omitempty"`
	ProcessedBy     string              `json:"processed_by,omitempty"`
	Items           []wireOperationItem `json:"items,omitempty"`
	Payment         wirePayment         `json:"payment_details"`
}

type wireOperationItem struct {
	LineID int         `json:"line_id"`
	Amount int64       `json:"amount"`
	Payout *wirePayout `json:"payout,omitempty"`
}

type wirePayout struct {
	RuleID       string            `json:"rule_id"`
	RuleType     string            `json:"rule_type"`
	Destinations []wireDestination `json:"destinations"`
}

type wireDestination struct {
	Destination string `json:"destination"`
	Amount      int64  `json:"amount"`
}

type wirePayment struct {
	PSP         string            `json:"psp"`
	PaymentID   string            `json:"payment_id"`
	Product     string            `json:"payment_product"`
	ProductType string            `json:"payment_product_type"`
	Card        map[string]string `json:"card,omitempty"`
}

// The JSON shapes of the Wallets API. Amounts in minor units, never negative.

type wireGift struct {
	CardID     string `json:"card_id"`
	ID         string `json:"id"`
	CustomerID string `json:"customer_id"`
	Name       string `json:"name"`
	Type       string `json:"type"`
	Status     string `json:"status"`
	Currency   string `json:"currency"`
	Amount     int64  `json:"amount"`
	Balance    int64  `json:"amount_balance"`
	Available  int64  `json:"amount_available"`
	Funds      int64  `json:"amount_funds"`
	Drawdown   int64  `json:"amount_drawdown"`
	Pending    int64  `json:"amount_pending"`
	Reserved   int64  `json:"amount_reserved"`
	ActiveFrom string `json:"active_from"`
	ExpiresAt  string `json:"expires_at"`
	CreatedAt  string `json:"created_at"`
	UpdatedAt  string `json:"updated_at"`
	DeletedAt  string `json:"deleted_at,omitempty"`
	CreatedBy  string `json:"created_by"`
}

// A movement carries no card_id: the path says whose it is.
type wireMovement struct {
	ID           string            `json:"id"`
	CreatedAt    string            `json:"created_at"`
	CreatedBy    string            `json:"created_by"`
	Type         string            `json:"type"`
	Amount       int64             `json:"amount"`
	Currency     string            `json:"currency"`
	Reference    string            `json:"ref_id"`
	ParentID     string            `json:"parent_id,omitempty"`
	OriginatedBy string            `json:"originated_by"`
	Metadata     map[string]string `json:"metadata,omitempty"`
}

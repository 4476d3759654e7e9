package reportconfig

import (
	"fmt"
	"slices"
	"strings"

	"rapport/internal/yamltree"
)

// VoucherFormat is a file that an accounting system imports vouchers from.
type VoucherFormat string

// The formats.
const (
	GBAT10        VoucherFormat = "gbat10"        // Mamut's, which Tripletex documents
	VismaBusiness VoucherFormat = "vismabusiness" // batch file
	Office24      VoucherFormat = "24sevenoffice" // voucher journal
	SIE           VoucherFormat = "sie"           // 4i, Sweden
)

// VoucherFile says how settlements become vouchers. Accounts are digits.
type VoucherFile struct {
	Format      VoucherFormat
	Bank, Fee   string            // accounts
	Clearing    map[string]string // accounts, by provider; "default" is of all others
	FeeVATCode  string
	Type        string // number of the voucher type; "" for SIE
	FirstNumber int    // of the first voucher that the report makes
}

// DefaultClearing is the name, in Clearing, of the account of providers that have none of their own.
const DefaultClearing = "default"

// lastNumber is the greatest number of a voucher: GBAT10's are added to a series of ten thousand.
func (f VoucherFormat) lastNumber() int {
	if f == GBAT10 {
		return 9_999
	}
	return 99_999_999
}

// LastNumber is the greatest number that a voucher of the file may have.
func (v *VoucherFile) LastNumber() int { return v.Format.lastNumber() }

// readMoney reads the keys of settlements.
func (e *Entry) readMoney(m yamltree.Mapping, kind DataType) {
	e.Attachments = m.Choice("attachments") == "forward"
	if v, ok := m.Field("attachments"); ok && e.Attachments && kind != PayoutSettlements && kind != "" {
		v.Fault("leave it out", "only %s have attachments, not %s", PayoutSettlements, kind)
	}
	v, ok := m.Field("voucher")
	if !ok {
		return
	}
	if kind != PayoutSettlements && kind != "" {
		v.Fault("leave it out", "only %s become vouchers, not %s", PayoutSettlements, kind)
		return
	}
	e.voucher = v
	e.VoucherFile = readVoucher(v)
}

func readVoucher(v yamltree.Value) *VoucherFile {
	m, ok := v.Mapping(section("voucher"))
	if !ok {
		return nil
	}
	file := &VoucherFile{FeeVATCode: "0", FirstNumber: 1}
	if _, ok := m.Required("format", yamltree.OneOf(m.Enum("format"))); ok {
		file.Format = VoucherFormat(m.Choice("format"))
	}
	if v, ok := m.Required("accounts", "bank, fee and clearing"); ok {
		file.readAccounts(v)
	}
	file.readType(m)
	if v, ok := m.Field("fee_vat_code"); ok {
		const longest = 5
		if file.FeeVATCode = digitsOf(v, "a VAT code of the accounting system", longest); file.Format == SIE {
			v.Fault("leave it out", "a SIE file has no VAT codes")
		}
	}
	file.FirstNumber = optional(m, "first_number", 1, func(v yamltree.Value) int { return int(v.Number(1, uint64(file.Format.lastNumber()))) })
	return file
}

// readType reads the number of the voucher type, which all formats need but SIE.
func (f *VoucherFile) readType(m yamltree.Mapping) {
	v, ok := m.Field("type")
	switch {
	case f.Format == SIE:
		if ok {
			v.Fault("leave it out", "a SIE file has no voucher type")
		}
	case !ok:
		if f.Format != "" {
			m.Required("type", "the number of the voucher type in the accounting system; keep it for these vouchers alone")
		}
	default:
		longest := 9
		if f.Format == GBAT10 {
			longest = 3
		}
		f.Type = digitsOf(v, "a number of a voucher type", longest)
	}
}

func (f *VoucherFile) readAccounts(v yamltree.Value) {
	m, ok := v.Mapping(section("accounts"))
	if !ok {
		return
	}
	if v, ok := m.Required("bank", "the account that payouts arrive at"); ok {
		f.Bank = f.readAccount(v)
	}
	if v, ok := m.Required("fee", "the account for the providers' fees"); ok {
		f.Fee = f.readAccount(v)
	}
	v, ok = m.Required("clearing", "the account that sales by card are booked to, as {default: …}, or by provider")
	if !ok {
		return
	}
	byProvider, ok := v.Mapping(yamltree.Section{KeyPattern: isProvider, KeyKind: "a provider as Dintero names it, like vipps, or default"})
	if !ok {
		return
	}
	if len(byProvider.Keys()) == 0 {
		v.Fault("give default, or one for each provider", "names no account")
	}
	f.Clearing = map[string]string{}
	for _, provider := range byProvider.Keys() {
		v, _ := byProvider.Field(provider)
		account := f.readAccount(v)
		if account != "" && (account == f.Bank || account == f.Fee) {
			v.Fault("what is paid out moves from one account to the other", "account %s is for the bank or the fees already", account)
		}
		f.Clearing[provider] = account
	}
}

// readAccount reads a number of an account.
func (f *VoucherFile) readAccount(v yamltree.Value) string {
	longest := 10
	if f.Format == GBAT10 {
		longest = 4
	}
	account := digitsOf(v, "a number of an account", longest)
	switch {
	case f.Format != GBAT10 || account == "":
	case len(account) < longest:
		v.Fault("like 1920", "an account of gbat10 has four digits, %s has %d", account, len(account))
	case account == "1500":
		v.Fault("book to a clearing account, like 1579", "who reads gbat10 makes an invoice of what stands on account 1500")
	}
	return account
}

// digitsOf reads digits, written as a string or as a number; "" if there is a fault.
func digitsOf(v yamltree.Value, what string, longest int) string {
	s := v.Raw()
	switch {
	case !v.IsScalar() || v.Tag() != "!!str" && v.Tag() != "!!int", !isDigits(s) || s == "":
		v.Fault(fmt.Sprintf("at most %d digits", longest), "must be %s, is %s", what, v.Describe())
	case len(s) > longest:
		v.Fault("", "%s has at most %d digits, %s has %d", what, longest, s, len(s))
	case v.Tag() == "!!int" && strings.HasPrefix(s, "0") && s != "0":
		v.Fault("quote it", "must be %s, is %s", what, v.Describe())
	default:
		return s
	}
	return ""
}

// isProvider tells whether s may be how Dintero names a provider.
func isProvider(s string) bool {
	const longest = 60
	return s != "" && len(s) <= longest && consistsOf(s, lowerCase+digits+"_.-")
}

// overlap tells whether two filters let the same value pass; one without values lets all.
func overlap(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
}

package money

// Currency is an ISO 4217 code as the source writes it: "NOK".
type Currency string

// The active codes of ISO 4217 by number of decimals.
const (
	noDecimals    = " BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "
	threeDecimals = " BHD IQD JOD KWD LYD OMR TND "
	fourDecimals  = " CLF UYW "
	twoDecimals   = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW " +
		"CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR " +
		"JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK " +
		"NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP " +
		"TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG "
)

// Decimals is the currency's number of decimals. A code that ISO 4217 does not
// list is written with two, and known is false so that the report can say so.
func (c Currency) Decimals() (digits int, known bool) {
	switch c {
	case "NOK", "SEK", "DKK", "EUR", "USD", "GBP": // nearly every row; the lists are slow to search
		return 2, true
	}
	switch {
	case len(c) != 3:
		return 2, false
	case c.in(twoDecimals):
		return 2, true
	case c.in(noDecimals):
		return 0, true
	case c.in(threeDecimals):
		return 3, true
	case c.in(fourDecimals):
		return 4, true
	}
	return 2, false
}

func (c Currency) in(list string) bool {
	for i := 1; i+3 <= len(list); i += 4 {
		if list[i:i+3] == string(c) {
			return true
		}
	}
	return false
}

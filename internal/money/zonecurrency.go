package money

// CurrencyOfZone is the currency of the country of a time zone, by its IANA name, in the Nordics and
// where shops sell that Dintero serves; "" elsewhere.
func CurrencyOfZone(zone string) Currency {
	switch zone {
	case "Europe/Oslo", "Arctic/Longyearbyen":
		return "NOK"
	case "Europe/Stockholm":
		return "SEK"
	case "Europe/Copenhagen", "Atlantic/Faroe":
		return "DKK"
	case "Atlantic/Reykjavik":
		return "ISK"
	case "Europe/London":
		return "GBP"
	case "Europe/Warsaw":
		return "PLN"
	case "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Dublin", "Europe/Helsinki", "Europe/Lisbon", "Europe/Luxembourg",
		"Europe/Madrid", "Europe/Mariehamn", "Europe/Paris", "Europe/Riga", "Europe/Rome", "Europe/Tallinn", "Europe/Vienna", "Europe/Vilnius":
		return "EUR"
	}
	return ""
}

package render

// isDecimal tells whether text is a plain decimal number: "12", "-0.50".
func isDecimal(text string) bool {
	digits, point := 0, false
	for i := range len(text) {
		switch b := text[i]; {
		case b >= '0' && b <= '9':
			digits++
		case b == '-' && i == 0:
		case b == '.' && !point && digits > 0 && i < len(text)-1:
			point = true
		default:
			return false
		}
	}
	return digits > 0
}

package correction

import "testing"

// TestAnAmountHasTheDecimalsOfItsCurrency, neither more nor less.
func TestAnAmountHasTheDecimalsOfItsCurrency(t *testing.T) {
	if minor, err := minorOf("-1,50", ",", "NOK"); err != nil || minor != -150 {
		t.Error(minor, err)
	}
	for _, text := range []string{"1,5", "1", "1,500", "1.50"} {
		if minor, err := minorOf(text, ",", "NOK"); err == nil {
			t.Errorf("%s is %d", text, minor)
		}
	}
}

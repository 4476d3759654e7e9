package content

import (
	"testing"
	"time"
)

func TestValuesHoldWhatTheirKindSays(t *testing.T) {
	at := time.Unix(7, 0).UTC()
	for _, c := range []struct{ got, want Value }{
		{TextOf("x"), Value{Kind: Text, Text: "x"}},
		{TimeOf(at), Value{Kind: Time, Time: at}},
		{MoneyOf(-5, "NOK"), Value{Kind: Money, Number: -5, Code: "NOK"}},
		{IntegerOf(9), Value{Kind: Integer, Number: 9}},
		{DecimalOf("1.5"), Value{Kind: Decimal, Text: "1.5"}},
		{DecimalOf(""), Value{}},
		{DateOf(at), Value{Kind: Date, Time: at}},
	} {
		if c.got != c.want {
			t.Errorf("got %+v, want %+v", c.got, c.want)
		}
	}
}

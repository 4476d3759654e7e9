package jsonscan

import (
	"fmt"
	"strings"
	"testing"
)

func TestNoNameComesTwiceHoweverManyTheScannerHasSeen(t *testing.T) {
	var crowd strings.Builder
	for i := range 3 * maxKeyPaths {
		fmt.Fprintf(&crowd, `{"a%d":0,"b":{"c":1}},`, i)
	}
	rows := sales()
	for _, last := range []string{`{}`, `{"a1":0,"b":{"c":1}}`, `{"a1":0,"a1":0}`, `{"new":0,"b":0,"new":0}`, `{"b":{"c":1,"c":1}}`, `{"b":0,"\u0062":0}`} {
		text := strings.Trim(minimal(`,"metadata":[`+crowd.String()+last+`]`), "[]")
		agree(t, rows, []byte(text))
	}
	if rows.scanner.keyPaths > maxKeyPaths {
		t.Errorf("%d shapes are kept", rows.scanner.keyPaths)
	}
}

func TestANameThatHoldsJSONIsNotMistakenForIt(t *testing.T) {
	rows := sales()
	for _, metadata := range []string{`{"x":1,"a\":1,\"b":2}`, `{"x":1,"a":1,"b":2}`, `{"x":1,"a\":1,\"b":2,"a":1}`, `{"\u0000":1}`, "{\"\x00\":1}"} {
		agree(t, rows, []byte(strings.Trim(minimal(`,"metadata":`+metadata), "[]")))
	}
}

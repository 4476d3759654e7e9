package shop

import "strings"

// Customer is an invented person. Phone numbers begin with +470, which no Norwegian number
// does; addresses for mail end in example.com.
type Customer struct{ ID, First, Last, Email, Phone, Street, Postal, Town string }

// customers are the parts that customers are made of.
type customers struct {
	first, last, streets []string
	towns                [][2]string // postal code, place
}

const regulars = 4000 // customers; some come back

func newCustomers() customers {
	return customers{
		first: strings.Fields("Astrid Bjørg Dagny Eldbjørg Frøydis Gunvor Hjørdis Ingebjørg Jorunn Kjellaug Liv Magnhild Nanna Oddny Ragnhild Solveig Torunn Unni Vigdis Åshild " +
			"Arvid Birger Dagfinn Eivind Finn Gudmund Halvard Ivar Jostein Kåre Leif Mons Njål Oddvar Peder Roald Sigurd Torbjørn Ulrik Ørjan"),
		last: strings.Fields("Alvestrand Berghylla Drivenes Eikemo Fjellanger Granlien Havstein Isfjell Jordalen Kvernhaug Lyngås Myrdalen Nordholmen Oppegaarden Prestvåg Rognmo " +
			"Sandvika Torskevik Utnesset Vassbotten Ytterholm Ødemark Åsgjerde Ærøy"),
		streets: strings.Fields("Naustveien Kaiveien Skjærgårdsvegen Tangveien Fyrveien Sildegata Krabbeveien Bølgen Måkestien Ankerveien"),
		towns: [][2]string{{"0349", "Oslo"}, {"0580", "Oslo"}, {"1366", "Lysaker"}, {"5003", "Bergen"}, {"5098", "Bergen"}, {"7030", "Trondheim"}, {"9010", "Tromsø"},
			{"6003", "Ålesund"}, {"4006", "Stavanger"}, {"8006", "Bodø"}, {"3015", "Drammen"}, {"1607", "Fredrikstad"}},
	}
}

// Customer is the customer behind a transaction's key.
func (c *Catalog) Customer(key uint64) Customer {
	rng := NewRNG(uint64(NewRNG(key, 0xc0).Below(regulars)), 0xc1)
	who := Customer{ID: "cus_" + rng.Letters(14), First: Pick(rng, c.customers.first), Last: Pick(rng, c.customers.last)}
	mail := strings.NewReplacer("æ", "ae", "ø", "o", "å", "a").Replace(strings.ToLower(who.First + "." + who.Last))
	who.Email = mail + "." + rng.Digits(3) + "@example.com"
	who.Phone = "+470" + rng.Digits(7)
	town := Pick(rng, c.customers.towns)
	who.Street = Pick(rng, c.customers.streets) + " " + string(alphabet[1+rng.Below(9)]) + string(alphabet[36+rng.Below(3)])
	who.Postal, who.Town = town[0], town[1]
	return who
}

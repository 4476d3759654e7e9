package sandbox

import "strings"

// people are the parts of invented customers. Phone numbers begin with +470,
// which no Norwegian number does; addresses for mail end in example.com.
type people struct {
	first, last, streets []string
	towns                [][2]string // postal code, place
	regulars             int
}

type person struct{ id, first, last, email, phone, street, postal, town string }

func newPeople() people {
	return people{
		first: strings.Fields("Astrid Bjørg Dagny Eldbjørg Frøydis Gunvor Hjørdis Ingebjørg Jorunn Kjellaug Liv Magnhild Nanna Oddny Ragnhild Solveig Torunn Unni Vigdis Åshild " +
			"Arvid Birger Dagfinn Eivind Finn Gudmund Halvard Ivar Jostein Kåre Leif Mons Njål Oddvar Peder Roald Sigurd Torbjørn Ulrik Ørjan"),
		last: strings.Fields("Alvestrand Berghylla Drivenes Eikemo Fjellanger Granlien Havstein Isfjell Jordalen Kvernhaug Lyngås Myrdalen Nordholmen Oppegaarden Prestvåg Rognmo " +
			"Sandvika Torskevik Utnesset Vassbotten Ytterholm Ødemark Åsgjerde Ærøy"),
		streets: strings.Fields("Naustveien Kaiveien Skjærgårdsvegen Tangveien Fyrveien Sildegata Krabbeveien Bølgen Måkestien Ankerveien"),
		towns: [][2]string{{"0349", "Oslo"}, {"0580", "Oslo"}, {"1366", "Lysaker"}, {"5003", "Bergen"}, {"5098", "Bergen"}, {"7030", "Trondheim"}, {"9010", "Tromsø"},
			{"6003", "Ålesund"}, {"4006", "Stavanger"}, {"8006", "Bodø"}, {"3015", "Drammen"}, {"1607", "Fredrikstad"}},
		regulars: 4000,
	}
}

// person is the customer behind the key; some come back.
func (p people) person(key uint64) person {
	d := roll(key, 0xc0)
	nr := d.below(p.regulars)
	d = roll(uint64(nr), 0xc1)
	who := person{id: "cus_" + d.letters(14), first: pick(d, p.first), last: pick(d, p.last)}
	mail := strings.NewReplacer("æ", "ae", "ø", "o", "å", "a").Replace(strings.ToLower(who.first + "." + who.last))
	who.email = mail + "." + d.digits(3) + "@example.com"
	who.phone = "+470" + d.digits(7)
	town := pick(d, p.towns)
	who.street, who.postal, who.town = pick(d, p.streets)+" "+string(alphabet[1+d.below(9)])+string(alphabet[36+d.below(3)]), town[0], town[1]
	return who
}

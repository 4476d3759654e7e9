package report

import (
	"maps"
	"strings"

	"rapport/internal/content"
	"rapport/locales"
)

// A Wording is how a cell is said in a language. Rows hold what Dintero says, as the files
// of one report may speak two languages.
type Wording func(words *locales.Printer, text string) string

// nameWithPrefix is a name of Dintero's that has a word; one that it invents tomorrow is printed as it is.
func nameWithPrefix(prefix string) Wording {
	return func(words *locales.Printer, text string) string { return words.WordOr(prefix+text, text) }
}

// A Translator puts cells into the words of one language. The same few come again and again,
// so it remembers what it said.
type Translator struct {
	words    *locales.Printer
	wordings []Wording           // of the columns in their order, nil where the cells are printed as they are
	cache    []map[string]string // likewise
}

// What is remembered: so many words of a column, of texts of so many bytes.
const cacheSize, cacheText = 1000, 200

func (s Layout) Translator(words *locales.Printer) *Translator {
	sp := &Translator{words, make([]Wording, len(s.Columns)), make([]map[string]string, len(s.Columns))}
	for i, c := range s.Columns {
		sp.wordings[i] = s.words[c.Key]
	}
	return sp
}

// ForPeople is the layout of a document: its cells say more than those of a file that programs
// read as well.
func (s Layout) ForPeople() Layout {
	words := maps.Clone(s.words)
	maps.Copy(words, s.people)
	s.words = words
	return s
}

// Translate puts the texts among the cells of a row into words, in place.
func (s *Translator) Translate(cells []content.Value) []content.Value {
	for i := range cells {
		if s.wordings[i] != nil && cells[i].Kind == content.Text {
			cells[i].Text = s.word(i, cells[i].Text)
		}
	}
	return cells
}

func (s *Translator) word(column int, text string) string {
	word, ok := s.cache[column][text]
	if ok {
		return word
	}
	word = s.wordings[column](s.words, text)
	if s.cache[column] == nil {
		s.cache[column] = map[string]string{}
	}
	if len(s.cache[column]) < cacheSize && len(text) <= cacheText {
		s.cache[column][strings.Clone(text)] = strings.Clone(word) // both may be a part of many rows
	}
	return word
}

// providerNames is a cell that holds both names that Dintero has for who handles the
// payment: the finer one has a word for some only.
func providerNames(product, productType string) content.Value {
	if product == "" {
		product, _, _ = strings.Cut(productType, ".")
	}
	if product == "" {
		return content.Value{}
	}
	return content.TextOf(productType + "\x00" + product)
}

// providerWord is the public name of who handles the payment; an unknown one is printed as it is.
func providerWord(words *locales.Printer, names string) string {
	productType, product, _ := strings.Cut(names, "\x00")
	return words.WordOr("provider."+productType, words.WordOr("provider."+product, product))
}

// vatRates are percentages joined by a plus, written with the language's decimal mark.
func vatRates(words *locales.Printer, rates string) string {
	list := strings.Split(rates, ratesJoin)
	for i := range list {
		list[i] = words.Decimal(list[i])
	}
	return strings.Join(list, ratesJoin)
}

const ratesJoin = " + "

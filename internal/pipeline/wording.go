package pipeline

import (
	"strings"

	"rapport/locales"
	"rapport/render"
)

// A wording is how a cell is said in a language. Rows hold what Dintero says, as the files
// of one report may speak two languages.
type wording func(words *locales.Printer, text string) string

// named is a name of Dintero's that has a word; one that it invents tomorrow is printed as it is.
func named(prefix string) wording {
	return func(words *locales.Printer, text string) string { return words.WordOr(prefix+text, text) }
}

// wordings are those of the columns in their order, nil where the cells are printed as they are.
func (b *built) wordings() []wording {
	list := make([]wording, len(b.shape.columns))
	for i, c := range b.shape.columns {
		list[i] = b.shape.words[c.key]
	}
	return list
}

// say puts the texts among the cells of a row into words, in place.
func say(cells []render.Value, wordings []wording, words *locales.Printer) []render.Value {
	for i := range cells {
		if wordings[i] != nil && cells[i].Kind == render.Text {
			cells[i].Text = wordings[i](words, cells[i].Text)
		}
	}
	return cells
}

// providerNames is a cell that holds both names that Dintero has for who handles the
// payment: the finer one has a word for some only.
func providerNames(product, productType string) render.Value {
	if product == "" {
		product, _, _ = strings.Cut(productType, ".")
	}
	if product == "" {
		return render.Value{}
	}
	return render.TextOf(productType + "\x00" + product)
}

// provider is the public name of who handles the payment; an unknown one is printed as it is.
func provider(words *locales.Printer, names string) string {
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

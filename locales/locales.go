// Package locales is how a report speaks: its words in Norwegian Bokmål and English,
// and how each language writes numbers, money, dates and periods. It refuses a
// language that it does not have. Times are written as they come: the caller puts
// them in the account's zone.
package locales

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed no.json en.json
var files embed.FS

// Languages are the languages of a report: "no" is Bokmål.
func Languages() []string { return []string{"no", "en"} }

// Printer writes in one language. It never changes and may be shared.
type Printer struct {
	Numbers
	words map[string]string
}

var load = sync.OnceValues(func() (map[string]*Printer, error) {
	printers := map[string]*Printer{}
	for _, language := range Languages() {
		data, err := files.ReadFile(language + ".json")
		if err != nil {
			return nil, err
		}
		p := &Printer{Numbers: Numbers{language: language, style: english}}
		if language == "no" {
			p.style = norwegian
		}
		if err := json.Unmarshal(data, &p.words); err != nil {
			return nil, fmt.Errorf("locales: %s.json: %w", language, err)
		}
		printers[language] = p
	}
	return printers, nil
})

// For is the printer of "no" or "en".
func For(language string) (*Printer, error) {
	printers, err := load()
	if err != nil {
		return nil, err
	}
	p, ok := printers[language]
	if !ok {
		return nil, fmt.Errorf("locales: no language %q, there are no and en", language)
	}
	return p, nil
}

// Language is "no" or "en".
func (p *Printer) Language() string { return p.language }

// Tag is the language as HTML and PDF name it: "nb" or "en".
func (p *Printer) Tag() string {
	if p.language == "no" {
		return "nb"
	}
	return p.language
}

// Keys are the names of all words, sorted.
func (p *Printer) Keys() []string { return slices.Sorted(maps.Keys(p.words)) }

// Has tells whether there is a word for key.
func (p *Printer) Has(key string) bool {
	_, ok := p.words[key]
	return ok
}

// Word is the word or sentence for key, with {0}, {1} … replaced by args. A key
// without a word, which a test rules out, is shown as itself.
func (p *Printer) Word(key string, args ...string) string {
	word, ok := p.words[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return word
	}
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", arg)
	}
	return strings.NewReplacer(pairs...).Replace(word)
}

// WordOr is the word for key, or other where there is none, as for a name that Dintero
// invents tomorrow.
func (p *Printer) WordOr(key, other string) string {
	if word, ok := p.words[key]; ok {
		return word
	}
	return other
}

// Count is the word for key.one or key.other, with {0} the number n and {1} … args.
func (p *Printer) Count(key string, n int64, args ...string) string {
	form := ".other"
	if n == 1 || n == -1 {
		form = ".one"
	}
	return p.Word(key+form, append([]string{p.Int(n)}, args...)...)
}

package render

import (
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
)

// These names of package content stand here until internal/pipeline and cmd use it.
type (
	Kind         = content.Kind
	Value        = content.Value
	Column       = content.Column
	Table        = content.Table
	Fact         = content.Fact
	Headline     = content.Headline
	Part         = content.Part
	Chart        = content.Chart
	Bar          = content.Bar
	CheckState   = content.CheckState
	Check        = content.Check
	Organization = content.Organization
	CSVForm      = CSVFormat
)

// The kinds of values, and the states of a check.
const (
	Text    = content.Text
	Time    = content.Time
	Money   = content.Money
	Integer = content.Integer
	Decimal = content.Decimal

	Agrees     = content.Agrees
	Differs    = content.Differs
	NotChecked = content.NotChecked
)

// TextOf is [content.TextOf].
func TextOf(s string) Value { return content.TextOf(s) }

// TimeOf is [content.TimeOf].
func TimeOf(t time.Time) Value { return content.TimeOf(t) }

// MoneyOf is [content.MoneyOf].
func MoneyOf(minor int64, code money.Currency) Value { return content.MoneyOf(minor, code) }

// IntegerOf is [content.IntegerOf].
func IntegerOf(n int64) Value { return content.IntegerOf(n) }

// DecimalOf is [content.DecimalOf].
func DecimalOf(text string) Value { return content.DecimalOf(text) }

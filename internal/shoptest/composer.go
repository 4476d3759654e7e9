package shoptest

import (
	"log/slog"
	"net/mail"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/content"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// Fjordfisk is whose reports the tests make.
func Fjordfisk(t testing.TB) statement.Account {
	return statement.Account{ID: "T12345678", Zone: "Europe/Oslo", Location: paymenttest.Oslo(t), Contact: "Kari <kari@fjordfisk.no>", Organization: content.Organization{Name: "Fjordfisk AS", Number: "940155223"}}
}

// NewBuilder makes reports out of a source.
func NewBuilder(t testing.TB, src builder.Source, lapse []reportconfig.LapseLimit, log *slog.Logger) *builder.Builder {
	t.Helper()
	return &builder.Builder{Account: Fjordfisk(t), Lapse: lapse, Source: src, Log: log}
}

// NewComposer composes messages from Fjordfisk.
func NewComposer(t testing.TB) *message.Composer {
	t.Helper()
	return &message.Composer{
		Account: Fjordfisk(t), From: mail.Address{Name: "Rapport", Address: "rapport@fjordfisk.no"}, Envelope: "bounce@fjordfisk.no",
		Log: slog.New(slog.DiscardHandler),
	}
}

package paymenttest

import (
	"net/mail"

	"rapport/internal/calendar"
	"rapport/reportconfig"
)

func Report(data reportconfig.Data, language reportconfig.Language) *reportconfig.Report {
	return &reportconfig.Report{
		ID: "test", Data: data, Schedule: calendar.Daily, Language: language,
		ContentTypes: []reportconfig.ContentType{reportconfig.CSV}, At: calendar.TimeOfDay{Hour: 6},
	}
}

// Mailed is a daily report of transactions to some people.
func Mailed(to ...string) *reportconfig.Report {
	rep := Report(reportconfig.Transactions{}, "no")
	for _, address := range to {
		rep.Emails = append(rep.Emails, mail.Address{Address: address})
	}
	return rep
}

// Voucher is a daily report to an inbox that makes a voucher of each attachment.
func Voucher(types ...reportconfig.ContentType) *reportconfig.Report {
	rep := Mailed("bilag@x.no")
	rep.ContentTypes, rep.Voucher = types, true
	return rep
}

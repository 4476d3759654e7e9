package mail_test

import (
	"bytes"
	stdmail "net/mail"
	"time"

	"rapport/internal/content"
	"rapport/mail"
)

// nb puts spaces that do not break where a locale writes them.
func nb(s string) string { return string(bytes.ReplaceAll([]byte(s), []byte("_"), []byte("\u00a0"))) }

// daily is a report of one currency, as most merchants have.
func daily() mail.Message {
	return mail.Message{
		From:     stdmail.Address{Name: "Fjordfisk rapport", Address: "rapport@fjordfisk.no"},
		To:       stdmail.Address{Name: "Åse Ødegård", Address: "regnskap@fjordfisk.no"},
		ReplyTo:  &stdmail.Address{Address: "okonomi@fjordfisk.no"},
		Envelope: "bounce@fjordfisk.no",
		ID:       mail.MessageID("fjordfisk.no", "T12345678", "oslo-daily", "2026-11-19", "regnskap@fjordfisk.no"),
		Date:     time.Date(2026, 11, 20, 6, 0, 0, 0, time.FixedZone("CET", 3600)),
		Content: mail.Content{
			Language:     "no",
			Subject:      nb("Dagsoppgjør Oslo: 48_213,50_kr netto, torsdag 19. november 2026"),
			Organization: "Fjordfisk AS · Org.nr. 940 155 223",
			Title:        "Dagsoppgjør Oslo",
			Period:       "torsdag 19. november 2026",
			Span:         "19.11.2026 00:00 – 20.11.2026 00:00 (Europe/Oslo)",
			Lead:         nb("48_213,50_kr netto av 117 innløsninger og 3 refusjoner."),
			Facts:        []content.Fact{{Label: "Konto", Value: "T12345678"}, {Label: "Filtre", Value: "Salgssted-ID sc029"}, {Label: "Data lest", Value: "20.11.2026 06:00"}},
			Tables: []content.Table{totals(), {
				Title: "Per betalingsmåte",
				Head:  []string{"Betalingsmåte", "Antall", "Innløst", "Netto"},
				Right: []bool{false, true, true, true},
				Rows: [][]string{
					{"vipps", "81", nb("31_004,00"), nb("30_604,00")},
					{"payex.creditcard", "36", nb("18_459,50"), nb("17_609,50")},
					{"Sum", "117", nb("49_463,50"), nb("48_213,50")},
				},
				Total: true,
			}},
			Notes:  []string{"Netto er innløst minus refundert, før gebyrer.", "Mva. er beregnet av Dintero og veiledende."},
			Footer: []string{"Sendt automatisk for Fjordfisk AS.", "Spørsmål? Svar på denne e-posten."},
		},
		Attachments: []mail.Attachment{
			{Name: "dagsoppgjoer-oslo_2026-11-19.pdf", ContentType: "application/pdf", Data: bytes.Repeat([]byte("%PDF-1.7\n\x00\xff"), 4000)},
			{Name: "dagsoppgjoer-oslo_2026-11-19.csv", ContentType: "text/csv", Data: []byte("\ufeffTidspunkt;Type\r\n.;Innløsning\r\n")},
		},
	}
}

func totals() content.Table {
	return content.Table{
		Title: "Totalt",
		Head:  []string{"Valuta", "Innløsninger", "Innløst", "Refusjoner", "Refundert", "Netto"},
		Right: []bool{false, true, true, true, true, true},
		Rows:  [][]string{{"NOK", "117", nb("49_463,50"), "3", nb("−1_250,00"), nb("48_213,50")}},
	}
}

// monthly is what is hard to lay out: several currencies, long names, big figures.
func monthly() mail.Message {
	m := daily()
	m.ID = mail.MessageID("fjordfisk.no", "monthly")
	m.Content.Language = "en"
	m.Content.Subject = "Monthly settlement: 4 currencies, November 2026"
	m.Content.Title, m.Content.Period = "Monthly settlement, all stores and the web shop", "November 2026"
	m.Content.Span = "1 Nov 2026 00:00 – 1 Dec 2026 00:00 (Europe/Oslo)"
	m.Content.Lead = nb("NOK_1,348,213.50 net, and three other currencies.")
	m.Content.Facts = []content.Fact{{Label: "Account", Value: "T12345678"}, {Label: "Filters", Value: "None"}}
	m.Content.Tables = []content.Table{
		{
			Title: "Totals",
			Head:  []string{"Currency", "Captures", "Captured", "Refunds", "Refunded", "Net"},
			Right: []bool{false, true, true, true, true, true},
			Rows: [][]string{
				{"NOK", "3,117", "1,401,463.50", "48", "−53,250.00", "1,348,213.50"},
				{"SEK", "204", "98,120.00", "2", "−1,100.00", "97,020.00"},
				{"EUR", "18", "2,240.90", "0", "0.00", "2,240.90"},
				{"JPY", "1", "12,000", "0", "0", "12,000"},
			},
		},
		{
			Title: "By store",
			Head:  []string{"Store", "Currency", "Captured", "Refunded", "Net"},
			Right: []bool{false, false, true, true, true},
			Rows: [][]string{
				{"Fjordfisk Torget, Bergen (sc001)", "NOK", "801,463.50", "−3,250.00", "798,213.50"},
				{"Fjordfisk Netthandel_og_hjemlevering_uten_mellomrom (sc029)", "NOK", "600,000.00", "−50,000.00", "550,000.00"},
				{"Total", "NOK", "1,401,463.50", "−53,250.00", "1,348,213.50"},
			},
			Total: true,
		},
		{
			Title: "By day", Head: []string{"Day", "Net"}, Right: []bool{false, true},
			Rows: [][]string{{"Sun 1 Nov", "48,213.50"}, {"Mon 2 Nov", "0.00"}},
		},
	}
	m.Content.Notes = []string{"Net is captured less refunded, before fees."}
	m.Content.Footer = []string{"Sent automatically for Fjordfisk AS."}
	return m
}

// empty is a period in which nothing happened.
func empty() mail.Message {
	m := daily()
	m.ID = mail.MessageID("fjordfisk.no", "empty")
	m.Content.Subject = "Dagsoppgjør Oslo: ingen transaksjoner, torsdag 19. november 2026"
	m.Content.Lead = "Ingen transaksjoner i perioden."
	m.Content.Tables, m.Content.Notes = nil, nil
	return m
}

// hostile says everything that content must not be able to do.
func hostile() mail.Message {
	m := monthly()
	m.ID = mail.MessageID("fjordfisk.no", "hostile")
	long := string(bytes.Repeat([]byte("A"), 10_000))
	m.From.Name, m.To.Name = "=?utf-8?q?evil=40example.com?=\r\nBcc: x@y.no", "Regnskap \u202e<>\x00\"\u2028"+long
	m.Content.Subject = "x\r\nBcc: victim@example.com\u2028\x00\u202e " + long
	m.Content.Title = "<script>alert(1)</script> \u202egnp.exe"
	m.Content.Organization = `"><img src="https://example.com/x.png"> & {{.}} =?utf-8?q?x?=`
	m.Content.Facts = []content.Fact{{Label: "</td></table>", Value: "javascript:alert(1) " + long}}
	m.Content.Tables[1].Rows[0][0] = long
	m.Content.Tables[1].Rows[1][0] = ".\r\n.\r\nQUIT"
	m.Content.Notes = []string{"--=_1_boundary", "\xff\xfe broken", "."}
	return m
}

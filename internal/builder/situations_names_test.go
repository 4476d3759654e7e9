package builder_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"rapport/internal/builder"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func TestAStoreIsItsIDAndItsNewestName(t *testing.T) {
	at := func(id, store, updated string) string {
		return instead(paid(id, 100_00, fmt.Sprintf(`,"updated_at":"2026-11-19T%s:00Z"`, updated)), `{"id":"s1","name":"Oslo"}`, store)
	}
	s := setting{}.make(t,
		at("t1", `{"id":"fjordfisk.no","name":"Nettbutikk"}`, "12:00"), at("t2", `{"id":"fjordfisk.no"}`, "13:00"),
		at("t3", `{"id":"s2","name":"Gammelt navn"}`, "11:00"), at("t4", `{"id":"s2","name":"Nytt navn"}`, "14:00"), at("t5", `{"id":"s2","name":"Gammelt navn"}`, "12:30"),
		at("t6", `{"id":"s3","name":"Trondheim "}`, "12:00"), at("t7", `{"id":"s3","name":"Trondheim"}`, "12:00"), at("t8", `{"id":"s4","name":"Åsane"}`, "12:00"), at("t9", `{"id":"s4","name":"A\u030asane"}`, "13:00"),
		at("u1", `{"id":"s5","name":"Tor\u0000get"}`, "12:00"), at("u2", `{"id":"s6","name":"torget"}`, "12:00"), at("u3", `{"name":"Uten id"}`, "12:00"), at("u4", `{"name":"Uten id "}`, "12:00"), at("u5", `{"id":"s7","name":"Torget"}`, "12:00"))
	var lines []string
	for _, table := range s.Statement.Tables {
		if table.Head[0] == "Salgssted" {
			for _, row := range table.Rows {
				lines = append(lines, row[0]+" "+strings.ReplaceAll(row[len(row)-1], "\u00a0", " "))
			}
		}
	}
	want := "Nettbutikk 200,00, Nytt navn 300,00, Tor get 100,00, torget (s6) 100,00, Torget (s7) 100,00, Trondheim 200,00, Uten id 200,00, Åsane 200,00, Sum 1 400,00"
	if got := strings.Join(lines, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := s.rows(t)[5]["Salgssted"]; got != "Trondheim " {
		t.Errorf("the CSV has it as it is: %q", got)
	}
}

func TestStoresThatThePaperCannotSpellAreToldApart(t *testing.T) {
	at := func(id, store string) string {
		return instead(paid(id, 100_00, ""), `{"id":"s1","name":"Oslo"}`, store)
	}
	s := setting{}.make(t, at("t1", `{"id":"s1","name":"𒀀𒀁"}`), at("t2", `{"id":"s2","name":"𒀂𒀃"}`), at("t3", `{"id":"s3","name":"𒁀𒁁"}`), at("t4", `{"id":"s4","name":"Łódź"}`), at("t5", `{"id":"𒀄"}`), at("t6", `{"id":"𒀅"}`))
	text := s.copied(t)
	for _, want := range []string{"?? (s1) ", "?? (s2) ", "?? (s3) ", "Łódź ", "?    ", "? #2 "} {
		if strings.Count(text, "\n"+want) != 1 {
			t.Errorf("%q is not one line:\n%s", want, text)
		}
	}
	if !strings.Contains(s.text, "𒀀𒀁 (s1)") {
		t.Errorf("the mail can spell it:\n%s", s.text)
	}
}

func TestStoresOfOtherScriptsAreSpelled(t *testing.T) {
	names := []string{"北京", "上海", "🐟🐟", "서울", "東京カメラ", "ร้านค้า", "दुकान", "ქართული"}
	var lines []string
	for i, name := range names {
		lines = append(lines, instead(paid(fmt.Sprintf("t%d", i), 100_00, ""), `{"id":"s1","name":"Oslo"}`, fmt.Sprintf(`{"id":"s%d","name":%q}`, i, name)))
	}
	s := setting{}.make(t, lines...)
	text := s.copied(t)
	for _, name := range names {
		if !strings.Contains(text, "\n"+name+" ") {
			t.Errorf("%q is not one line:\n%s", name, text)
		}
	}
	if strings.Contains(text, "vises som ?") {
		t.Errorf("the footnote has nothing to speak of:\n%s", text)
	}
}

func TestNamesAreWholeOnPageOneAndTheSubjectGivesUpItsMiddle(t *testing.T) {
	const legal = "Stiftelsen for bevaring og formidling av kystkultur langs Helgelandskysten"
	name := "Dagsoppgjør for alle de fysiske salgsstedene våre i Trøndelag SA"
	if n := utf8.RuneCountInString(name); n != 64 {
		t.Fatalf("the name has %d letters", n)
	}
	rep := paymenttest.Report(reportconfig.Transactions{}, "no")
	rep.Name = name
	var lines []string
	for i, code := range []string{"NOK", "SEK", "DKK", "EUR"} {
		lines = append(lines, instead(paid(fmt.Sprint("t", i), 123_456_789_00, ""), `"NOK"`, fmt.Sprintf("%q", code)))
	}
	s := setting{report: rep, change: func(b *builder.Builder) { b.Account.Organization.Name = legal }}.make(t, lines...)
	first, _, _ := strings.Cut(s.copied(t), "\f")
	flat := strings.Join(strings.Fields(first), " ")
	for _, whole := range []string{legal, "Dagsoppgjør for alle de", "fysiske salgsstedene", "Trøndelag SA"} {
		if !strings.Contains(flat, whole) {
			t.Errorf("page one does not say %q:\n%s", whole, first)
		}
	}
	if n := utf8.RuneCountInString(s.subject); n > 200 || !strings.HasPrefix(s.subject, name+" tor 19.11: NOK 123 456 789,00") || !strings.HasSuffix(s.subject, " – "+legal+" 940155223") {
		t.Errorf("%d letters: %s", n, s.subject)
	}
	rep.Name = ""
	long := setting{report: rep, change: func(b *builder.Builder) {
		b.Account.Organization.Name = strings.Repeat("Svært langt navn ", 10) + "AS"
	}}.make(t, lines...)
	if n := utf8.RuneCountInString(long.subject); n > 200 || !strings.HasSuffix(long.subject, " AS 940155223") {
		t.Errorf("%d letters: %s", n, long.subject)
	}
}

package split

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/report"
	"rapport/reportconfig"
)

func said(a *Addresses) string {
	var lines []string
	for _, one := range a.List {
		line := one.Value + "|" + one.Name + "|" + string(one.Language)
		for _, to := range one.Emails {
			line += "|" + to.Address
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestAddressesAreReadAsSpreadsheetsAndPeopleWriteThem(t *testing.T) {
	const want = "a|Kari, Fisk||kari@a.no|post@a.no\nb||en"
	for name, text := range map[string]string{
		"comma.csv":      "value,name,emails,language\na,\"Kari, Fisk\",kari@a.no post@a.no,\nb,,,en\n",
		"excel.csv":      "\xEF\xBB\xBFvalue;name;emails;language\r\na;Kari, Fisk;kari@a.no  post@a.no;\r\nb;;;EN\r\n;;;\r\n",
		"sep.csv":        "sep=;\r\nValue;NAME;emails;language;\r\na;Kari, Fisk;kari@a.no post@a.no;;\r\nb;;;en\r\n",
		"tab.txt":        "emails\tvalue\tname\tlanguage\nkari@a.no post@a.no\ta\tKari, Fisk\t\n\tb\t\ten",
		"list.yaml":      "- {value: a, name: 'Kari, Fisk', emails: kari@a.no post@a.no}\n- value: b\n  language: en\n",
		"list-list.yml":  "- {value: a, name: 'Kari, Fisk', emails: [kari@a.no, post@a.no]}\n- {value: b, language: en}\n",
		"list-json.json": `[{"value":"a","name":"Kari, Fisk","emails":["kari@a.no","post@a.no"]},{"value":"b","language":"en"}]`,
	} {
		a, faults := ParseAddresses(name, []byte(text))
		if diff := cmp.Diff(want, said(a)); diff != "" || len(faults) > 0 {
			t.Errorf("%s: %v (-want +got)\n%s", name, faults, diff)
		}
		if one, found := a.Of("a"); !found || one.Name != "Kari, Fisk" {
			t.Errorf("%s: a is %+v", name, one)
		}
	}
}

func TestFaultsOfAddressesHaveTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"":              "f.csv:1:1: is empty — it begins with the header value,name,emails,language",
		"value,mails\n": `f.csv:1:7: "mails" is no column of addresses — the header is value,name,emails,language`,
		"value,name\n":  "f.csv:1:1: there is no column emails — the header is value,name,emails,language",
		"value,emails\na,a@b.no\n\nb,b@b.no b@@b.no\n":                       `f.csv:4:3: emails: "b@@b.no" is not one plain e-mail address — one address in each place; lists go one to a line`,
		"value;emails\nå;æ@b.no\n":                                           `f.csv:2:3: emails: "æ@b.no" has a local part that is not ASCII — many servers refuse such addresses; use another one`,
		"value,emails\na,a@b.no\na,c@b.no\n":                                 `f.csv:3:1: value: "a" is listed at f.csv:2:1 already — write all addresses into one line, with spaces between them`,
		"value,emails\n,a@b.no\n":                                            "f.csv:2:1: value: has no value — the id that it is split by, as Dintero has it",
		"value,emails,language\na,a@b.no,sv\n":                               `f.csv:2:10: language: "sv" is not a language of reports — no or en; empty: the language of the report`,
		"value,emails\na,a@b.no A@B.no\n":                                    `f.csv:2:3: emails: "A@B.no" stands here twice — keep one of them`,
		"value,emails\na,a@b.no,x\n":                                         "f.csv:2:10: stands beside the columns of the header — quote what holds the character that separates the columns",
		"value,emails\n\"a,a@b.no\n":                                         "f.csv:2:11: cannot be read as CSV: extraneous or missing \" in quoted-field — a text with quotes in it is put in quotes, which are doubled: \"Kari \"\"K\"\" Fisk\"",
		"value,emails\nb\xe6r,a@b.no\n":                                      `f.csv:2:2: is no text in UTF-8: a letter of another encoding stands here — in Excel: save as "CSV UTF-8"`,
		"value,emails\n" + "a" + "," + strings.Repeat("x", 3) + "@b.no,,,\n": "",
	} {
		_, faults := ParseAddresses("f.csv", []byte(text))
		got := faults.Error()
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestSlugsAreKeptAndNeverShared(t *testing.T) {
	n := newNames(map[string]string{"Torsk AS": "torsk-as"})
	for _, c := range [][2]string{
		{"TORSK-AS", "torsk-as-2"}, {"Torsk AS", "torsk-as"}, {"torsk as", "torsk-as-3"}, {"2026-11", "2026-11-2"}, {"2026-w47", "2026-w47-2"}, {"nul", "nul-2"}, {"…", "part"}, {"!", "part-2"},
		{strings.Repeat("x", 80), strings.Repeat("x", 64)}, {strings.Repeat("x", 81), strings.Repeat("x", 62) + "-2"}, {"TORSK-AS", "torsk-as-2"},
	} {
		if got := n.slug(c[0]); got != c[1] {
			t.Errorf("%q: got %s, want %s", c[0], got, c[1])
		}
	}
}

func TestAPartOfAPartNamesTheWhole(t *testing.T) {
	r := reportconfig.Report{ID: "torget", Was: "old", Split: reportconfig.SplitByStore, Data: reportconfig.Transactions{Stores: []string{"s1", "s2"}}, Ping: "https://x"}
	p := report.PartOf(&r, "s1", reportconfig.Part{Value: "s1"})
	if p.ID != "torget.s1" || reportconfig.PartOf(p.ID) != "torget" || p.Was != "" || p.Ping != "" || p.Split != "" || len(r.Data.(reportconfig.Transactions).Stores) != 2 {
		t.Errorf("%+v of %+v", p, r)
	}
	if data := p.Data.(reportconfig.Transactions); len(data.Stores) != 1 || data.Stores[0] != "s1" {
		t.Errorf("%+v", data)
	}
}

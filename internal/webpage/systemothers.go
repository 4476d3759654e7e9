package webpage

import (
	"cmp"
	"slices"
	"strings"

	"rapport/internal/eventhook"
	"rapport/internal/ledger/served"
	"rapport/internal/machines"
	"rapport/internal/text"
)

// A processRow is a process of a machine that shares the ledger.
type processRow struct {
	Machine, Word, Holds string
	Sign                 moment // of life, the last
	Bad                  bool
}

func processRowsOf(v *visit) (rows []processRow, err error) {
	all, err := machines.List(v.Context(), v.account.Ledger, v.account.Config.Account, v.server.Now())
	for _, m := range all {
		for _, p := range m.Processes {
			holds := ""
			for _, one := range []struct {
				word string
				n    int
			}{{"periods", p.Periods}, {"messages", p.Deliveries + p.Sending}, {"alarms", p.Alarms}} {
				if one.n > 0 {
					holds += cmp.Or(map[bool]string{true: ", "}[holds != ""]) + v.words.Count("page.holds."+one.word, int64(one.n))
				}
			}
			rows = append(rows, processRow{cmp.Or(text.PrintableLine(m.Host), m.ID), v.words.Word("page.process." + string(p.State)), holds, v.moment(p.Heartbeat), p.State != machines.Alive})
		}
	}
	return rows, err
}

// A hookRow is who is told over HTTP, and what was answered last.
type hookRow struct {
	Name, Events, Word, Answer string
	Tried                      moment
	Bad                        bool
}

func hookRowsOf(v *visit) (rows []hookRow, err error) {
	if v.account.Config.Web == nil || len(v.account.Config.Web.Hooks) == 0 {
		return nil, nil
	}
	told, err := served.Of(v.account.Ledger).HookDeliveries(v.Context(), v.account.Config.Account, 1000)
	for _, h := range v.account.Config.Web.Hooks {
		row := hookRow{Name: eventhook.Name(h), Word: v.words.Word("page.hook.never")}
		var events []string
		for _, e := range h.Events {
			events = append(events, string(e))
		}
		row.Events = strings.Join(events, " ")
		tried := func(d served.HookDelivery) bool { return d.Hook == row.Name && !d.Tried.IsZero() }
		if i := slices.IndexFunc(told, tried); i >= 0 {
			d := told[i]
			row.Word, row.Answer, row.Tried, row.Bad = v.words.Word("page.hook."+d.State), v.said(d.Answer), v.moment(d.Tried), d.State != served.HookHeard
		}
		rows = append(rows, row)
	}
	return rows, err
}

package sandbox

import (
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const cardsPath = "/accounts/" + account + "/wallets/cards"

func (c *client) cards(query url.Values) []wireGift {
	c.t.Helper()
	q := url.Values{"limit": {"100"}}
	for k, v := range query {
		q[k] = v
	}
	var all []wireGift
	for {
		var page struct {
			Cards []wireGift `json:"cards"`
			After string     `json:"starting_after"`
		}
		c.decode(c.get(cardsPath, q), &page)
		all = append(all, page.Cards...)
		if page.After == "" {
			return all
		}
		q.Set("starting_after", page.After)
	}
}

func (c *client) movements(card string) []wireMovement {
	c.t.Helper()
	var out []wireMovement
	c.decode(c.get(cardsPath+"/"+card+"/transactions", nil), &out)
	return out
}

func TestCardsPageByToken(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	all := c.cards(url.Values{"include_deleted": {"true"}})
	if diff := cmp.Diff(all, c.cards(url.Values{"include_deleted": {"true"}, "limit": {"7"}})); diff != "" || len(all) < 360 {
		t.Errorf("%d cards: %s", len(all), diff)
	}
	left := slices.DeleteFunc(slices.Clone(all), func(w wireGift) bool { return w.DeletedAt != "" })
	if diff := cmp.Diff(left, c.cards(nil)); diff != "" || len(left) == len(all) {
		t.Errorf("%d of %d cards are not deleted: %s", len(left), len(all), diff)
	}
	for _, bad := range []url.Values{{"starting_after": {all[3].CardID}}, {"include_deleted": {"yes"}}, {"limit": {"0"}}} {
		if res, body, _ := c.try(cardsPath, bad); res.StatusCode != 400 {
			t.Errorf("%v: %d %s", bad, res.StatusCode, body)
		}
	}
}

func TestMovementsAddUpToTheCard(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	seen := map[string]int{}
	for _, card := range c.cards(url.Values{"include_deleted": {"true"}}) {
		var funds, drawn, reserved int64
		mine := map[string]int64{}
		for _, m := range c.movements(card.CardID) {
			seen[m.Type]++
			seen[m.Currency]++
			switch m.Type {
			case "fund":
				funds += m.Amount
			case "drawdown":
				drawn += m.Amount
			case "pending_capture":
				reserved += m.Amount
				mine[m.ID] = m.Amount
			}
			if m.ParentID != "" {
				seen[m.Type+" of a reservation"]++
				reserved -= m.Amount
				if mine[m.ParentID] -= m.Amount; mine[m.ParentID] < 0 {
					t.Errorf("%s draws more than reserved", card.CardID)
				}
			}
			if funds-drawn-reserved < 0 || m.Amount <= 0 || m.Currency != card.Currency {
				t.Errorf("%s: %+v", card.CardID, m)
			}
		}
		if funds != card.Funds || drawn != card.Drawdown || reserved != card.Reserved || card.Available != funds-drawn-reserved {
			t.Errorf("%+v: moved %d %d %d", card, funds, drawn, reserved)
		}
	}
	for _, want := range []string{"fund", "drawdown", "pending_capture", "voided", "drawdown of a reservation", "voided of a reservation", "NOK", "SEK", "EUR"} {
		if seen[want] == 0 {
			t.Errorf("no %s", want)
		}
	}
}

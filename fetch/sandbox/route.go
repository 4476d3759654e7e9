package sandbox

import (
	"net/http"
	"strings"
)

// route answers what was asked, as far as authentication lets it.
func (s *Server) route(r *http.Request, faults faultSet) answer {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	notFound := refuse(http.StatusNotFound, "not_found", "Not found: "+r.Method+" "+r.URL.Path)
	if path[0] != "v1" {
		return notFound
	}
	if isToken(r) {
		if r.Method != http.MethodPost {
			return notFound
		}
		if !validAccount(path[2]) {
			return refuse(http.StatusBadRequest, "invalid_account", "Invalid request", `aid: must match ^[PT]\d{8}$`)
		}
		return s.token(r, path[2], faults)
	}
	account, denied, allowed := s.bearer(r)
	if !allowed {
		return denied
	}
	v := view{Shop: s.shop, account: account, now: s.now(), counted: s.kpiCountsUntil(r, faults)}
	rest := path[1:]
	if len(rest) >= 2 && rest[0] == "accounts" {
		if rest[1] != account {
			return refuse(http.StatusForbidden, "forbidden", "The token does not give access to account "+rest[1])
		}
		rest = rest[1:]
		rest[0] = "{aid}"
	}
	if r.Method != http.MethodGet {
		return notFound
	}
	a, found := v.collection(rest, r, faults)
	if !found {
		return notFound
	}
	return s.afterPage(a, faults)
}

// collection is one of the lists, or found is false.
func (v view) collection(path []string, r *http.Request, faults faultSet) (a answer, found bool) {
	switch where := strings.Join(path, "/"); {
	case where == "transactions":
		return v.listTransactions(r, faults), true
	case where == "{aid}/insight/kpi/checkout-transaction-events":
		return v.kpi(r), true
	case where == "{aid}/shopping/orders":
		return v.listOrders(r, faults), true
	case where == "{aid}/settlements":
		return v.listSettlements(r, faults), true
	case len(path) == 5 && path[1] == "settlements" && path[3] == "attachments":
		return v.attachment(path[2], path[4])
	case where == "{aid}/wallets/cards":
		return v.listCards(r, faults), true
	case len(path) == 5 && strings.HasPrefix(where, "{aid}/shopping/orders/"):
		return v.orderOperations(path[3], path[4])
	case len(path) == 5 && strings.HasPrefix(where, "{aid}/wallets/cards/") && path[4] == "transactions":
		return v.cardTransactions(path[3])
	}
	return answer{}, false
}

func isToken(r *http.Request) bool {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return len(path) == 5 && path[1] == "accounts" && path[3] == "auth" && path[4] == "token"
}

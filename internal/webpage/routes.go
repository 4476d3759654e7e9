package webpage

import "rapport/reportconfig"

// A role is what a person may do: each may what the ones before it may.
type role int

const (
	anybody  role = iota // who is not signed in
	viewer               // looks and downloads
	operator             // acts on what was made
	admin                // changes reports, ends sessions
)

// roleOf is a role of the configuration.
func roleOf(r reportconfig.Role) role {
	return map[reportconfig.Role]role{reportconfig.RoleViewer: viewer, reportconfig.RoleOperator: operator, reportconfig.RoleAdmin: admin}[r]
}

// A route is a page or an act, and the least role that it asks for.
type route struct {
	least role
	show  func(*visit) error
}

func (s *Server) routes() map[string]route {
	return map[string]route{
		"GET /{$}":                           {viewer, overview},
		"GET /reports":                       {viewer, reports},
		"GET /deliveries":                    {viewer, deliveries},
		"GET /deliveries/{id}":               {viewer, delivery},
		"GET /deliveries/{id}/{action}":      {operator, confirm},
		"POST /deliveries/{id}/{action}":     {operator, decide},
		"GET /periods/{id}":                  {viewer, period},
		"GET /periods/{id}/files/{position}": {viewer, file},
		"GET /activity":                      {viewer, activity},
		"GET /account":                       {viewer, ownAccount},
		"POST /account/sessions/{id}/end":    {viewer, endSession},
		"GET /sign-in":                       {anybody, signInHelp},
		"POST /sign-in":                      {anybody, signInByPassword},
		"GET /sign-in/{secret}":              {anybody, signInForm},
		"POST /sign-in/{secret}":             {anybody, signIn},
		"POST /sign-out":                     {viewer, signOut},
		"POST /language":                     {viewer, chooseLanguage},
	}
}

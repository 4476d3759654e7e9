package webpage

import "rapport/reportconfig"

// A role says what a person may do; each may all that a smaller one may.
type role int

const (
	anybody  role = iota // who is not signed in
	viewer               // looks and downloads
	operator             // tries, sends again, lets go, makes a period, pauses
	admin                // makes, changes and deletes reports
)

// roleOf is a role of the configuration.
func roleOf(r reportconfig.Role) role {
	return map[reportconfig.Role]role{reportconfig.RoleViewer: viewer, reportconfig.RoleOperator: operator, reportconfig.RoleAdmin: admin}[r]
}

// may tells a template whether the person may do what asks for a role.
func (v *visit) may(name string) bool {
	return v.role >= map[string]role{"viewer": viewer, "operator": operator, "admin": admin}[name]
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
		"GET /reports/new":                   {admin, newReport},
		"POST /reports/new":                  {admin, saveReport},
		"GET /reports/{id}":                  {viewer, reportPage},
		"GET /reports/{id}/edit":             {admin, editReport},
		"POST /reports/{id}/edit":            {admin, saveReport},
		"GET /reports/{id}/copy":             {admin, copyReport},
		"GET /reports/{id}/pause":            {operator, confirmReport},
		"POST /reports/{id}/pause":           {operator, pauseReport},
		"GET /reports/{id}/resume":           {operator, confirmReport},
		"POST /reports/{id}/resume":          {operator, pauseReport},
		"GET /reports/{id}/delete":           {admin, confirmReport},
		"POST /reports/{id}/delete":          {admin, deleteReport},
		"GET /reports/{id}/make":             {operator, choosePeriod},
		"POST /reports/{id}/make":            {operator, makePeriod},
		"GET /reports/{id}/preview":          {operator, previewForm},
		"POST /reports/{id}/preview":         {operator, preview},
		"GET /previews/{key}":                {operator, previewed},
		"GET /previews/{key}/mail":           {operator, previewMail},
		"GET /previews/{key}/files/{name}":   {operator, previewFile},
		"GET /periods/{id}":                  {viewer, period},
		"POST /periods/{id}/resend":          {operator, resendChosen},
		"GET /periods/{id}/evidence":         {admin, evidenceFile},
		"GET /periods/{id}/files/{position}": {viewer, file},
		"GET /deliveries":                    {viewer, deliveries},
		"GET /deliveries/{id}":               {viewer, delivery},
		"GET /deliveries/{id}/message":       {viewer, sentMessage},
		"GET /deliveries/{id}/message/html":  {viewer, sentHTML},
		"GET /deliveries/{id}/message/eml":   {viewer, sentEML},
		"GET /deliveries/{id}/{action}":      {operator, confirm},
		"POST /deliveries/{id}/{action}":     {operator, decide},
		"GET /calendar":                      {viewer, showAgenda},
		"GET /calendar.ics":                  {anybody, calendarFile},
		"GET /activity":                      {viewer, activity},
		"GET /activity/{id}":                 {viewer, act},
		"GET /system":                        {viewer, system},
		"GET /account":                       {viewer, ownAccount},
		"POST /account/choose":               {viewer, chooseAccount},
		"POST /account/sessions/{id}/end":    {viewer, endSession},
		"GET /sign-in":                       {anybody, signInHelp},
		"POST /sign-in":                      {anybody, signInByPassword},
		"GET /sign-in/oidc/{provider}":       {anybody, askProvider},
		"GET /sign-in/{secret}":              {anybody, signInForm},
		"POST /sign-in/{secret}":             {anybody, signIn},
		"POST /sign-out":                     {viewer, signOut},
		"POST /language":                     {viewer, chooseLanguage},
		"POST /keys":                         {viewer, chooseKeys},
		"POST /zone":                         {viewer, chooseZone},
	}
}

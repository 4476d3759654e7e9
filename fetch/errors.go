package fetch

import (
	"errors"
	"net/http"

	"rapport/fetch/internal/apiclient"
)

// StatusError is an answer other than 200.
type StatusError = apiclient.StatusError

// Denied reports whether Dintero said no in a way that asking again cannot mend:
// a wrong secret, a missing scope, an unknown account, a redirect. Any other error
// may be gone at the next run.
func Denied(err error) bool { return apiclient.Denied(err) }

// Unauthorized reports whether Dintero refused our credentials: it will, whatever is
// asked, and an account that knocks on may be locked.
func Unauthorized(err error) bool { return statusOf(err) == http.StatusUnauthorized }

// NoFigures reports whether Dintero does not let us have its figures: the scope or the
// endpoint is missing, and asking again will not mend it.
func NoFigures(err error) bool {
	code := statusOf(err)
	return code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusNotFound
}

// statusOf is the status of the answer that err tells of; 0 where it tells of none.
func statusOf(err error) int {
	var status *StatusError
	if errors.As(err, &status) {
		return status.Code
	}
	return 0
}

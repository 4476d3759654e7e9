package sandbox

import (
	"net/http"
	"strconv"
)

// answer is a response before it is sent.
type answer struct {
	status int
	header map[string]string
	body   []byte
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	for k, v := range a.header {
		h.Set(k, v)
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client has gone; nobody is left to tell
}

// ok is the JSON that is written, with status 200.
func ok(write func(*jsonWriter)) answer {
	var w jsonWriter
	write(&w)
	return answer{status: http.StatusOK, body: w.b}
}

// refuse is Dintero's error body; each cause names a parameter or a field.
func refuse(status int, code, message string, causes ...string) answer {
	var w jsonWriter
	w.object("").object("error").text("code", code)
	if len(causes) > 0 {
		w.list("errors")
		for _, c := range causes {
			w.object("").text("message", c).end()
		}
		w.end()
	}
	return answer{status: status, body: w.text("message", message).end().end().b}
}

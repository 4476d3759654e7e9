package sandbox

import (
	"bytes"
	"encoding/json"
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

func ok(v any) answer { return answer{status: http.StatusOK, body: encode(v)} }

// refuse is Dintero's error body; each cause names a parameter or a field.
func refuse(status int, code, message string, causes ...string) answer {
	type cause struct {
		Message string `json:"message"`
	}
	var body struct {
		Error struct {
			Code    string  `json:"code"`
			Errors  []cause `json:"errors,omitempty"`
			Message string  `json:"message"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.Message = code, message
	for _, c := range causes {
		body.Error.Errors = append(body.Error.Errors, cause{c})
	}
	return answer{status: status, body: encode(body)}
}

// encode writes JSON as a service that is no browser's does: <, > and & as they are.
// What is encoded here are this package's own shapes, so it cannot go wrong.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("sandbox: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

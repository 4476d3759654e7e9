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

func ok(v any) answer { return answer{status: http.StatusOK, body: encode(v)} }

// refuse is Dintero's error body; each cause names a parameter or a field.
func refuse(status int, code, message string, causes ...string) answer {
	var list []object
	for _, c := range causes {
		list = append(list, object{{"message", c}})
	}
	return answer{status: status, body: encode(object{{"error", object{{"code", code}, {"errors", list}, {"message", message}}}})}
}

package insight

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

// A Refusal says why a report could not be kept, as the API says it. What is no Refusal is a fault of ours.
type Refusal struct {
	Code, Message string
	Faults        []Fault
}

// A Fault is what is wrong with one part of a report.
type Fault = fault

func (r *Refusal) Error() string { return r.Message }

// SaveReport keeps a report that a person gives: a new one where id is empty, else another body
// of the one of the id. It is held against all that a request of the API is held against.
func (s *Server) SaveReport(r *http.Request, account, id string, body []byte, by served.Actor) (saved string, err error) {
	do := createConfiguration
	if id != "" {
		do = replaceConfiguration
	}
	answer, err := s.asPerson(r, account, id, body, by, do)
	if err != nil {
		return "", err
	}
	var kept struct {
		ID string `json:"id"`
	}
	err = json.Unmarshal(answer, &kept)
	return kept.ID, err
}

// ReadReport reads a report that a person gives, with all its faults, and keeps nothing. Id is
// that of the one whose place it takes; empty: of none.
func (s *Server) ReadReport(r *http.Request, account, id string, body []byte, by served.Actor) (read reportconfig.Report, err error) {
	_, err = s.asPerson(r, account, id, body, by, func(q *request) (any, error) {
		e, _, err := q.entry(id)
		read = e.Report
		return nil, err
	})
	return read, err
}

// DeleteReport ends a report.
func (s *Server) DeleteReport(r *http.Request, account, id string, by served.Actor) error {
	_, err := s.asPerson(r, account, id, nil, by, deleteConfiguration)
	return err
}

// asPerson does an operation of the API in the name of a person.
func (s *Server) asPerson(r *http.Request, account, id string, body []byte, by served.Actor, do func(*request) (any, error)) ([]byte, error) {
	inner := r.Clone(r.Context())
	inner.Header = http.Header{"Content-Type": {"application/json"}}
	inner.Body = http.NoBody
	if body != nil {
		inner.Body = io.NopCloser(bytes.NewReader(body))
	}
	inner.SetPathValue("id", id)
	q := &request{Request: inner, server: s, header: http.Header{}, writer: noAnswer{}, id: "page", account: s.accounts[account], client: by.Name, person: &by}
	if q.account == nil {
		return nil, errors.New("there is no account " + account)
	}
	answer, err := do(q)
	var f *failure
	if errors.As(err, &f) {
		return nil, &Refusal{Code: f.code, Message: f.message, Faults: f.faults}
	}
	written, _ := answer.([]byte)
	return written, err
}

// noAnswer is where an answer goes that nobody reads.
type noAnswer struct{}

func (noAnswer) Header() http.Header         { return http.Header{} }
func (noAnswer) Write(p []byte) (int, error) { return len(p), nil }
func (noAnswer) WriteHeader(int)             {}

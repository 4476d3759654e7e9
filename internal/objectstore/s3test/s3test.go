// Package s3test is an S3 store in this process that speaks the real protocol over HTTP: it
// checks signatures and checksums, and refuses what Amazon's would. Faults are asked for. Nothing
// outside of tests imports it.
package s3test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// What a client has to say.
const (
	AccessKey = "AKIATEST"
	SecretKey = "a/secret+key"
	Bucket    = "rapport-test"
)

// A Store is one bucket.
type Store struct {
	URL string
	t   testing.TB

	mu      sync.Mutex
	objects map[string]object
	fault   func(r *http.Request) Fault
	log     []string  // "PUT key", of what was asked for
	newest  time.Time // as the last client had it
}

type object struct {
	data    []byte
	changed time.Time
}

// A Fault is what a request meets.
type Fault int

// The faults.
const (
	None      Fault = iota
	Failing         // 500, and nothing is done
	Cut             // it is done, and the answer breaks off
	LostPut         // it is done, and the answer is 500
	WrongETag       // the ETag is another
	Changed         // other bytes are answered than were put
	Slow            // it is not answered until the client gives up
)

// New starts a store that ends with the test.
func New(t testing.TB) *Store {
	s := &Store{t: t, objects: map[string]object{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Fail has each request that is asked about meet a fault; nil: none does.
func (s *Store) Fail(fault func(r *http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Keys are those of all objects, sorted.
func (s *Store) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

// Object is what is under a key.
func (s *Store) Object(key string) (data []byte, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, found := s.objects[key]
	return o.data, found
}

// Set puts an object, or with nil deletes it.
func (s *Store) Set(key string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data == nil {
		delete(s.objects, key)
		return
	}
	s.objects[key] = object{data, s.newest}
}

// Asked are the requests so far, and forgets them.
func (s *Store) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.log
	s.log = nil
	return asked
}

func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if why := refusal(r, body); why != "" {
		s.t.Errorf("%s %s: %s", r.Method, r.URL, why)
		refuse(w, http.StatusForbidden, "SignatureDoesNotMatch")
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != Bucket {
		refuse(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newest, _ = time.Parse(stamp, r.Header.Get("X-Amz-Date")) // it was signed
	s.log = append(s.log, strings.TrimSpace(r.Method+" "+key))
	fault := None
	if s.fault != nil {
		fault = s.fault(r)
	}
	if fault == Slow {
		s.mu.Unlock()
		<-r.Context().Done()
		s.mu.Lock()
		return
	}
	if fault == Failing {
		refuse(w, http.StatusInternalServerError, "InternalError")
		return
	}
	if fault == Cut || fault == LostPut {
		s.answer(httptest.NewRecorder(), r, key, body, fault)
		if fault == LostPut {
			refuse(w, http.StatusInternalServerError, "InternalError")
			return
		}
		w.Header().Set("Content-Length", "1000000")
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte("half"))
		panic(http.ErrAbortHandler)
	}
	s.answer(w, r, key, body, fault)
}

func (s *Store) answer(w http.ResponseWriter, r *http.Request, key string, body []byte, fault Fault) {
	o, found := s.objects[key]
	switch {
	case r.Method == http.MethodPut && r.Header.Get("If-None-Match") == "*" && found:
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
	case r.Method == http.MethodPut:
		s.objects[key] = object{body, s.newest}
		setETag(w, body, fault)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && key == "":
		s.list(w, r)
	case r.Method == http.MethodGet && !found:
		refuse(w, http.StatusNotFound, "NoSuchKey")
	case r.Method == http.MethodGet:
		if fault == Changed {
			o.data = bytes.ToUpper(slices.Clone(o.data))
		}
		setETag(w, o.data, fault)
		w.Header().Set("Content-Length", strconv.Itoa(len(o.data)))
		_, _ = w.Write(o.data)
	default:
		refuse(w, http.StatusNotImplemented, "NotImplemented")
	}
}

func setETag(w http.ResponseWriter, data []byte, fault Fault) {
	sum := md5.Sum(data)
	if fault == WrongETag {
		sum[0]++
	}
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
}

// stamp is how requests say when they were signed.
const stamp = "20060102T150405Z"

// pageSize is small, so that pages are met.
const pageSize = 3

func (s *Store) list(w http.ResponseWriter, r *http.Request) {
	type content struct {
		Key          string
		LastModified string
		Size         int
	}
	type result struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []content
	}
	var all result
	query := r.URL.Query()
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		if !strings.HasPrefix(key, query.Get("prefix")) || key <= query.Get("continuation-token") {
			continue
		}
		if len(all.Contents) == pageSize {
			all.IsTruncated, all.NextContinuationToken = true, all.Contents[pageSize-1].Key
			break
		}
		all.Contents = append(all.Contents, content{key, s.objects[key].changed.UTC().Format("2006-01-02T15:04:05.000Z"), len(s.objects[key].data)})
	}
	_ = xml.NewEncoder(w).Encode(all)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>as the test wants it</Message></Error>", code)
}

// refusal says why a request is not one that the holder of the key has signed; "": it is.
func refusal(r *http.Request, body []byte) string {
	sum := sha256.Sum256(body)
	if hash := r.Header.Get("X-Amz-Content-Sha256"); hash != hex.EncodeToString(sum[:]) {
		return "x-amz-content-sha256 is " + hash
	}
	if r.Method == http.MethodPut && r.Header.Get("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum[:]) {
		return "x-amz-checksum-sha256 is " + r.Header.Get("X-Amz-Checksum-Sha256")
	}
	given := r.Header.Get("Authorization")
	_, credential, _ := strings.Cut(given, "Credential=")
	credential, _, _ = strings.Cut(credential, ",")
	_, headers, _ := strings.Cut(given, "SignedHeaders=")
	headers, _, _ = strings.Cut(headers, ",")
	scope := strings.Split(credential, "/")
	at, err := time.Parse(stamp, r.Header.Get("X-Amz-Date"))
	if len(scope) != 5 || scope[0] != AccessKey || scope[3] != "s3" || err != nil {
		return "is not signed: " + given
	}
	again, err := http.NewRequest(r.Method, "http://"+r.Host+r.URL.RequestURI(), nil)
	if err != nil {
		return err.Error()
	}
	for _, name := range strings.Split(headers, ";") {
		if values := r.Header.Values(name); values != nil {
			again.Header[http.CanonicalHeaderKey(name)] = values
		}
		if name == "content-length" {
			again.ContentLength = r.ContentLength
		}
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	err = signer.SignHTTP(context.Background(), aws.Credentials{AccessKeyID: AccessKey, SecretAccessKey: SecretKey}, again, r.Header.Get("X-Amz-Content-Sha256"), "s3", scope[2], at)
	if err != nil {
		return err.Error()
	}
	if wanted := again.Header.Get("Authorization"); wanted != given {
		return "signed " + given + ", wanted " + wanted
	}
	return ""
}

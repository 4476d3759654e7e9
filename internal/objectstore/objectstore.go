// Package objectstore keeps the archive's files as objects of an S3-compatible store. Each goes
// with its SHA-256, so that the store refuses what was changed on the way. It refuses to take a
// bucket that is not there for a file that is not.
package objectstore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"rapport/internal/archive"
	"rapport/reportconfig"
)

// A Bucket is the part of one that an archive has.
type Bucket struct {
	client          *s3.Client
	address         string
	bucket, keysFor string // keysFor: a prefix, with a slash at its end if there is one
}

// How long a store is waited for. One that stays away makes a report wait, and is asked again.
const (
	tries         = 3
	mostBackoff   = 2 * time.Second
	answerWithin  = 30 * time.Second
	doneWithin    = 10 * time.Minute // one file, on a slow way
	defaultRegion = "us-east-1"
)

// A Reader reads a secret anew.
type Reader func(reportconfig.Secret) (string, error)

// Open gives the bucket of a configuration; it asks the store nothing.
func Open(ctx context.Context, c *reportconfig.ObjectStore, read Reader) (*Bucket, error) {
	var loaded aws.Config
	if c.AccessKey.IsZero() {
		var err error
		if loaded, err = awsconfig.LoadDefaultConfig(ctx); err != nil {
			return nil, fmt.Errorf("the keys of this machine: %w", err)
		}
	} else {
		loaded.Credentials = keys{c, read}
		if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
			return nil, err
		}
	}
	if c.Region != "" {
		loaded.Region = c.Region
	}
	if loaded.Region == "" {
		loaded.Region = defaultRegion
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = answerWithin
	client := s3.NewFromConfig(loaded, func(o *s3.Options) {
		o.HTTPClient = &http.Client{Transport: transport, Timeout: doneWithin}
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = tries, mostBackoff })
		o.RequestChecksumCalculation, o.ResponseChecksumValidation = aws.RequestChecksumCalculationWhenRequired, aws.ResponseChecksumValidationWhenRequired
		if c.Endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = &c.Endpoint, true
		}
	})
	b := &Bucket{client: client, address: c.String(), bucket: c.Bucket}
	if c.Prefix != "" {
		b.keysFor = c.Prefix + "/"
	}
	return b, nil
}

// Archive is that of a store. What this machine has of it is in a directory that is kept, or of
// which nothing is left after the process.
func Archive(ctx context.Context, c *reportconfig.ObjectStore, cache string, read Reader) (a archive.Archive, err error) {
	b, err := Open(ctx, c, read)
	if err != nil {
		return a, err
	}
	a = archive.Archive{Objects: b, Dir: archive.TemporaryDir(), Temporary: true}
	if cache, _, _ = strings.Cut(cache, ":"); cache != "" { // as systemd gives it
		name := sha256.Sum256([]byte(b.address))
		a.Dir, a.Temporary = filepath.Join(cache, hex.EncodeToString(name[:8])), false
	}
	return a, nil
}

// keys are read anew for each call, so that rotated ones are found.
type keys struct {
	config *reportconfig.ObjectStore
	read   Reader
}

// Retrieve implements aws.CredentialsProvider.
func (k keys) Retrieve(context.Context) (c aws.Credentials, err error) {
	c.Source = "archive.s3"
	if c.AccessKeyID, err = k.read(k.config.AccessKey); err != nil {
		return c, fmt.Errorf("access_key: %w", err)
	}
	if c.SecretAccessKey, err = k.read(k.config.SecretKey); err != nil {
		return c, fmt.Errorf("secret_key: %w", err)
	}
	return c, nil
}

func (b *Bucket) String() string { return b.address }

func (b *Bucket) key(key string) *string { return aws.String(b.keysFor + key) }

// Put puts a file of a SHA-256, in hex, under a key. A key of an attempt is put once where the
// store knows how; who comes second has the same bytes, or made them anew under its own claim. So
// is the archive's marker, but one that is there stays.
func (b *Bucket) Put(ctx context.Context, key, file, sha256 string) error {
	sum, err := hex.DecodeString(sha256)
	if err != nil {
		return err
	}
	once := key == archive.Marker || strings.Contains(key, "/"+archive.MadeDir+"/")
	err = b.put(ctx, key, file, sum, once)
	var answer smithy.APIError
	if once && errors.As(err, &answer) {
		switch code := answer.ErrorCode(); code {
		case "PreconditionFailed", "ConditionalRequestConflict", "NotImplemented", "InvalidArgument":
			if key == archive.Marker && (code == "PreconditionFailed" || code == "ConditionalRequestConflict") {
				return nil
			}
			return b.put(ctx, key, file, sum, false)
		}
	}
	return err
}

func (b *Bucket) put(ctx context.Context, key, file string, sum []byte, once bool) (err error) {
	body, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	in := &s3.PutObjectInput{Bucket: &b.bucket, Key: b.key(key), Body: body, ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(sum))}
	if once {
		in.IfNoneMatch = aws.String("*")
	}
	out, err := b.client.PutObject(ctx, in)
	if err == nil && out.ChecksumSHA256 != nil && *out.ChecksumSHA256 != *in.ChecksumSHA256 {
		err = errors.New("the store has other bytes than were sent")
	}
	return err
}

// Open opens an object; one that is not there is fs.ErrNotExist.
func (b *Bucket) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: b.key(key)})
	var answer smithy.APIError
	if errors.As(err, &answer) && (answer.ErrorCode() == "NoSuchKey" || answer.ErrorCode() == "NotFound") {
		return nil, &fs.PathError{Op: "get", Path: b.address + key, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

// Delete deletes an object; one that is not there is no error.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: b.key(key)})
	return err
}

// List lists the objects under a prefix.
func (b *Bucket) List(ctx context.Context, prefix string) (all []archive.Object, err error) {
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.bucket, Prefix: b.key(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			all = append(all, archive.Object{Key: strings.TrimPrefix(aws.ToString(o.Key), b.keysFor), Changed: aws.ToTime(o.LastModified)})
		}
	}
	return all, nil
}

// Try puts, reads and deletes a marker, for whoever wants to know whether the store can be used.
func (b *Bucket) Try(ctx context.Context, name string) (err error) {
	file, err := os.CreateTemp("", "rapport-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	_, err = file.WriteString(name)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	f, err := archive.Sum(file.Name())
	key := path.Join(".rapport-check", name)
	if err == nil {
		err = b.Put(ctx, key, file.Name(), f)
	}
	if err != nil {
		return fmt.Errorf("put: %w", err)
	}
	body, err := b.Open(ctx, key)
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	found, err := io.ReadAll(io.LimitReader(body, 1<<10))
	if err = errors.Join(err, body.Close()); err == nil && string(found) != name {
		err = errors.New("other bytes than were put")
	}
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	if err := b.Delete(ctx, key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

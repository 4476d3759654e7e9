package settlement

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"rapport/internal/money"
)

// RecordFile is what a record is called beside the files of its report.
const RecordFile = ".settlements.json.gz"

// recordVersion is that of what Pack writes; one of version 1 has what was counted, in the order of
// time, as a member of its JSON.
const recordVersion = 2

// A Record is what a report that was made leaves for the next: its bridge, the settlements
// that it told of, and the movements that it counted.
type Record struct {
	Version  int       `json:"version"`
	Account  string    `json:"account,omitempty"` // "" in one of an older version
	Report   string    `json:"report"`
	Name     string    `json:"name"` // of the period
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Previous time.Time `json:"previous,omitzero"` // end of the period whose bridge this one goes on from; zero: its opening was computed
	Since    time.Time `json:"since"`             // when the first of these bridges began
	Filter   string    `json:"filter,omitempty"`  // sellers and providers that the report is cut to

	Lines       []Line      `json:"lines"`
	Settlements []Told      `json:"settlements,omitempty"`
	Keys        []LineKey   `json:"keys,omitempty"`      // that what was counted and Unsettled point into
	Unsettled   []DayAmount `json:"unsettled,omitempty"` // what was not settled, by the day of its movement
	SettledBy   []SettledBy `json:"settled_by,omitempty"`
	LastNumber  int         `json:"last_number,omitempty"` // of the report's vouchers so far

	// What it has counted, sorted by hash, see appendCounted.
	spooled *io.SectionReader // nil: nothing, or not yet in a history's spool
	packed  io.Reader         // nil: it was read
}

// countedBytes reads what the record has counted from its beginning.
func (r *Record) countedBytes() io.Reader {
	if r.spooled == nil {
		return bytes.NewReader(nil)
	}
	return io.NewSectionReader(r.spooled, 0, r.spooled.Size())
}

// Standing says what has become of a settlement.
type Standing string

// The standings of a settlement that a report has told of.
const (
	Paid      Standing = "paid"
	Postponed Standing = "postponed"
	Before    Standing = "before" // settled before the first bridge began: no report has it
)

// Told is a settlement in one currency as a report has told of it, minor units.
type Told struct {
	Key
	Standing  Standing  `json:"standing"`
	Day       time.Time `json:"day"`
	Seller    string    `json:"seller,omitempty"`
	Provider  string    `json:"provider,omitempty"`
	Reference string    `json:"reference,omitempty"`
	Amount    int64     `json:"amount"`
	Capture   int64     `json:"capture"`
	Refund    int64     `json:"refund"`
	Fee       int64     `json:"fee"`
	Voucher   int       `json:"voucher,omitempty"`  // its number; 0: none
	Returned  bool      `json:"returned,omitempty"` // it was told that it is postponed again after it was paid
}

func (t *Told) line() LineKey { return LineKey{t.Currency, t.Seller, t.Provider} }

func (t *Told) gross() (int64, error) { return money.Sub(t.Capture, t.Refund) }

// DayAmount is what of a line was captured or refunded on a day and is not settled.
type DayAmount struct {
	Line   int       `json:"line"` // in Keys
	Day    time.Time `json:"day"`  // midnight in UTC
	Amount int64     `json:"amount"`
}

// SettledBy is who last settled a product for a seller.
type SettledBy struct {
	Seller   string    `json:"seller,omitempty"`
	Product  string    `json:"product"`
	Provider string    `json:"provider"`
	Day      time.Time `json:"day"`
}

// Note notes which of the settlements that the report told of it has booked.
func (r *Record) Note(vouchers []Voucher) {
	for _, v := range vouchers {
		r.LastNumber = max(r.LastNumber, v.Number)
		for i := range r.Settlements {
			if r.Settlements[i].Key == v.Key {
				r.Settlements[i].Voucher = v.Number
			}
		}
	}
}

// Pack is the record as it is kept, the same bytes for the same record: its JSON, a line, and what it
// has counted.
func (r *Record) Pack() ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if err := json.NewEncoder(zip).Encode(r); err != nil {
		return nil, err
	}
	if _, err := io.Copy(zip, r.countedBytes()); err != nil {
		return nil, fmt.Errorf("read what was counted: %w", err)
	}
	err := zip.Close()
	return out.Bytes(), err
}

// maxRecord is how many bytes the JSON of a record has at most.
const maxRecord = 1 << 30

// UnpackRecord reads what Pack wrote, but for what the record has counted: the history that it is
// added to reads that. One of another version is refused.
func UnpackRecord(data []byte) (*Record, error) {
	r, err := unpack(data)
	if err != nil {
		return nil, fmt.Errorf("record of settlements: %w", err)
	}
	return r, nil
}

func unpack(data []byte) (*Record, error) {
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	packed := bufio.NewReader(zip)
	line, err := readLine(packed, maxRecord)
	if err != nil {
		return nil, err
	}
	var read struct {
		Record
		First []byte `json:"counted"` // of version 1
	}
	if err := json.Unmarshal(line, &read); err != nil {
		return nil, err
	}
	r := &read.Record
	switch r.Version {
	case recordVersion:
		r.packed = packed
	case 1:
		sorted, err := sortCounted(read.First, r.Keys)
		if err != nil {
			return nil, err
		}
		r.packed = bytes.NewReader(sorted)
		if _, err := io.Copy(io.Discard, packed); err != nil { // its checksum comes last
			return nil, err
		}
		r.Version = recordVersion
	default:
		return nil, fmt.Errorf("it is of version %d, not %d", r.Version, recordVersion)
	}
	if !r.From.Before(r.To) {
		return nil, errors.New("it is of no period")
	}
	return r, nil
}

// readLine reads the first line, of so many bytes at most.
func readLine(from *bufio.Reader, most int) (line []byte, err error) {
	for {
		part, err := from.ReadSlice('\n')
		if line = append(line, part...); len(line) > most {
			return nil, errors.New("it is too long")
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

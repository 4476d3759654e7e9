package series

import "strings"

// An Order is one in which links are read.
type Order struct{ columns []string }

// ByPosition goes through each series as it was made.
func ByPosition() Order { return Order{[]string{"series", "position"}} }

// ByTime goes through each series by the calendar.
func ByTime() Order { return Order{[]string{"series", "from_at", "to_at", "position"}} }

// ByDirectory goes through the archive.
func ByDirectory() Order { return Order{[]string{"dir", "series", "position"}} }

// place is where a link stands in an order.
func (o Order) place(l Link) (values []any) {
	for _, c := range o.columns {
		values = append(values, map[string]any{"series": l.Series, "position": l.Position, "from_at": l.From, "to_at": l.To, "dir": l.Dir}[c])
	}
	return values
}

// Page reads some links of an account behind one, nil for the first, and none when there are no more.
func (o Order) Page(tx Tx, account string, after *Link) (page []Link, faults map[int]error, err error) {
	where, args := ` WHERE account = ?`, []any{account}
	if after != nil {
		where += ` AND (` + strings.Join(o.columns, ", ") + `) > (?` + strings.Repeat(", ?", len(o.columns)-1) + `)`
		args = append(args, o.place(*after)...)
	}
	return read(tx, where+` ORDER BY `+strings.Join(o.columns, ", ")+` LIMIT ?`, append(args, pageSize)...)
}

// OfPeriod are the links of a period of the ledger, the oldest first.
func OfPeriod(tx Tx, periodID int64) (links []Link, faults map[int]error, err error) {
	return read(tx, ` WHERE period_id = ? ORDER BY edition, position`, periodID)
}

// read reads links, and says which of them are not what was written.
func read(tx Tx, where string, args ...any) (links []Link, faults map[int]error, err error) {
	faults = map[int]error{}
	err = tx.Each(func(columns func(dest ...any) error) error {
		l, files, sum, err := scanLink(columns)
		if err != nil {
			return err
		}
		var fault error
		if l.Files, fault = decodeFiles(files); fault == nil {
			fault = l.verify(files, sum)
		}
		if fault != nil {
			faults[len(links)] = fault
		}
		links = append(links, l)
		return nil
	}, selectLinks+where, args...)
	return links, faults, err
}

// Heads are those of an account's series.
func Heads(tx Tx, account string) (heads []Head, faults map[string]error, err error) {
	faults = map[string]error{}
	err = tx.Each(func(columns func(dest ...any) error) error {
		h, fault := scanHead(columns)
		if h.Series == "" {
			return fault
		}
		if fault != nil {
			faults[h.Series] = fault
		}
		heads = append(heads, h)
		return nil
	}, selectHeads+` WHERE account = ? ORDER BY series`, account)
	return heads, faults, err
}

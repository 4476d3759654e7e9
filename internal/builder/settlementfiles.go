package builder

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"rapport/fetch"
	"rapport/internal/archive"
	"rapport/internal/content"
	"rapport/internal/settlement"
	"rapport/internal/statement"
	"rapport/render"
	"rapport/reportconfig"
)

// attachmentSource is what a SettlementSource may have besides: the files of settlements.
type attachmentSource interface {
	Attachment(ctx context.Context, settlement, attachment string) ([]byte, error)
}

// attachment is a file of a settlement that goes along.
type attachment = archive.File

// forwardAttachments writes the files of a report's settlements, as they are, if it is to forward
// them. One that cannot be had is named; one that could not be read now makes the report wait.
func (r settlementBuilder) forwardAttachments(ctx context.Context, b *build, base string) error {
	if b.settled == nil || !b.job.Report.Attachments {
		return nil
	}
	source, ok := r.Source.(attachmentSource)
	seen := map[string]bool{}
	for i := range b.settled.outcome.Rows {
		row := &b.settled.outcome.Rows[i]
		if seen[row.ID] { // in another currency
			continue
		}
		seen[row.ID] = true
		for n, a := range row.Attachments {
			name := fmt.Sprintf("%s_%s_%d.%s", base, settlement.SafeName(row.ID), n+1, settlement.FileEnding(a.Extension))
			var data []byte
			err := fmt.Errorf("the source has no files of settlements")
			if ok {
				data, err = source.Attachment(ctx, row.ID, a.ID)
			}
			if err != nil && ok && !fetch.NoAttachment(err) {
				return err
			}
			if err != nil {
				b.figures.Settlements.NotForwarded = append(b.figures.Settlements.NotForwarded, statement.NotForwarded{Settlement: row.ID, Name: a.Key, Why: err.Error()})
				continue
			}
			file, err := archive.Write(name, settlement.AttachmentType(a.ContentType), func(w io.Writer) (int64, error) {
				_, err := w.Write(data)
				return 0, err
			})
			if err != nil {
				return err
			}
			b.settled.forward = append(b.settled.forward, file)
		}
	}
	return nil
}

// writeSettlementFiles writes what lies beside the CSV of a report of settlements: the bridge, the
// vouchers, the files of the settlements, and last what the next report goes on from.
func (r settlementBuilder) writeSettlementFiles(b *build, base string) error {
	s := b.settled
	if s == nil {
		return nil
	}
	bridge, err := b.writeBridge(base + "_bridge.csv")
	if err != nil {
		return err
	}
	b.files = append(b.files, bridge)
	if len(s.booking.Vouchers) > 0 {
		voucher, err := r.writeVouchers(b, base)
		if err != nil {
			return err
		}
		b.files = append(b.files, voucher)
	}
	b.files = append(b.files, s.forward...)
	if b.trial {
		return nil
	}
	record, err := archive.Write(filepath.Join(b.dir, settlement.RecordFile), "application/gzip", func(w io.Writer) (int64, error) {
		_, err := w.Write(s.packed)
		return 0, err
	})
	b.files = append(b.files, record)
	return err
}

// writeBridge writes the bridge as the report's CSV is written.
func (b *build) writeBridge(path string) (archive.File, error) {
	return archive.Write(path, string(reportconfig.CSV), func(w io.Writer) (int64, error) {
		var columns []content.Column
		for _, key := range statement.BridgeColumns() {
			columns = append(columns, content.Column{Title: b.csvWords.Word("column." + key), Kind: content.Money})
		}
		form := render.LocalCSV(columns, b.csvWords)
		if b.job.Report.MachineCSV {
			var err error
			if form, err = render.MachineCSV(columns); err != nil {
				return 0, err
			}
		}
		out, err := form.AppendHead(nil)
		if err != nil {
			return 0, err
		}
		for _, l := range b.settled.outcome.Lines {
			cells := []content.Value{content.TextOf(string(l.Currency)), content.TextOf(l.Seller), content.TextOf(l.Provider)}
			for _, minor := range statement.BridgeFigures(l) {
				cells = append(cells, content.MoneyOf(minor, l.Currency))
			}
			if out, err = form.AppendRow(out, cells); err != nil {
				return 0, err
			}
		}
		_, err = w.Write(out)
		return int64(len(b.settled.outcome.Lines)), err
	})
}

// writeVouchers writes the file that an accounting system imports.
func (r settlementBuilder) writeVouchers(b *build, base string) (archive.File, error) {
	format := settlement.Formats()[b.settled.booking.Format]
	company := r.Account.Organization.Name
	if company == "" {
		company = r.Account.ID
	}
	data, err := format.Write(b.settled.booking.Vouchers, settlement.About{Company: company, Created: b.now.In(r.Account.Location), Rules: b.settled.rules})
	if err != nil {
		return archive.File{}, err
	}
	contentType := "text/plain"
	if format.Ending == "csv" {
		contentType = string(reportconfig.CSV)
	}
	return archive.Write(base+"_voucher."+format.Ending, contentType, func(w io.Writer) (int64, error) {
		_, err := w.Write(data)
		return int64(len(b.settled.booking.Vouchers)), err
	})
}

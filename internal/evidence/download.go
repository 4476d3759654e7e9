package evidence

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
)

// Serve answers a request with the ZIP of a report, whole or not at all: it is written to a file of
// its own first. Noted is called when it is there, and before a byte of it leaves. An error means
// that nothing was answered yet.
func Serve(w http.ResponseWriter, r *http.Request, of Request, noted func() error) (err error) {
	file, err := os.CreateTemp("", "rapport-evidence-")
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	defer func() {
		_ = errors.Join(file.Close(), os.Remove(file.Name())) // it was answered; what is left is the system's to remove
	}()
	if err := Write(r.Context(), file, of); err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = noted()
	}
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": FileName(of.Report, of.Period)}))
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

package archive

import (
	"cmp"
	"context"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// waitingWithin is how long a store is asked what waits there: it is for a note alone.
const waitingWithin = 30 * time.Second

// Waiting is the directory of those whose messages wait in a period's place, relative to that;
// "": none does. Of a store that does not say it is what this machine has.
func (a Archive) Waiting(period string) (dir string, messages int) {
	if a.Objects != nil {
		ctx, cancel := context.WithTimeout(context.Background(), waitingWithin)
		defer cancel()
		if objects, err := a.Objects.List(ctx, path.Join(period, MadeDir)+"/"); err == nil {
			for _, o := range objects {
				if strings.HasSuffix(o.Key, MessageSuffix) {
					dir, messages = MadeDir, messages+1
				}
			}
			return dir, messages
		}
	}
	made := filepath.Join(a.Path(period), MadeDir)
	for _, attempt := range entriesOf(made) {
		if n := messagesIn(filepath.Join(made, attempt.Name())); n > 0 {
			dir, messages = MadeDir, messages+n
		}
	}
	if n := messagesIn(filepath.Join(a.Path(period), outgoingDir)); n > 0 {
		dir, messages = cmp.Or(dir, path.Dir(outgoingDir)), messages+n
	}
	return dir, messages
}

// messagesIn counts those in a directory.
func messagesIn(dir string) (n int) {
	for _, e := range entriesOf(dir) {
		if strings.HasSuffix(e.Name(), MessageSuffix) {
			n++
		}
	}
	return n
}

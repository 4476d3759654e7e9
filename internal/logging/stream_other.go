//go:build !unix

package logging

import "os"

// streamOf says that there is no journal here.
func streamOf(*os.File) (stream string, ok bool) { return "", false }

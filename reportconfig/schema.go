package reportconfig

import _ "embed"

//go:embed schema.json
var schema string

// Schema is the JSON Schema (2020-12) of the file, for editors. What it cannot say, Load still checks: that IDs are
// unique, that a zone exists, what an included file holds.
func Schema() []byte { return []byte(schema) }

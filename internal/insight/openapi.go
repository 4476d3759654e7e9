package insight

import _ "embed"

// OpenAPI describes all that is answered, as an OpenAPI 3.1 document.
//
//go:embed openapi.json
var OpenAPI []byte

// describe is GET /v1/openapi.json.
func describe(*request) (any, error) { return OpenAPI, nil }

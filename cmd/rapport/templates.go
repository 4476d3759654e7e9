package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"rapport/mail"
	"rapport/reportconfig"
)

// templates are the user's own; nil without any.
func (p *program) templates(config *reportconfig.Config) (*mail.Templates, error) {
	if config.Templates == "" {
		return nil, nil
	}
	look, err := mail.LoadTemplates(config.Templates)
	if err != nil {
		prefix := config.Path + ": templates: " // both files may be at fault, each on a line
		return nil, errors.New(prefix + strings.ReplaceAll(err.Error(), "\n", "\n"+prefix))
	}
	for _, name := range look.Unknown {
		fmt.Fprintf(p.stderr, "rapport: warning: %s: templates: %s is not used — body.txt.tmpl and body.html.tmpl are\n",
			config.Path, filepath.Join(config.Templates, name))
	}
	return look, nil
}

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"rapport/reportconfig"
)

// secrets come from the environment, from files and from systemd's credentials.
type secrets struct {
	getenv func(string) string
}

// reader gives a function that reads the secret anew on each call, so that a rotated one is
// found.
func (s secrets) reader(secret reportconfig.Secret) func() (string, error) {
	return func() (string, error) {
		path := secret.File
		switch {
		case secret.Env != "":
			if value := s.getenv(secret.Env); value != "" {
				return value, nil
			}
			return "", fmt.Errorf("the environment variable %s is not set", secret.Env)
		case secret.Credential != "":
			dir := s.getenv("CREDENTIALS_DIRECTORY")
			if dir == "" {
				return "", fmt.Errorf("credential %s: $CREDENTIALS_DIRECTORY is not set — is LoadCredential=%s in the unit?", secret.Credential, secret.Credential)
			}
			path = filepath.Join(dir, secret.Credential)
		}
		return readSecretFile(path)
	}
}

// readSecretFile gives a file's text without its line end.
func readSecretFile(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if value == "" || len(value) > 64<<10 {
		return "", fmt.Errorf("%s: holds no secret", path)
	}
	return value, nil
}

// readableSecrets warns of each secret's file that others than its owner can read.
func readableSecrets(config *reportconfig.Config) (warnings []string) {
	var files []string
	if d := config.Source.Dintero; d != nil {
		files = append(files, d.ClientSecret.File)
	}
	if s := config.Mail.SMTP; s != nil {
		files = append(files, s.Password.File)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if f == "" || err != nil || info.Mode().Perm()&fs.FileMode(0o077) == 0 {
			continue
		}
		warnings = append(warnings, fmt.Sprintf("%s: others can read this secret — chmod 600 %s", f, f))
	}
	return warnings
}

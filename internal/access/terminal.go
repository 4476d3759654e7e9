package access

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

const mostTyped = 64 << 10 // bytes of a password

// ReadPassword asks twice on a terminal, and reads one line elsewhere.
func ReadPassword(in io.Reader, prompts io.Writer) (string, error) {
	file, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		text, err := io.ReadAll(io.LimitReader(in, mostTyped))
		return string(text), err
	}
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Once more: "} {
		fmt.Fprint(prompts, prompt)
		text, err := term.ReadPassword(int(file.Fd()))
		fmt.Fprintln(prompts)
		if err != nil {
			return "", err
		}
		typed[i] = string(text)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the two are not the same")
	}
	return typed[0], nil
}

package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// emptyFlag refuses a flag that was given and says nothing. Most often it is a variable of the shell that is not set, and
// to run without the flag would be another run than was asked for.
func emptyFlag(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		said := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			said = list.GetSlice()
		}
		if err == nil && slices.Contains(said, "") {
			err = usage("--%s: is empty — give it a value or leave it out; is a variable of the shell not set?", f.Name)
		}
	})
	return err
}

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

// refuseUnknownTopics makes wrong use of what cobra answers with a list: help of no command, completion of no shell.
func refuseUnknownTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(cmd *cobra.Command, topic []string) error {
				of, rest, _ := root.Find(topic) // a word that is no command is left over
				return noArgs(of, rest)
			}
		case "completion":
			cmd.Args, cmd.RunE = noArgs, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			for _, shell := range cmd.Commands() {
				shell.Args = noArgs
			}
		}
	}
}

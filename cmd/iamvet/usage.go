package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iamvet/iamvet/analyzer/settings"
)

// cause is what keeps a file from being read, without the path, which the user
// has written.
func cause(err error) string {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.As(err, &at):
		return at.Err.Error()
	}
	return err.Error()
}

// flagError is an error about flags, with the flag that may be meant.
func flagError(c *cobra.Command, err error) error {
	meant := ""
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if n := settings.Nearest(unknown.GetSpecifiedName(), names); n != "" {
			meant = "; did you mean --" + n + "?"
		}
	}
	return fmt.Errorf("%w: `%s --help` lists the flags%s", err, c.CommandPath(), meant)
}

// didYouMean ends a message about a name that is not known; it is "" where
// none of the known ones is like it.
func didYouMean(name string, known []string) string {
	if n := settings.Nearest(name, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// alternatives names what may be said: a, b or c.
func alternatives(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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
		if n := nearest(unknown.GetSpecifiedName(), names); n != "" {
			meant = "; did you mean --" + n + "?"
		}
	}
	return fmt.Errorf("%w: `%s --help` lists the flags%s", err, c.CommandPath(), meant)
}

// didYouMean ends a message about a name that is not known; it is "" where
// none of the known ones is like it.
func didYouMean(name string, known []string) string {
	if n := nearest(name, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

// nearest is the known name that is the fewest typing errors away, if that is
// few for its length.
func nearest(name string, known []string) string {
	best, found := 1+len(name)/3, ""
	for _, k := range known {
		if d := edits(name, k); d < best || d == best && found == "" {
			best, found = d, k
		}
	}
	return found
}

// edits is how many letters have to be put in, left out or replaced to make b
// of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

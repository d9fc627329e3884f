package analyzer_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// indirect are the modules that come with those that iamvet chose, with their licences: one
// more is a decision, and not what an update brings.
var indirect = map[string]string{
	"github.com/apparentlymart/go-textseg/v15": "Apache-2.0, MIT and Unicode",
	"github.com/apparentlymart/go-textseg/v17": "Apache-2.0, MIT and Unicode",
	"github.com/google/go-cmp":                 "BSD-3-Clause",
	"github.com/google/uuid":                   "BSD-3-Clause",
	"github.com/hashicorp/go-version":          "MPL-2.0",
	"github.com/inconshreveable/mousetrap":     "Apache-2.0",
	"github.com/mitchellh/go-wordwrap":         "MIT",
	"golang.org/x/crypto":                      "BSD-3-Clause",
	"golang.org/x/mod":                         "BSD-3-Clause",
	"golang.org/x/sync":                        "BSD-3-Clause",
	"golang.org/x/sys":                         "BSD-3-Clause",
}

func TestIndirectModules(t *testing.T) {
	b, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) \S+ // indirect$`).FindAllStringSubmatch(string(b), -1) {
		if found[m[1]] = true; indirect[m[1]] == "" {
			t.Errorf("%s is new: look at what it is and at its licence, then list it here", m[1])
		}
	}
	for name := range indirect {
		if !found[name] {
			t.Errorf("%s is needed no more", name)
		}
	}
}

// A tag can be moved, a commit cannot.
func TestActionsAreNamedByCommit(t *testing.T) {
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	pinned := regexp.MustCompile(`^\S+@[0-9a-f]{40} # v\d`)
	for _, name := range append(files, "../action.yml") {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			_, action, uses := strings.Cut(line, "uses: ")
			if action = strings.TrimSpace(action); uses && action != "./" && !pinned.MatchString(action) {
				t.Errorf("%s: %s is not named by its commit", name, action)
			}
		}
		if strings.Contains(name, "workflows") && !slices.Contains(strings.Split(string(b), "\n"), "permissions:") {
			t.Errorf("%s does not say what it may do", name)
		}
	}
}

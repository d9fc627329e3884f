package checks_test

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// named are what fixtures name: accounts, organizations, VPCs and their endpoints,
// users and roles.
var named = []*regexp.Regexp{
	regexp.MustCompile(`\b[0-9]{12}\b`),
	regexp.MustCompile(`\bo-[a-z0-9]{10,32}\b`),
	regexp.MustCompile(`\bvpc-[0-9a-f]{8,17}\b`),
	regexp.MustCompile(`\bvpce-[0-9a-f]{8,17}\b`),
	regexp.MustCompile(`:(?:user|role)/(?:[a-z]+/)?([a-z][A-Za-z0-9_-]{2,})"`),
}

// others are what each may be called: what proofs and examples like to use among them.
var others = [][]string{
	{"111122223333", "444455556666", "123123123123", "100000000001", "987654321012", "999999999990", "222233334444", "500000000005"},
	{"o-a1b2c3d4e5", "o-zz00zz00zz", "o-0123456789", "o-somebodyelse"},
	{"vpc-0f0e0d0c0b0a09080", "vpc-00000000000000001", "vpc-abcdef01"},
	{"vpce-0f0e0d0c0b0a09080", "vpce-00000000000000001", "vpce-abcdef01"},
	{"example", "anything", "somebody", "bob", "dev", "zoe-q"},
}

// kept are words that are names in some places and something else in others.
var kept = []string{"root", "role", "user", "name", "path", "policy", "admin", "this", "main"}

var (
	nameWord = regexp.MustCompile(`[A-Za-z0-9_-]+`)
	quoted   = regexp.MustCompile(`"((?:[^"\\\n]|\\.)*)"`)
)

func renamed(text string, to map[string]string) string {
	return nameWord.ReplaceAllStringFunc(text, func(w string) string {
		if n, ok := to[w]; ok {
			return n
		}
		return w
	})
}

// renamingOf gives what some files name other names, one each, that no pattern in
// them can tell; nil when it finds none.
func renamingOf(r *rand.Rand, files map[string]string) map[string]string {
	var texts []string
	whole := ""
	for _, name := range slices.Sorted(maps.Keys(files)) {
		whole += files[name]
		for _, m := range quoted.FindAllStringSubmatch(files[name], -1) {
			if !slices.Contains(texts, m[1]) {
				texts = append(texts, m[1])
			}
		}
	}
	words := nameWord.FindAllString(whole, -1)
	to := map[string]string{}
	for i, pattern := range named {
		var found []string
		for _, m := range pattern.FindAllStringSubmatch(whole, -1) {
			if w := m[len(m)-1]; !slices.Contains(found, w) && !slices.Contains(kept, w) {
				found = append(found, w)
			}
		}
		free := slices.DeleteFunc(slices.Clone(others[i]), func(o string) bool {
			return slices.Contains(words, o) && !slices.Contains(found, o)
		})
		for _, w := range found {
			if !slices.Contains(free, w) {
				free = append(free, w)
			}
		}
		r.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
		for _, w := range found {
			at := slices.IndexFunc(free, func(n string) bool {
				to[w] = n
				return unnoticed(texts, to)
			})
			if at < 0 {
				return nil
			}
			free = slices.Delete(free, at, at+1)
		}
	}
	return to
}

// unnoticed says that patterns match what is renamed just as what was.
func unnoticed(texts []string, to map[string]string) bool {
	last := func(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
	for _, p := range texts {
		if !strings.ContainsAny(p, "*?") {
			continue
		}
		for _, s := range texts {
			if strings.ContainsAny(s, "*?") {
				continue
			}
			for _, of := range [][2]string{{p, s}, {p, last(s)}, {last(p), last(s)}} {
				if policy.Glob(of[0]).Matches(of[1]) != policy.Glob(renamed(of[0], to)).Matches(renamed(of[1], to)) {
					return false
				}
			}
		}
	}
	return true
}

// TestRenamedFixtures: what is proven of a fixture is proven of it under other names
// of accounts, organizations, networks, users and roles.
func TestRenamedFixtures(t *testing.T) {
	r := rand.New(rand.NewSource(12))
	dirs, err := filepath.Glob("../testdata/checks/IV*/*")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, dir := range dirs {
		rule := filepath.Base(filepath.Dir(dir))
		if !slices.Contains([]string{"IV102", "IV105", "IV201", "IV202", "IV203", "IV304"}, rule) {
			continue
		}
		files := map[string]string{}
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(name)
			files[strings.TrimPrefix(name, dir)] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		to := renamingOf(r, files)
		if len(to) == 0 {
			continue
		}
		copied := filepath.Join(t.TempDir(), filepath.Base(dir))
		for name, text := range files {
			path := filepath.Join(copied, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(renamed(text, to)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		told := func(dir string, to map[string]string) (out []string) {
			for _, d := range checktest.Decisions(t, dir, checks.All) {
				out = append(out, fmt.Sprintf("%s %s %s: %v", d.Rule, renamed(d.Address, to), renamed(d.Place, to), d.Verdict))
			}
			slices.Sort(out)
			return out
		}
		was, now := told(dir, to), told(copied, nil)
		compared += len(was)
		if !slices.Equal(was, now) {
			t.Errorf("%s with %v:\n%s\nbut\n%s", dir, to, strings.Join(was, "\n"), strings.Join(now, "\n"))
		}
	}
	if compared < 400 {
		t.Errorf("only %d decisions were compared", compared)
	}
}

package engine

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer/identity"
)

// sessions finds where people say how a role is assumed: in what lies beside the code,
// as READMEs, runbooks, scripts and profiles do. A fix that requires a name of the
// session refuses whoever goes on to do what stands there.
type sessions struct {
	files fs.FS
	mu    sync.Mutex
	in    map[string][]said // by directory, of the files in it
}

// said is a place where a role is assumed under a name.
type said struct {
	file string
	line int
	role string // its name; "" where that is left open
}

// beside are the directories whose files speak of the code around them.
var beside = []string{"", "bin", "doc", "docs", "script", "scripts"}

// of is a place that says how a role is assumed, as file:line; "" when none does.
// Looked at are the directories around the role, up to the boundary.
func (s *sessions) of(r *identity.Role) string {
	attribute := "name"
	if r.Resource.Type == "awscc_iam_role" {
		attribute = "role_name"
	}
	name := r.Resource.Attr(attribute).TextOr("")
	dirs := []string{r.Resource.Root.Dir}
	if at := r.Resource.Body; !at.IsZero() {
		dirs = append(dirs, path.Dir(at.File.Name))
	}
	for _, dir := range dirs {
		for dir = path.Clean(dir); ; dir = path.Dir(dir) {
			for _, sub := range beside {
				for _, m := range s.at(path.Join(dir, sub)) {
					if sameRole(m.role, name) {
						return fmt.Sprintf("%s:%d", m.file, m.line)
					}
				}
			}
			if dir == "." || dir == "/" {
				break
			}
		}
	}
	return ""
}

// sameRole says that two names may be of one role: where one is not known, or part of
// the other, which leaves out what is added for each copy of it.
func sameRole(a, b string) bool {
	fold := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "-") }
	a, b = fold(a), fold(b)
	return strings.Contains(a, b) || strings.Contains(b, a)
}

func (s *sessions) at(dir string) []said {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, known := s.in[dir]
	if known {
		return out
	}
	entries, err := fs.ReadDir(s.files, dir)
	if err != nil {
		entries = nil // it is no evidence
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxSaid || !slices.Contains(spoken, path.Ext(e.Name())) {
			continue
		}
		name := path.Join(dir, e.Name())
		if text, err := fs.ReadFile(s.files, name); err == nil {
			out = append(out, saidIn(name, text)...)
		}
	}
	s.in[dir] = out
	return out
}

// maxSaid is the size of a file that is no more looked into: people write less.
const maxSaid = 1 << 20

// spoken are the files that people write for people, or for a shell.
var spoken = []string{"", ".adoc", ".bash", ".cfg", ".conf", ".ini", ".md", ".mk", ".ps1", ".py", ".rst", ".sh", ".txt"}

var (
	// givesName is how a session gets a name: by the command line, by an SDK or in a
	// profile. sts:RoleSessionName is the condition key.
	givesName = regexp.MustCompile(`--role-session-name\b|(?:^|[^:\w])RoleSessionName\s*=|^\s*role_session_name\s*=`)
	// profile is one of the command line, which makes a name up where none is given.
	profile = regexp.MustCompile(`^\s*role_arn\s*=\s*\S*:role/`)
	// cluster is access to EKS, for which the command line has a name of its own that
	// nobody can change.
	cluster  = regexp.MustCompile(`\beks\b.*\b(?:update-kubeconfig|get-token)\b`)
	roleName = regexp.MustCompile("(?i):role/([^\\s\"'`,;)]+)")
)

// saidIn are the places of a file at which a role is assumed.
func saidIn(name string, text []byte) (out []said) {
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		isProfile := profile.Match(line)
		ofCluster := cluster.Match(line) && bytes.Contains(bytes.Join(lines[i:min(len(lines), i+5)], nil), []byte("--role-arn"))
		if !isProfile && !ofCluster && !givesName.Match(line) {
			continue
		}
		role := ""
		for _, near := range lines[max(0, i-4):min(len(lines), i+5)] {
			if m := roleName.FindSubmatch(near); m != nil {
				role = string(m[1][bytes.LastIndexByte(m[1], '/')+1:])
				break
			}
		}
		if strings.ContainsAny(role, "<>[]{}$*%") {
			role = ""
		}
		if role != "" || !isProfile { // a profile without a name is an example of profiles
			out = append(out, said{name, i + 1, role})
		}
	}
	return out
}

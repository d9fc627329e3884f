package workspace

import (
	"bytes"
	"context"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/source"
)

// settingsFile is the name of a project's settings, which decide about everything below.
const settingsFile = ".iamvet.hcl"

// Reach finds the root modules whose analysis the files of a search can change, wherever
// in the boundary these are: those of the files' directories, those that call the modules
// there, those that may read them by a function, and those that they are values for. One
// that only is what a variable file is for has that file as its VarFiles.
//
// It errs on the side of more: which files a root reads, evaluation tells.
func (b *Boundary) Reach(ctx context.Context, in Search) ([]FoundRoot, []source.Gap) {
	if in.Attempt == nil {
		in.Attempt = func(_ string, do func()) bool { do(); return true }
	}
	r := &reach{search: &search{ctx: ctx, b: b, in: in, seen: map[string]bool{}, ignores: map[string]*ignoreRules{}, hidden: map[string][]string{}},
		names: map[string][]string{}, changed: map[string]bool{}, values: map[string][]string{}}
	for _, name := range in.Paths {
		resolved, gap := b.Resolve(name)
		if gap != nil {
			gap.Kind = source.ErrorGap
			r.gaps = append(r.gaps, *gap)
			continue
		}
		r.names[resolved] = append(r.names[resolved], path.Clean(name))
	}
	r.link = r.alias
	r.walk(".", ".", 0)
	for _, name := range r.files() {
		r.addDirectory(name)
	}
	slices.Sort(r.dirs)
	graph := r.calls()
	roots := r.uncalled(graph)
	for _, name := range r.files() {
		r.place(name, roots)
	}
	r.readers()
	if err := ctx.Err(); err != nil {
		r.gaps = append(r.gaps, source.Gap{Kind: source.ErrorGap, Reason: "the search for root modules was stopped: " + err.Error()})
	}
	r.climb(graph)
	var out []FoundRoot
	for _, dir := range roots {
		if r.changed[dir] {
			out = append(out, FoundRoot{Dir: dir})
		}
		for _, file := range r.values[dir] {
			out = append(out, FoundRoot{Dir: dir, Label: strings.TrimPrefix(file, dir+"/"), VarFiles: []string{file}})
		}
	}
	return out, r.gaps
}

// reach is a search for the root modules that some files reach.
type reach struct {
	*search
	names   map[string][]string // of the files, by their resolved names: what links call them as well
	changed map[string]bool     // the directories with modules that they can change
	values  map[string][]string // variable files that are given by name, by the root module they are for
}

func (r *reach) files() []string { return slices.Sorted(maps.Keys(r.names)) }

// alias notes what a link calls the files at or below its target.
func (r *reach) alias(name, target string) {
	for file := range r.names {
		if rest, below := strings.CutPrefix(file, target); below && (rest == "" || rest[0] == '/') {
			r.names[file] = append(r.names[file], name+rest)
		}
	}
}

// addDirectory adds the directory of a configuration file that git ignores, and that
// somebody names all the same.
func (r *reach) addDirectory(name string) {
	dir := path.Dir(name)
	if base, ending := ConfigName(path.Base(name)); base == "" || ending == "" || r.seen[dir] {
		return
	}
	for at := dir; at != "."; at = path.Dir(at) {
		if neverSearched[path.Base(at)] || r.excluded(".", at) {
			return
		}
	}
	r.add(dir)
}

// place notes whose a file is by its own place.
func (r *reach) place(name string, roots []string) {
	dir, base := path.Dir(name), path.Base(name)
	if _, ending := ConfigName(base); ending != "" {
		if _, gap := r.b.File(name); gap != nil {
			gap.Kind = source.ErrorGap
			r.gaps = append(r.gaps, *gap)
		}
		r.changed[dir] = true
		return
	}
	switch {
	case base == settingsFile:
		for _, root := range roots {
			if dir == "." || root == dir || strings.HasPrefix(root, dir+"/") {
				r.changed[root] = true
			}
		}
	case isVariableFile(base):
		owner := r.owner(dir)
		switch {
		case !slices.Contains(roots, owner): // no root module is given any values
		case owner == dir && readByItself(base):
			r.changed[owner] = true
		default:
			r.values[owner] = append(r.values[owner], name)
		}
	}
}

// owner is the nearest directory with configuration, at or above one.
func (r *reach) owner(dir string) string {
	for {
		if _, found := slices.BinarySearch(r.dirs, dir); found {
			return dir
		}
		if dir == "." {
			return ""
		}
		dir = path.Dir(dir)
	}
}

func isVariableFile(base string) bool {
	base = strings.TrimSuffix(base, ".json")
	return strings.HasSuffix(base, ".tfvars") || strings.HasSuffix(base, ".tofuvars")
}

// readByItself says that the tools read a variable file that nobody names.
func readByItself(base string) bool {
	base = strings.TrimSuffix(base, ".json")
	return base == "terraform.tfvars" || strings.HasSuffix(base, ".auto.tfvars")
}

// readers notes the modules that may read one of the files by a function. All that lies
// in a configuration is read as that, by whichever module.
func (r *reach) readers() {
	var names []string
	for _, file := range r.files() {
		if _, ending := ConfigName(path.Base(file)); ending == "" && path.Base(file) != settingsFile {
			names = append(names, r.names[file]...)
		}
	}
	if len(names) == 0 {
		return
	}
	reads := make([]bool, len(r.dirs))
	cores.Each(len(r.dirs), func(i int) {
		plain, overrides := r.b.configFiles(r.dirs[i], r.in.Language)
		for _, name := range slices.Concat(plain, overrides) {
			if f, gap := r.b.File(name); gap == nil && mayRead(f.Bytes, r.dirs[i], names) {
				reads[i] = true
			}
		}
	})
	for i, dir := range r.dirs {
		if reads[i] {
			r.changed[dir] = true
		}
	}
}

// climb goes from modules to those that call them.
func (r *reach) climb(graph *calls) {
	open := slices.Sorted(maps.Keys(r.changed))
	for len(open) > 0 {
		dir := open[len(open)-1]
		open = open[:len(open)-1]
		for _, caller := range graph.callers[dir] {
			if !r.changed[caller] {
				r.changed[caller] = true
				open = append(open, caller)
			}
		}
	}
}

// reading finds calls of the functions that read files, up to their first argument.
var reading = regexp.MustCompile(`\b(file\w*|templatefile)\s*\(\s*`)

// localFile finds what the data source of that name reads.
var localFile = regexp.MustCompile(`\b(filename)\s*=\s*`)

// mayRead says that a text of a module has a call that may read one of the files. It looks
// at the text of the path alone, and takes what it does not understand for any.
func mayRead(text []byte, dir string, names []string) bool {
	if !bytes.Contains(text, []byte("file")) {
		return false
	}
	calls := reading.FindAllSubmatchIndex(text, -1)
	if bytes.Contains(text, []byte(`"local_file"`)) {
		calls = append(calls, localFile.FindAllSubmatchIndex(text, -1)...)
	}
	return slices.ContainsFunc(calls, func(at []int) bool {
		name, known := quoted(text[at[1]:])
		if bytes.HasPrefix(text[at[1]:], ofModule) {
			name = below(dir, name)
		}
		pattern := pathPattern(name, string(text[at[2]:at[3]]) == "fileset")
		return !known || pattern == nil || slices.ContainsFunc(names, pattern.MatchString)
	})
}

// hole stands for what is worked out in a text.
const hole = "\x00"

// quoted is the text in quotes that an expression is; known is false where it is anything
// else.
func quoted(text []byte) (out string, known bool) {
	if len(text) == 0 || text[0] != '"' {
		return "", false
	}
	depth := 0
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n' || c == '\\':
			return "", false
		case depth == 0 && c == '"':
			after := bytes.TrimLeft(text[i+1:], " \t\r")
			ends := len(after) == 0 || after[0] == '\n' || after[0] == ')' || after[0] == ','
			return out, ends
		case c == '{' && depth == 0 && (text[i-1] == '$' || text[i-1] == '%'):
			out, depth = out[:len(out)-1]+hole, 1
		case c == '{' && depth > 0:
			depth++
		case c == '}' && depth > 0:
			depth--
		case depth == 0:
			out += string(c)
		}
	}
	return "", false
}

var ofModule = []byte(`"${path.module}/`)

// below is a path in a module's own directory, from the top: it begins with a slash.
func below(dir, name string) string {
	rest := strings.TrimPrefix(name, hole)
	if up := strings.LastIndex(rest, ".."); up >= 0 && strings.Contains(rest[:up], hole) {
		return name // which step it takes back is not known
	}
	return path.Join("/", dir, rest)
}

// pathPattern is what the files match that a path is of, or that lie below it: one that
// begins with a slash from the top, and else from its last step out of a directory on. It is
// nil where they may be any.
func pathPattern(name string, below bool) *regexp.Regexp {
	begin := "(?:^|/)"
	if strings.HasPrefix(name, "/") {
		begin = "^"
	} else if i := strings.LastIndex(name, "../"); i >= 0 {
		name = name[i+len("../"):]
	}
	out := ""
	steps := strings.FieldsFunc(name, func(c rune) bool { return c == '/' })
	for i, step := range steps {
		switch {
		case step == ".":
		case step == hole && out == "": // path.root
		case step == hole && i < len(steps)-1:
			out += "(?:.*/)?"
		default:
			out += strings.ReplaceAll(regexp.QuoteMeta(step), hole, ".*") + "/"
		}
	}
	switch {
	case out == "" && begin == "^" && below: // all of it
		return regexp.MustCompile("")
	case out == "":
		return nil
	case !below:
		out = strings.TrimSuffix(out, "/") + "$"
	}
	pattern, err := regexp.Compile("(?s)" + begin + out)
	if err != nil {
		return nil // it is not UTF-8
	}
	return pattern
}

// Package settings reads .iamvet.hcl: what differs between organizations and
// cannot be read from their Terraform. Without the file, every setting has a
// default that is right for most.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
)

// Name is the file's name.
const Name = ".iamvet.hcl"

// maxSize is more than anybody has to say.
const maxSize = 64 << 10

// Settings are the project's own. The zero Settings are the defaults. All says
// what each of them is.
type Settings struct {
	// File is where they were read, as the names of a scan are; "" for nowhere.
	File string
	// Given are the names of the settings that the file has, in the order of All.
	Given []string

	AllowedCIDRs      []string
	TrustedAccounts   []string
	GovCloudAccounts  []string
	RootExemptActions []string
	TrustConditions   []TrustCondition
	RootUsageDays     int // 0 stands for the default: ask RootUsageLimit
	MaxKeyAge         int // 0 stands for the default: ask KeyAgeLimit
	UnusedDays        int // 0 stands for the default: ask UnusedLimit
	BreakGlassUsers   []string
	MachineUsers      []string
	Severities        []Severity
	Rules             []Rule
	Ignores           []Ignore
	Exclude           []string
	Roots             []Root
	Language          string // terraform or opentofu; "" leaves it to files and plans
}

// TrustCondition is a condition that trust policies have to impose on the AWS
// principals that they admit.
type TrustCondition struct {
	proof.Required
	// Principals are the kinds of callers of which it is asked, "user" and
	// "role"; none stands for both.
	Principals []string
	// Roles and ExceptRoles are names of the roles whose trust policies are asked
	// (* and ? are wildcards); no Roles stands for all.
	Roles, ExceptRoles []string
	// ExceptAccounts are accounts of whose principals it is not asked.
	ExceptAccounts []string
	Severity       string // "" leaves it to the rule
	Message        string // why, for whoever meets the finding; may be ""
	Span           source.Span
}

// Severity replaces the severity of a rule's violations.
type Severity struct {
	Rule     string // its id or name
	Severity string // critical, high, medium or low
	Span     source.Span
}

// Rule switches a rule off or on.
type Rule struct {
	Rule string // its id or name
	On   bool
	Span source.Span
}

// Ignore says that findings are known.
type Ignore struct {
	Rules     []string // their ids or names; none stands for all
	Paths     []string // globs of the files that they stand in, relative to the boundary; none stands for all
	Addresses []string // of their resources: * and ? are wildcards; none stands for all
	Reason    string
	Until     string // 2027-01-31, the last day; "" for ever
	Span      source.Span
}

// Root is one evaluation of a root module.
type Root struct {
	Dir      string   // relative to the file
	VarFiles []string // relative to the directory
	Span     source.Span
}

// Error is what is wrong with the file, and where.
type Error struct {
	Span source.Span
	Text string
}

func (e *Error) Error() string {
	if e.Span.IsZero() {
		return e.Text
	}
	return fmt.Sprintf("%s:%d: %s", e.Span.File.Name, e.Span.StartPos().Line, e.Text)
}

// Find is the settings file that counts for a directory: the nearest in it or
// above, inside the boundary. "" when there is none. One that is there and cannot
// be read counts: to pass over it would be to change what is asked.
func Find(fsys fs.FS, dir string) string {
	for dir = path.Clean(dir); ; dir = path.Dir(dir) {
		name := path.Join(dir, Name)
		info, err := fs.Stat(fsys, name)
		if err == nil && info.Mode().IsRegular() || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return name
		}
		if dir == "." || dir == "/" {
			return ""
		}
	}
}

// Parse reads a settings file. A setting that is wrong is an error and keeps its
// default; the others count.
func Parse(f *source.File) (Settings, []*Error) {
	if len(f.Bytes) > maxSize {
		return Settings{File: f.Name}, []*Error{{source.Span{File: f}, fmt.Sprintf("larger than %d KiB", maxSize>>10)}}
	}
	r := &reader{file: f}
	if at, deep := tooDeep(f); deep {
		r.errorf(at, "nested too deep: settings are plain values")
		return Settings{File: f.Name}, r.errors
	}
	parsed, diags := hclsyntax.ParseConfig(f.Bytes, f.Name, hcl.InitialPos)
	if diags.HasErrors() {
		d := diags.Errs()[0].(*hcl.Diagnostic)
		at := hcl.Range{}
		if d.Subject != nil {
			at = *d.Subject
		}
		r.errorf(at, "%s: %s", d.Summary, d.Detail)
		return Settings{File: f.Name}, r.errors
	}
	s := Settings{File: f.Name}
	body := parsed.Body.(*hclsyntax.Body)
	for i := range All {
		setting, given := &All[i], false
		if a := body.Attributes[setting.Name]; a != nil && setting.read != nil {
			given = true
			setting.read(r, &s, a)
		}
		for _, b := range body.Blocks {
			if b.Type == setting.Name && setting.readBlock != nil {
				given = true
				setting.readBlock(r, &s, b)
			}
		}
		if given {
			s.Given = append(s.Given, setting.Name)
		}
	}
	r.strangers(body)
	sort.SliceStable(r.errors, func(i, j int) bool { return r.errors[i].Span.Less(r.errors[j].Span) })
	return s, r.errors
}

// maxDepth is how deep brackets and operators may be nested, which the parser
// follows by recursion. Settings need 3.
const maxDepth = 100

func tooDeep(f *source.File) (hcl.Range, bool) {
	tokens, _ := hclsyntax.LexConfig(f.Bytes, f.Name, hcl.InitialPos)
	depth, operators := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCParen, hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth--
		case hclsyntax.TokenMinus, hclsyntax.TokenBang, hclsyntax.TokenQuestion:
			operators++
		}
		if depth > maxDepth || operators > maxDepth {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}

// strangers are what stands at the top of the file and is no setting.
func (r *reader) strangers(body *hclsyntax.Body) {
	var names []string
	for _, s := range All {
		names = append(names, s.Name)
	}
	for name, a := range body.Attributes {
		i := slices.Index(names, name)
		switch {
		case i < 0:
			r.errorf(a.NameRange, "there is no setting %s%s", name, orMeant(name, names))
		case All[i].read == nil:
			r.errorf(a.NameRange, "%s is a block: write %s", name, All[i].Form)
		}
	}
	for _, b := range body.Blocks {
		i := slices.Index(names, b.Type)
		switch {
		case i < 0:
			r.errorf(b.TypeRange, "there is no setting %s%s", b.Type, orMeant(b.Type, names))
		case All[i].readBlock == nil:
			r.errorf(b.TypeRange, "%s is no block: write %s = …", b.Type, b.Type)
		}
	}
}

// Package settings reads .iamvet.hcl: what differs between organizations and
// cannot be read from their Terraform. Without the file, every setting has a
// default that is right for most.
package settings

import (
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"path"
	"regexp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
)

// Name is the file's name.
const Name = ".iamvet.hcl"

// Settings are the project's own. The zero Settings are the defaults.
type Settings struct {
	// AllowedCIDRs are the networks that root may act from; nil when the
	// project has not said. An SCP then has to confine root to exactly them.
	AllowedCIDRs []string `hcl:"allowed_cidrs,optional"`
	// TrustedAccounts are account ids that are the project's own: trusting them
	// is not trusting a foreign account.
	TrustedAccounts []string `hcl:"trusted_accounts,optional"`
	// RootExemptActions may be left to root by an SCP that denies it the rest,
	// beside those that enrol an MFA device.
	RootExemptActions []string `hcl:"root_exempt_actions,optional"`
	// MaxKeyAge is how many days an access key may be in use; 0, the default,
	// stands for 90. Ask KeyAgeLimit.
	MaxKeyAge int `hcl:"max_key_age,optional"`
	// UnusedDays is after how many days without use a credential counts as
	// unused; 0, the default, stands for 90. CIS asks for 45 since version 1.3.
	// Ask UnusedLimit.
	UnusedDays int `hcl:"unused_days,optional"`
	// BreakGlassUsers are users for emergencies, by name (* and ? are wildcards)
	// or, written tag:KEY or tag:KEY=VALUE, by tag. MFA is not asked of them.
	// None by default.
	BreakGlassUsers []string `hcl:"break_glass_users,optional"`
	// MachineUsers are users that are programs, named like BreakGlassUsers: an
	// access key is what they are for, so that one made together with the user is
	// no finding. None by default.
	MachineUsers []string `hcl:"machine_users,optional"`
	// Severities replace the severity of a rule's violations, by id or name:
	// critical, high, medium or low. None by default.
	Severities map[string]string `hcl:"severities,optional"`
	// Exclude are globs of directories that are not searched for roots.
	Exclude []string `hcl:"exclude,optional"`
	// Roots evaluate one directory once per environment.
	Roots []Root `hcl:"root,block"`
}

// Root is one evaluation of a root module.
type Root struct {
	Dir      string   `hcl:"dir,label"` // relative to the file
	VarFiles []string `hcl:"var_files"` // relative to the directory
}

// Error is what is wrong with the file, and where.
type Error struct {
	Span source.Span
	Text string
}

func (e *Error) Error() string { return e.Text }

// Find is the settings file that counts for a directory: the nearest in it or
// above, inside the boundary. "" when there is none.
func Find(fsys fs.FS, dir string) string {
	for dir = path.Clean(dir); ; dir = path.Dir(dir) {
		name := path.Join(dir, Name)
		if info, err := fs.Stat(fsys, name); err == nil && info.Mode().IsRegular() {
			return name
		}
		if dir == "." || dir == "/" {
			return ""
		}
	}
}

// Parse reads a settings file. The error is an *Error.
func Parse(f *source.File) (Settings, error) {
	var s Settings
	parsed, diags := hclsyntax.ParseConfig(f.Bytes, f.Name, hcl.InitialPos)
	if !diags.HasErrors() {
		diags = gohcl.DecodeBody(parsed.Body, nil, &s)
	}
	if diags.HasErrors() {
		d := diags.Errs()[0].(*hcl.Diagnostic)
		e := &Error{Text: d.Summary + ": " + d.Detail}
		if d.Subject != nil {
			e.Span = source.Span{File: f, Start: d.Subject.Start.Byte, End: d.Subject.End.Byte}
		}
		return Settings{}, e
	}
	if err := s.check(f); err != nil {
		return Settings{}, err
	}
	return s, nil
}

var accountID = regexp.MustCompile(`^\d{12}$`)

// IsAccountID says whether the text has the form of an AWS account ID.
func IsAccountID(text string) bool { return accountID.MatchString(text) }

func (s *Settings) check(f *source.File) error {
	whole := source.Span{File: f}
	for _, c := range s.AllowedCIDRs {
		if _, err := netip.ParsePrefix(c); err != nil {
			if _, err := netip.ParseAddr(c); err != nil {
				return &Error{whole, fmt.Sprintf("allowed_cidrs: %q is not an address range", c)}
			}
		}
	}
	for _, a := range s.TrustedAccounts {
		if !IsAccountID(a) {
			return &Error{whole, fmt.Sprintf("trusted_accounts: %q is not a 12-digit account id", a)}
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(s.Severities)) {
		severity := s.Severities[rule]
		if !slices.Contains([]string{"critical", "high", "medium", "low"}, severity) {
			return &Error{whole, fmt.Sprintf("severities: %s: %q is not critical, high, medium or low", rule, severity)}
		}
	}
	if s.MaxKeyAge < 0 {
		return &Error{whole, fmt.Sprintf("max_key_age: %d is not a number of days", s.MaxKeyAge)}
	}
	if s.UnusedDays < 0 {
		return &Error{whole, fmt.Sprintf("unused_days: %d is not a number of days", s.UnusedDays)}
	}
	return nil
}

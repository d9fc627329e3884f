// Package lang is the language that configurations are written in: which of the
// two tools reads it, and in which version.
package lang

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/value"
)

// Language is which of the two tools a configuration is written for.
type Language int8

// The languages. AnyLanguage is either: nothing tells which.
const (
	AnyLanguage Language = iota
	Terraform
	OpenTofu
)

// ParseLanguage is the language of a name, as --language and the setting of that
// name spell it; "" is AnyLanguage.
func ParseLanguage(name string) (Language, error) {
	switch name {
	case "":
		return AnyLanguage, nil
	case "terraform":
		return Terraform, nil
	case "opentofu":
		return OpenTofu, nil
	}
	return AnyLanguage, fmt.Errorf("%q is no language: write terraform or opentofu", name)
}

// String is the tool's name in sentences.
func (l Language) String() string {
	return [...]string{"Terraform or OpenTofu", "Terraform", "OpenTofu"}[l]
}

// Dialect is what a root is read as: the tool, and its version where a plan or
// state tells it. Where the tool is not known, what either of them has is read;
// where they disagree about a value, the value is unknown.
type Dialect struct {
	Language Language
	Version  string // 1.12.6; "" is not known
}

// String is the tool and its version, for messages.
func (d Dialect) String() string {
	if d.Version == "" {
		return d.Language.String()
	}
	return d.Language.String() + " " + d.Version
}

// Since says whether the tool is one that has what came with these versions of
// Terraform and of OpenTofu, "" where it never came. Maybe: nothing tells.
func (d Dialect) Since(terraform, opentofu string) value.Tri {
	switch d.Language {
	case Terraform:
		return since(d.Version, terraform)
	case OpenTofu:
		return since(d.Version, opentofu)
	}
	t, o := since(d.Version, terraform), since(d.Version, opentofu)
	if t == o {
		return t
	}
	return value.Maybe
}

func since(version, first string) value.Tri {
	switch {
	case first == "":
		return value.No
	case version == "":
		return value.Maybe
	case olderVersion(version, first):
		return value.No
	}
	return value.Yes
}

// olderVersion says that a version comes before another. A build between two
// releases (1.13.0-dev) counts as the one that it leads to: it has what that has.
func olderVersion(a, b string) bool {
	x, y := versionNumbers(a), versionNumbers(b)
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}

func versionNumbers(v string) (out [3]int) {
	v, _, _ = strings.Cut(v, "-")
	v, _, _ = strings.Cut(v, "+")
	for i, n := range strings.SplitN(v, ".", 3) {
		out[i], _ = strconv.Atoi(n)
	}
	return out
}

// DialectOfTool is what made a plan or state, as far as that tells. Both tools
// count their versions alike, and write them to terraform_version: before 1.6
// there was no OpenTofu. Providers without a host come from the tool's own
// registry. hasApplyable says that the plan has a member "applyable", which
// Terraform writes since 1.8 and OpenTofu does not.
func DialectOfTool(version string, tofuRegistry, hasApplyable bool) Dialect {
	d := Dialect{Version: version}
	switch {
	case tofuRegistry:
		d.Language = OpenTofu
	case hasApplyable, version != "" && olderVersion(version, "1.6.0"):
		d.Language = Terraform
	}
	return d
}

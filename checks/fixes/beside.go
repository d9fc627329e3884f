package fixes

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// What a fix adds carries what it stands beside has: provider, so that it belongs to the
// same account; count, so that it is there where the other is; tags, which whoever pays or
// watches looks for.

// argument is a meta-argument of a block, on one line.
var argument = regexp.MustCompile(`(?m)^[ \t]*(?:/\*.*?\*/\s*)?(provider|count)\s*=\s*(\S[^\n]*?)[ \t]*(?:(?:#|//)[^\n]*)?$`)

// argumentOf is the text of a meta-argument of a resource, "" when there is none.
func argumentOf(r *terraform.Resource, name string) string {
	text := r.Body.Text()
	for _, m := range argument.FindAllStringSubmatchIndex(text, -1) {
		before := text[:m[0]]
		own := strings.Count(before, "{")-strings.Count(before, "}") == strings.Count(text[:strings.IndexByte(text, '{')+1], "{")
		if own && text[m[2]:m[3]] == name {
			return strings.TrimSpace(strings.TrimSuffix(text[m[4]:m[5]], "}"))
		}
	}
	return ""
}

// providerOf is the argument that names the provider of a resource, "" when there is
// none.
func providerOf(r *terraform.Resource) string {
	if p := argumentOf(r, "provider"); p != "" {
		return "provider = " + p + "\n"
	}
	return ""
}

// countOf is the count of a block that makes one instance or none, "" for any other:
// what is added has to be there where it is.
func countOf(r *terraform.Resource) string {
	count := argumentOf(r, "count")
	among := 0
	for _, o := range r.Root.Resources(r.Type) {
		if o.Module == r.Module && sameText(o.Body, r.Body) {
			among++
		}
	}
	if among > 1 || count == "" || regexp.MustCompile(`^\d+$`).MatchString(count) || strings.Count(count, "(") != strings.Count(count, ")") {
		return ""
	}
	return count
}

// ownTags are tags of one resource, which are none of its neighbour's.
var ownTags = regexp.MustCompile(`(?i)\bname"?\s*[=:]|each\.|count\.|self\.`)

// tagsOf is the argument of tags that the last of some resources has, where it is one for
// all: "" when none has such.
func tagsOf(beside []*terraform.Resource) string {
	for _, r := range slices.Backward(beside) {
		if text, ok := written(r, "tags"); ok && text != "" && !ownTags.MatchString(text) {
			return "tags = " + text + "\n"
		}
	}
	return ""
}

// neighbours are the resources of some types in the module of another, in the order of
// its files.
func neighbours(near *terraform.Resource, types ...string) []*terraform.Resource {
	var out []*terraform.Resource
	for _, r := range near.Root.Resources(types...) {
		if r.Module == near.Module {
			out = append(out, r)
		}
	}
	return out
}

// attachment is a resource that attaches a policy to a target, once for each that a
// policy with count has.
func attachment(provider, label, policy, target string, counted bool) string {
	address, count := "aws_organizations_policy."+policy, ""
	if counted {
		count = "count = length(" + address + ")\n\n"
		address += "[count.index]"
	}
	return fmt.Sprintf("resource \"aws_organizations_policy_attachment\" %q {\n%s%spolicy_id = %s.id\ntarget_id = %s\n}", label, provider, count, address, target)
}

var (
	ownEndpoint   = regexp.MustCompile(`(?m)^\s*iam\s*=\s*"`)
	providerBlock = regexp.MustCompile(`(?m)^provider[ \t]+"?aws"?[ \t]*\{`)
	providerAlias = regexp.MustCompile(`(?m)^\s*alias\s*=\s*"([^"]*)"`)
)

// elsewhere says that the provider of a resource speaks to another service than that of
// AWS, which may not know what AWS knows.
func elsewhere(r *terraform.Resource) bool {
	_, alias, _ := strings.Cut(argumentOf(r, "provider"), ".")
	return slices.ContainsFunc(r.Root.Files(), func(f *source.File) bool { return slices.Contains(providersOf(f).elsewhere, alias) })
}

// providers are what the provider and backend blocks of a file say.
type providers struct {
	elsewhere []string // the aliases of those whose endpoint is their own
	profiles  []string // with which Terraform works
}

type providersKey struct{}

// providersOf is asked for each fix of users, and looks through the file once.
func providersOf(f *source.File) providers {
	return source.Derived(f, providersKey{}, func() providers {
		var out providers
		for _, block := range []*regexp.Regexp{providerBlock, backendBlock} {
			if word := map[*regexp.Regexp]string{providerBlock: "provider", backendBlock: "backend"}[block]; !bytes.Contains(f.All(), []byte(word)) {
				continue // most files have neither, and an expression takes a while
			}
			for _, at := range block.FindAllIndex(f.All(), -1) {
				text := edit.TopBlock(source.Span{File: f, Start: at[0], End: at[1]}).Text()
				if m := profileArgument.FindStringSubmatch(text); m != nil {
					out.profiles = append(out.profiles, m[1])
				}
				if block == providerBlock && strings.Contains(text, "endpoints") && ownEndpoint.MatchString(text) {
					alias := ""
					if m := providerAlias.FindStringSubmatch(text); m != nil {
						alias = m[1]
					}
					out.elsewhere = append(out.elsewhere, alias)
				}
			}
		}
		return out
	})
}

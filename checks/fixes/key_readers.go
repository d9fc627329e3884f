package fixes

import (
	"regexp"
	"strings"

	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// handedOn is the block that reads one of the keys, and so gives it to somebody who may
// use it, as its address; "" when nothing does. As with a removal the texts are asked,
// and not only what was evaluated: taking too much for a reader costs a draft.
func handedOn(keys []*identity.AccessKey) string {
	done := map[source.Span]bool{}
	for _, k := range keys {
		if done[k.Resource.Body] {
			continue
		}
		done[k.Resource.Body] = true
		if by := readerOf(k.Resource); by != "" {
			return by
		}
	}
	return ""
}

func readerOf(r *terraform.Resource) string {
	for _, at := range readers(r.Root, r.Body, r.Type+"."+r.Name) {
		return blockAddress(at)
	}
	return ""
}

// readers are the references to an address in the directory of a block, but for those
// in the block itself.
func readers(root *terraform.Root, block source.Span, address string) []source.Span {
	if block.IsZero() {
		return nil
	}
	var out []source.Span
	for _, f := range root.Files() {
		if dirOf(f.Name) != dirOf(block.File.Name) {
			continue
		}
		for _, at := range f.Mentions(address) {
			span := source.Span{File: f, Start: at, End: at + len(address)}
			if own := block.File.Name == f.Name && block.Start <= span.Start && span.End <= block.End; !own && !inComment(span) {
				out = append(out, span)
			}
		}
	}
	return out
}

// holder is a resource that gives a policy to a role or a permission set, of those that
// read the block in which a statement stands; "" when none does. Their sessions carry
// no MFA, or have it elsewhere.
func holder(root *terraform.Root, statement source.Span) string {
	if statement.IsZero() {
		return ""
	}
	seen, next := map[string]bool{}, []source.Span{statement}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		block := edit.TopBlock(at)
		address := blockAddress(at)
		if block.IsZero() || seen[address] {
			continue
		}
		seen[address] = true
		text := block.Text()
		switch typ, _, _ := strings.Cut(address, "."); {
		case strings.HasPrefix(typ, "aws_iam_role"), strings.HasPrefix(typ, "aws_ssoadmin_"),
			typ == "aws_iam_policy_attachment" && givesRoles.MatchString(text):
			return address
		}
		next = append(next, readers(root, block, address)...)
	}
	return ""
}

var givesRoles = regexp.MustCompile(`(?m)^\s*roles\s*=`)

// blockAddress is how the block around a span is addressed; its file where that is JSON.
func blockAddress(at source.Span) string {
	if strings.HasSuffix(at.File.Name, ".json") {
		return at.File.Name
	}
	h := blockHeader.FindStringSubmatch(edit.TopBlock(at).Text())
	switch {
	case h == nil:
		return at.File.Name
	case h[1] == "resource":
		return h[2] + "." + h[3]
	case h[3] != "":
		return h[1] + "." + h[2] + "." + h[3]
	}
	return h[1] + "." + h[2]
}

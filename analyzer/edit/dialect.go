package edit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// dialect is how literals are spelled.
type dialect struct {
	json bool
	// template says that ${ and %{ begin interpolations, so that those of a
	// string are doubled.
	template bool
	// document is an aws_iam_policy_document data source, which writes policy
	// variables as &{…}.
	document bool
	// quoted is JSON text inside a quoted string.
	quoted bool
}

// str is the literal of a string.
func (d dialect) str(s string) string {
	s = d.variables(s)
	if d.json {
		return jsonQuote(s)
	}
	return `"` + hclEscape(s) + `"`
}

// variables writes policy variables as the dialect needs them.
func (d dialect) variables(s string) string {
	if d.document {
		s = strings.ReplaceAll(s, "${", "&{")
	}
	if d.template {
		s = strings.ReplaceAll(s, "${", "$${")
		s = strings.ReplaceAll(s, "%{", "%%{")
	}
	return s
}

// key is the name of a member of an object.
func (d dialect) key(name string, quote bool) string {
	if !d.json && !quote && hclsyntax.ValidIdentifier(name) && name != "for" {
		return name
	}
	return d.str(name)
}

// check says why a node cannot be written in the dialect.
func (d dialect) check(n Node) error {
	if n.kind == rawNode || n.kind == refNode {
		if strings.ContainsAny(n.text, "\r\n") {
			return fmt.Errorf("expression %q has several lines", n.text)
		}
		if _, diags := hclsyntax.ParseExpression([]byte(n.text), "", startPos); diags.HasErrors() {
			return fmt.Errorf("expression %q is not HCL", n.text)
		}
		if d.json && (!d.template || d.quoted) {
			return fmt.Errorf("JSON text here cannot hold the expression %s", n.text)
		}
	}
	for _, e := range n.elems {
		if err := d.check(e); err != nil {
			return err
		}
	}
	for _, m := range n.members {
		if err := d.check(m.Value); err != nil {
			return err
		}
	}
	return nil
}

// word is the literal of a node without parts.
func (d dialect) word(n Node) string {
	switch n.kind {
	case stringNode:
		return d.str(n.text)
	case nullNode:
		return "null"
	case rawNode:
		if d.json {
			return jsonQuote("${" + n.text + "}")
		}
	case refNode:
		if d.json {
			return jsonQuote(n.text)
		}
	}
	return n.text
}

// jsonQuote is the JSON literal of a string, without the escapes that only
// HTML needs.
func jsonQuote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // a string always has a literal
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// hclEscape writes text into a quoted HCL string; template sequences are
// already as they should be.
func hclEscape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case !unicode.IsPrint(r) && r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

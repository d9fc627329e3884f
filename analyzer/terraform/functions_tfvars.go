package terraform

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// The functions of the provider that is built into both tools:
// https://developer.hashicorp.com/terraform/language/functions#provider-defined-functions

var decodeTfvarsFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "src", Type: cty.String}},
	// The type depends on what the text says.
	Type: func(args []cty.Value) (cty.Type, error) {
		if !args[0].IsKnown() {
			return cty.DynamicPseudoType, nil
		}
		v, err := decodeTfvars(args[0].AsString())
		return v.Type(), err
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return decodeTfvars(args[0].AsString()) },
})

func decodeTfvars(text string) (cty.Value, error) {
	// hcl's parser recurses as deep as the text says.
	if _, reason := workspace.TooDeep([]byte(text)); reason != "" {
		return cty.DynamicVal, errors.New(reason)
	}
	f, diags := hclsyntax.ParseConfig([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal, fmt.Errorf("the text is no file of variables: %s", workspace.Diagnostic(diags[0]))
	}
	attrs, diags := f.Body.JustAttributes()
	if diags.HasErrors() {
		return cty.DynamicVal, fmt.Errorf("the text is no file of variables: %s", workspace.Diagnostic(diags[0]))
	}
	members := map[string]cty.Value{}
	for name, a := range attrs {
		// Values alone: nothing can be referred to in a file of variables.
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			return cty.DynamicVal, fmt.Errorf("%s: %s", name, workspace.Diagnostic(diags[0]))
		}
		members[name] = v
	}
	return cty.ObjectVal(members), nil
}

// encodeTfvars takes an object or, of Terraform only, a map.
func (c *call) encodeTfvars() (*value.Value, error) {
	if c.args[0].Is(value.Map) && c.sc.dialect.Language == lang.OpenTofu {
		return nil, errors.New("OpenTofu takes an object, no map")
	}
	return c.library(encodeTfvarsFunc)
}

var encodeTfvarsFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v := args[0]
		if !v.IsWhollyKnown() {
			return cty.UnknownVal(cty.String), nil
		}
		if !v.Type().IsObjectType() && !v.Type().IsMapType() {
			return cty.NilVal, errors.New("an object or map is required, whose members become variables")
		}
		f := hclwrite.NewEmptyFile()
		for it := v.ElementIterator(); it.Next(); { // in the order of the names
			name, member := it.Element()
			if !hclsyntax.ValidIdentifier(name.AsString()) {
				return cty.NilVal, fmt.Errorf("%q is no name of a variable", name.AsString())
			}
			f.Body().SetAttributeValue(name.AsString(), member)
		}
		return cty.StringVal(string(f.Bytes())), nil
	},
})

var encodeExprFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.String), nil
		}
		return cty.StringVal(string(bytes.TrimSpace(hclwrite.TokensForValue(args[0]).Bytes()))), nil
	},
})

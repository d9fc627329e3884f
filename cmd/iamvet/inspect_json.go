package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/value"
)

// inspectedResource is an element of the JSON output. Its shape is a contract:
// members may be added, and nothing else.
type inspectedResource struct {
	Root    string           `json:"root"`
	Address string           `json:"address"`
	Type    string           `json:"type"`
	Mode    string           `json:"mode"`
	File    string           `json:"file,omitempty"`
	Line    int              `json:"line,omitempty"`
	Actions []string         `json:"actions,omitempty"`
	Values  map[string]any   `json:"values"`
	Unknown []inspectUnknown `json:"unknown"`
	// Sensitive are the paths of known values that are not printed.
	Sensitive []string `json:"sensitive,omitempty"`
	// Environment is which evaluation of the root it is, when the settings ask
	// for several: the names of its variable files.
	Environment string `json:"environment,omitempty"`
	// Evidence is the plan or state that the root is known from, without any
	// configuration.
	Evidence string `json:"evidence,omitempty"`
	// Construct is the CDKTF construct that the block was synthesized from.
	Construct string `json:"construct,omitempty"`
}

type inspectUnknown struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

func inspectJSON(w io.Writer, scanRoot report.Seen, found []inspected) error {
	out := struct {
		Schema    int                 `json:"schemaVersion"`
		Resources []inspectedResource `json:"resources"`
	}{report.SchemaVersion, []inspectedResource{}}
	for _, i := range found {
		r := i.resource
		one := inspectedResource{
			Root: scanRoot.Name(r.Root.Dir), Address: r.Address, Type: r.Type,
			Mode: i.mode(), Actions: r.Actions, Values: map[string]any{}, Unknown: []inspectUnknown{},
			Environment: r.Root.Label, Construct: r.Construct,
		}
		if name := onlyEvidence(r.Root); name != "" {
			one.Evidence = scanRoot.Name(name)
		}
		if !r.Header.IsZero() {
			one.File, one.Line = scanRoot.Name(r.Header.File.Name), r.Header.StartPos().Line
		}
		if r.Exists == value.Maybe {
			one.Unknown = append(one.Unknown, inspectUnknown{"", "whether it exists: " + reasons(r.Why, scanRoot)})
		}
		in := inspector{scanRoot: scanRoot, one: &one}
		for _, a := range i.values {
			if v, ok := in.json(a.v, a.path); ok && v != nil {
				one.Values[a.path] = v
			}
		}
		out.Resources = append(out.Resources, one)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// inspector turns values to JSON, and notes what is not known on the way.
type inspector struct {
	scanRoot report.Seen
	one      *inspectedResource
}

// json is the value as encoding/json prints it; ok is false for what is not
// known, not set or not to be printed. Lists keep the places of unknown
// elements as null.
func (in *inspector) json(v *value.Value, at string) (any, bool) {
	switch {
	case v == nil || v.Is(value.Unknown):
		in.unknown(at, v.AllWhy())
		return nil, false
	case v.Sensitive:
		in.one.Sensitive = append(in.one.Sensitive, at)
		return nil, false
	}
	switch v.Kind {
	case value.Absent:
		return nil, false
	case value.Null:
		return nil, true
	case value.Bool:
		return v.Bool, true
	case value.Number:
		if v.Number.IsInf() { // JSON has no number for it
			return v.Number.Text('f', -1), true
		}
		return json.Number(v.Number.Text('f', -1)), true
	case value.String:
		text, ok := v.Text()
		if !ok {
			in.unknown(at, v.AllWhy())
			return nil, false
		}
		return text, true
	case value.Object, value.Map:
		return in.object(v, at), true
	}
	out := []any{}
	for i, e := range v.Elems {
		m, _ := in.json(e, fmt.Sprintf("%s[%d]", at, i))
		out = append(out, m)
	}
	if v.Open {
		in.unknown(at, v.Why)
	}
	return out, true
}

func (in *inspector) object(v *value.Value, at string) map[string]any {
	out := map[string]any{}
	for _, a := range v.Attrs {
		key, ok := a.Key()
		if !ok {
			in.unknown(at+"[?]", a.Name.AllWhy())
			continue
		}
		if m, ok := in.json(a.Value, member(at, key)); ok {
			out[key] = m
		}
	}
	if v.Open {
		in.unknown(at, v.Why)
	}
	return out
}

func (in *inspector) unknown(at string, why []value.Reason) {
	in.one.Unknown = append(in.one.Unknown, inspectUnknown{at, reasons(why, in.scanRoot)})
}

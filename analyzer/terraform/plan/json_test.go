package plan

import (
	"encoding/json"
	"reflect"
	"testing"
)

// Taken apart piece by piece, a text is what a decoder makes of all of it.
func FuzzJSONText(f *testing.F) {
	for _, text := range []string{`{}`, `[]`, `null`, ` { "a" : [ 1 , -2e3 , true , null ] , "b\"\\" : { "c" : "}\\\"" } } `,
		`[[],{},"\\",["]"],"\u00e9",0.5]`, `"x"`, `{"a":1,"a":[2]}`, "[\n\t1,\r\n 2]", `{"":{"":""}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return
		}
		var want any
		if err := jsonText(text).decode(&want); err != nil {
			return // nested too deeply, or a number out of range
		}
		got, err := takenApart(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %#v, %v; want %#v", text, got, err, want)
		}
	})
}

func takenApart(t jsonText) (any, error) {
	switch first := t[space(t, 0)]; first {
	case '{':
		out := map[string]any{}
		return out, t.members(func(name string, v jsonText) (err error) {
			out[name], err = takenApart(v)
			return err
		})
	case '[':
		out := []any{}
		err := t.elements(func(v jsonText) error {
			e, err := takenApart(v)
			out = append(out, e)
			return err
		})
		var all []any // elements leaves nulls out
		if t.decode(&all) == nil && err == nil {
			kept := out
			out = []any{}
			for _, e := range all {
				if e == nil {
					out = append(out, nil)
				} else if len(kept) > 0 {
					out, kept = append(out, kept[0]), kept[1:]
				}
			}
			out = append(out, kept...)
		}
		return out, err
	}
	var out any
	return out, t.decode(&out)
}

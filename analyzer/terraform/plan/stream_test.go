package plan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Walked through as a stream, a text is what encoding/json makes of it, where it says it
// is; and it is broken where encoding/json says so.
func FuzzStream(f *testing.F) {
	for _, text := range []string{`{}`, `[]`, `null`, ` { "a" : [ 1 , -2e3 , true , null ] , "b\"\\" : { "c" : "}\\\"" } } `,
		`[[],{},"\\",["]"],"\u00e9",0.5]`, `"x"`, `{"a":1,"a":[2]}`, "[\n\t1,\r\n 2]", `{"":{"":""}}`, `{"a":"\ud800"}`, "\"\xff\"", `{} {}`, `{"a":1}]`,
		`[1,]`, `{"a"}`, `01`, `-`, `1e999`, `nul`, `"` + "\x01" + `"`, strings.Repeat("[", 10_001), "", " ", `{"a":{"b":[1`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		valid := json.Valid(text)
		skipping := newStream(bytes.NewReader(text), &document{})
		skipping.skip()
		if err := skipping.end(); (err == nil) != valid {
			t.Fatalf("%q: %v, and encoding/json says %v", text, err, valid)
		}
		walking := newStream(bytes.NewReader(text), &document{})
		got, err := walked(walking, text)
		if end := walking.end(); (end == nil) != valid {
			t.Fatalf("%q, walked: %v, and encoding/json says %v", text, end, valid)
		}
		var want any
		if !valid || jsonText(text).decode(&want) != nil {
			return
		}
		if want = withoutNulls(want); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %#v, %v; want %#v", text, got, err, want)
		}
	})
}

// walked is a value as a stream reads it, whose elements leave nulls out.
func walked(s *stream, all []byte) (any, error) {
	switch s.dec.PeekKind() {
	case '{':
		out := map[string]any{}
		return out, s.members(func(name string) (err error) {
			out[name], err = walked(s, all)
			return err
		})
	case '[':
		out := []any{}
		err := s.elements(func() error {
			e, err := walked(s, all)
			out = append(out, e)
			return err
		})
		return out, err
	}
	v, at, err := s.value()
	if err != nil {
		return nil, err
	}
	if there := all[at.at : at.at+int64(at.size)]; !bytes.Equal(there, v) {
		return nil, fmt.Errorf("%q stands where %q was read", there, v)
	}
	var out any
	return out, v.decode(&out)
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, m := range v {
			v[name] = withoutNulls(m)
		}
	case []any:
		out := []any{}
		for _, e := range v {
			if e != nil {
				out = append(out, withoutNulls(e))
			}
		}
		return out
	}
	return v
}

// once is a text that can be read once, as from a pipe.
type once struct{ io.Reader }

// hold sets how much is held of what can be read once.
func hold(t *testing.T, n int) {
	was := maxHeld
	maxHeld = n
	t.Cleanup(func() { maxHeld = was })
}

// told is all that a plan or a state says, values and gaps too.
func told(t *testing.T, index *Index) string {
	t.Helper()
	var out strings.Builder
	l := index.Evidence(Reading{
		Gap:      func(g source.Gap) { fmt.Fprintf(&out, "gap: %s\n", g.Reason) },
		Document: func(*value.Value) (text, minified *value.Value, gaps []source.Gap) { return nil, nil, nil },
	})
	fmt.Fprintf(&out, "whole %v, %d modules, %v, gone %v\n", index.Whole, index.Modules, index.Dialect, index.Gone)
	for _, r := range slices.Concat(index.Resources, index.Forgotten) {
		fmt.Fprintf(&out, "%s: %v %v %v declared %v, without %v\n\t%s\n", r.Address, r.Mode, r.Actions, r.Importing,
			index.Evidence(l.reading).Declares(r.Module, addrs.Resource{Mode: r.Mode, Type: r.Type, Name: r.Name}), l.Computed(r), value.Key(l.Body(r)))
	}
	return out.String()
}

// A plan says the same in whatever order its members come, from a file and from a pipe,
// of which little is held.
func TestOrderAndPipe(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/plans/*/*/plan*.json")
	more, _ := filepath.Glob("../../../testdata/plans/real/*.json")
	if err != nil || len(files) < 8 || len(more) < 50 {
		t.Fatal(err, len(files), len(more))
	}
	read := 0
	for _, file := range append(files, more...) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		readAs := func(in io.Reader) (*Index, error) {
			switch SniffJSON(b) {
			case JSONState, RawState:
				return ReadState(context.Background(), in, "f", nil)
			}
			return ReadPlan(context.Background(), in, "f", nil)
		}
		index, err := readAs(bytes.NewReader(b))
		if err != nil {
			continue
		}
		read++
		want := told(t, index)
		var members map[string]any
		if err := jsonText(decodeText(b)).decode(&members); err != nil {
			t.Fatal(err)
		}
		sorted, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		hold(t, 16)
		for how, in := range map[string]io.Reader{"sorted": bytes.NewReader(sorted), "piped": once{bytes.NewReader(decodeText(b))}, "both": once{bytes.NewReader(sorted)}} {
			index, err := readAs(in)
			if err != nil {
				t.Errorf("%s, %s: %v", file, how, err)
			} else if got := told(t, index); got != want {
				t.Errorf("%s, %s, is another:\n%s\nwant\n%s", file, how, got, want)
			}
		}
	}
	if read < 50 {
		t.Errorf("%d were read: the test shows little", read)
	}
}

const smallPlan = planHead + `"resource_changes":[
{"address":"aws_iam_user.u","mode":"managed","type":"aws_iam_user","name":"u","change":{"actions":["create"],"after":{"name":"u"}}},
{"address":"aws_instance.i","mode":"managed","type":"aws_instance","name":"i","change":{"actions":["create"],"after":{"ami":"a"}}}]}`

// What was not kept of a pipe, and what changed since it was read, is unknown, and said.
func TestValuesThatAreGone(t *testing.T) {
	identity := func(typ string) bool { return strings.HasPrefix(typ, "aws_iam_") }
	hold(t, 16)
	piped, err := ReadPlan(context.Background(), once{strings.NewReader(smallPlan)}, "p.json", identity)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(smallPlan)
	changing, err := ReadPlan(context.Background(), bytes.NewReader(text), "p.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		text[i] = ' '
	}
	for _, test := range []struct {
		index   *Index
		address string
		want    string // of the gap; "" for a value
	}{
		{piped, "aws_iam_user.u", ""},
		{piped, "aws_instance.i", "the values of aws_instance.i cannot be read: it came on standard input and was not kept: name the file that it comes from"},
		{changing, "aws_iam_user.u", "the values of aws_iam_user.u cannot be read: the file has changed since it was read"},
	} {
		gap := ""
		l := test.index.Evidence(Reading{Gap: func(g source.Gap) { gap += g.Reason }})
		body := l.Body(test.index.byAddress[test.address])
		if gap != test.want || body.Open != (test.want != "") {
			t.Errorf("%s: %s, open %v; want %s", test.address, gap, body.Open, test.want)
		}
	}
}

// endless is a plan that never ends.
type endless struct {
	read   int
	cancel func()
}

func (e *endless) Read(b []byte) (int, error) {
	const begin = planHead + `"planned_values":{"root_module":{"resources":[`
	element := `{"address":"a.b","type":"a","name":"b","values":{"a":"` + strings.Repeat("x", 4000) + `"}},`
	var n int
	if e.read < len(begin) {
		n = copy(b, begin[e.read:])
	} else {
		n = copy(b, element[(e.read-len(begin))%len(element):])
	}
	if e.read += n; e.read > 40<<20 {
		e.cancel()
	}
	return n, nil
}

// reread is a file whose reading is cancelled on the way, and that is not to be read then.
type reread struct {
	*strings.Reader
	cancel func()
	ended  bool
	late   bool
}

func (r *reread) ReadAt(b []byte, at int64) (int, error) {
	r.late = r.late || r.ended
	if at > 40<<20 {
		r.cancel()
		r.ended = true
	}
	return r.Reader.ReadAt(b, at)
}

// Reading ends with its context: of what comes after it nothing is read.
func TestReadingEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	in := &endless{cancel: cancel}
	if _, err := ReadPlan(ctx, in, "p.json", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if in.read > 41<<20 {
		t.Errorf("%d bytes were read", in.read)
	}
	ctx, cancel = context.WithCancel(context.Background())
	file := &reread{Reader: strings.NewReader(planOf(40_000)), cancel: cancel}
	if _, err := ReadPlan(ctx, file, "p.json", nil); err == nil || err.Error() != "p.json: context canceled" || file.late {
		t.Errorf("%v, read again: %v", err, file.late)
	}
	if _, err := ReadPlan(context.Background(), &endless{cancel: func() {}}, "p.json", nil); err == nil || err.Error() != "p.json is larger than 256 MiB" {
		t.Errorf("%v", err)
	}
}

// Broken texts are refused with their place, wherever they break; of a pipe of which little
// is held, without.
func TestBroken(t *testing.T) {
	for _, test := range []struct{ name, text, want, piped string }{
		{"truncated", smallPlan[:len(smallPlan)-9], "p.json:3:123: the JSON text ends too early, the file is truncated: make it again with `terraform show -json FILE > plan.json`",
			"p.json: the JSON text ends too early, the file is truncated: make it again with `terraform show -json FILE > plan.json`"},
		{"deep", planHead + `"planned_values":` + strings.Repeat("[", 20_000), "p.json:1:10069: invalid character '[' exceeded max depth: make it again with `terraform show -json FILE > plan.json`", "p.json: "},
		{"two values", smallPlan + "{}", "p.json:3:133: invalid character '{' after top-level value: make it again with `terraform show -json FILE > plan.json`", "p.json: another value begins behind the first: make it again with `terraform show -json FILE > plan.json`"},
		{"a comma", strings.Replace(smallPlan, `"u"}}},`, `"u"}}},,`, 1), "p.json:2:133: invalid character ',' looking for beginning of value: make it again with `terraform show -json FILE > plan.json`", "p.json: "},
		{"blanks", strings.Repeat(" ", 3000), "p.json is empty: make it again with `terraform show -json FILE > plan.json`", "p.json is empty: make it again with `terraform show -json FILE > plan.json`"},
	} {
		_, err := readPlan(test.text)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: %v\nwant %s", test.name, err, test.want)
		}
		hold(t, 16)
		_, err = ReadPlan(context.Background(), once{strings.NewReader(test.text)}, "p.json", nil)
		if err == nil || !strings.HasPrefix(err.Error(), test.piped) {
			t.Errorf("%s, piped: %v\nwant %s", test.name, err, test.piped)
		}
	}
}

// A huge number is what it was: not known where it is out of range, and no error.
func TestHugeNumbers(t *testing.T) {
	index, err := readPlan(planHead + `"resource_changes":[{"address":"a.b","type":"a","name":"b","index":1e999999999,"change":{"actions":["create"],"after":{"n":1e999999999,"m":12345678901234567890123,"l":` + strings.Repeat("9", 10_000) + `}}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	body := index.Evidence(Reading{}).Body(index.Resources[0])
	if n := body.Get("m"); n.Number == nil || n.Number.Text('f', 0) != "12345678901234567890123" {
		t.Errorf("m is %v", n.Number)
	}
	if l := body.Get("l"); !l.Is(value.Unknown) {
		t.Errorf("l is %v", l.Kind)
	}
}

// Twice the resources take twice the work, and of one that nobody asks for little is held.
func TestReadingGrowsWithThePlan(t *testing.T) {
	allocated := func(n int) (bytes, held uint64) {
		text := planOf(n)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		index, err := ReadPlan(context.Background(), strings.NewReader(text), "p.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		bytes = after.TotalAlloc - before.TotalAlloc
		runtime.GC()
		runtime.ReadMemStats(&after)
		if len(index.Resources) != n {
			t.Errorf("%d resources of %d", len(index.Resources), n)
		}
		runtime.KeepAlive(text)
		return bytes, after.HeapAlloc - before.HeapAlloc
	}
	few, _ := allocated(4000)
	many, held := allocated(8000)
	if float64(many) > 1.1*2*float64(few) {
		t.Errorf("%d bytes allocated for 4,000 resources, %d for 8,000", few, many)
	}
	if held > 8000*600 {
		t.Errorf("%d bytes are held of 8,000 resources", held)
	}
}

// planOf is a plan of n resources with 2 kB of values each.
func planOf(n int) string {
	var b strings.Builder
	b.WriteString(planHead + `"planned_values":{"root_module":{"resources":[`)
	for i := range n {
		fmt.Fprintf(&b, `%s{"address":"aws_instance.i[%d]","mode":"managed","type":"aws_instance","name":"i","index":%d,"values":{"user_data":%q}}`,
			strings.Repeat(",", min(i, 1)), i, i, strings.Repeat("x", 1000))
	}
	b.WriteString(`]}},"resource_changes":[`)
	for i := range n {
		fmt.Fprintf(&b, `%s{"address":"aws_instance.i[%d]","mode":"managed","type":"aws_instance","name":"i","index":%d,"change":{"actions":["create"],"after":{"user_data":%q}}}`,
			strings.Repeat(",", min(i, 1)), i, i, strings.Repeat("x", 1000))
	}
	b.WriteString(`]}`)
	return b.String()
}

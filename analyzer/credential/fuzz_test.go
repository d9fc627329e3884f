package credential

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

// Whatever the bytes, reading ends, and rows lie in order within the file.
func FuzzRead(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(addColumn(sample, "x", `"a ""b"", c"`)))
	f.Add([]byte(`{"a": [{"Content": 1}], "Content": "dXNlcixhcm4sdXNlcl9jcmVhdGlvbl90aW1l"}`))
	f.Add([]byte("dXNlcixhcm4sdXNlcl9jcmVhdGlvbl90aW1l"))
	f.Add([]byte(header + "\n\"a\nb\",c\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := bytes.Clone(b)
		r, errs := Read(source.NewFile("report.csv", b))
		if !bytes.Equal(text, b) {
			t.Fatal("the bytes of the file changed")
		}
		for _, err := range errs {
			if err.Error() == "" {
				t.Error("an error says nothing")
			}
		}
		end, line := 0, 1
		for _, row := range r.Rows {
			if row.Start < end || row.End <= row.Start || row.Line <= line || !r.Encoded && row.End > len(b) {
				t.Fatalf("row at line %d, bytes %d to %d, behind line %d, byte %d", row.Line, row.Start, row.End, line, end)
			}
			end, line = row.End, row.Line
			if !r.Encoded && r.Span(row).StartPos().Line != row.Line {
				t.Fatalf("row at line %d begins at line %d", row.Line, r.Span(row).StartPos().Line)
			}
		}
	})
}

// Rows are cut as encoding/csv cuts them, wherever that takes the text.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"a,b\nc,d\n", `"a,b",c` + "\n" + `d,"e""f"` + "\n", "\"a\nb\",c\n", ",,\n,\n", `a"b,c` + "\n", `"a"b` + "\n", `"`, "\n\n", strings.Repeat("x,", 70000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\r") { // encoding/csv changes \r\n within quotes
			return
		}
		std := csv.NewReader(strings.NewReader(s))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil {
			return
		}
		r := newRows(s)
		var got [][]string
		for {
			row, _, _, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			fields, err := split(nil, row)
			if err != nil {
				t.Fatalf("%q: %v", row, err)
			}
			record := []string{}
			for _, field := range fields {
				record = append(record, string(field))
			}
			got = append(got, record)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

package credential

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/source"
)

const header = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated"

// The example of the IAM User Guide and rows as reports have them.
const sample = header + `
<root_account>,arn:aws:iam::123456789012:root,2013-03-09T08:00:00+00:00,not_supported,2026-11-20T10:00:00+00:00,not_supported,not_supported,false,true,2014-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A
alice,arn:aws:iam::123456789012:user/people/alice,2024-02-29T12:00:00Z,TRUE,no_information,2024-02-29T12:00:00+00:00,2024-05-29T12:00:00+00:00,TRUE,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,true,2024-03-01T00:00:00+00:00,false,N/A
"o'neil,eve",arn:aws:iam::123456789012:user/o'neil,2024-02-29T12:00:00+00:00,false,N/A,N/A,N/A,false,true,2024-02-29T12:00:10+00:00,2026-11-22T01:02:03+00:00,us-east-1,s3,true,2024-02-29T12:00:11+00:00,N/A,N/A,N/A,false,N/A,false,N/A
`

func at(t *testing.T, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	out, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return out.UTC()
}

func read(t *testing.T, text string) *Report {
	t.Helper()
	r, errs := Read(source.NewFile("report.csv", []byte(text)))
	for _, err := range errs {
		t.Error(err)
	}
	return r
}

func TestRead(t *testing.T) {
	r := read(t, sample)
	if len(r.Rows) != 3 {
		t.Fatalf("%d rows", len(r.Rows))
	}
	root, alice, eve := r.Rows[0], r.Rows[1], r.Rows[2]
	if !root.Root || root.Account != "123456789012" || root.Partition != "aws" || root.Password.Enabled != Unsaid || root.MFA != No {
		t.Errorf("root: %+v", root)
	}
	if root.Keys[0].Active != Yes || !root.Keys[0].LastUsed.IsZero() || !root.Password.LastUsed.Equal(at(t, "2026-11-20T10:00:00Z")) || !root.Password.LastChanged.IsZero() {
		t.Errorf("root: %+v", root)
	}
	if alice.Root || alice.User != "alice" || alice.ARN != "arn:aws:iam::123456789012:user/people/alice" || alice.Password.Enabled != Yes || alice.MFA != Yes {
		t.Errorf("alice: %+v", alice)
	}
	if !alice.Password.LastUsed.IsZero() || !alice.Password.NextRotation.Equal(at(t, "2024-05-29T12:00:00Z")) {
		t.Errorf("alice: %+v", alice.Password)
	}
	if alice.Certificates[0] != (Certificate{Yes, at(t, "2024-03-01T00:00:00Z")}) || alice.Certificates[1] != (Certificate{Active: No}) {
		t.Errorf("certificates: %+v", alice.Certificates)
	}
	if eve.User != "o'neil,eve" || eve.Keys[0] != (Key{Yes, at(t, "2024-02-29T12:00:10Z"), at(t, "2026-11-22T01:02:03Z")}) {
		t.Errorf("eve: %+v", eve)
	}
	if text := r.Span(alice).Text(); !strings.HasPrefix(text, "alice,arn:") || !strings.HasSuffix(text, "false,N/A") || r.Span(alice).StartPos().Line != 3 || alice.Line != 3 {
		t.Errorf("span of alice: %q, line %d", text, alice.Line)
	}
}

// However the report was saved, the rows are the same.
func TestForms(t *testing.T) {
	want := read(t, sample)
	encoded := base64.StdEncoding.EncodeToString([]byte(sample))
	folded := strings.ReplaceAll(encoded[:len(encoded)/2], "A", "A\n") + encoded[len(encoded)/2:]
	reordered := reorder(sample)
	for name, text := range map[string]string{
		"crlf":              strings.ReplaceAll(sample, "\n", "\r\n"),
		"byte order mark":   "\ufeff" + sample,
		"no final newline":  strings.TrimSuffix(sample, "\n"),
		"blank lines":       strings.ReplaceAll(sample, "\n", "\n\n"),
		"23 columns":        addColumn(sample, "additional_credentials_info", `"[{""type"":""codecommit"",""n"":1}]"`),
		"a column of ours":  addColumn(sample, "team", "x"),
		"columns reordered": reordered,
		"capitals":          strings.Replace(sample, header, strings.ToUpper(header), 1),
		"base64":            encoded,
		"base64 in lines":   folded,
		"json":              `{"Content": "` + encoded + `", "ReportFormat": "text/csv", "GeneratedTime": "2026-11-22T00:00:00+00:00"}`,
		"json, Content last": `{ "GeneratedTime": 1.5e3, "A": {"Content": [1, {"x": "}"}, null]}, "\u0042": "a\"b",
			"Content" : "` + strings.ReplaceAll(encoded, "=", `\u003d`) + `"}`,
		"gzip":                      gzipped(t, sample),
		"base64, gzipped":           gzipped(t, encoded),
		"json with byte order mark": "\ufeff{\"Content\":\"" + strings.ReplaceAll(encoded, "/", `\/`) + "\"}",
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, text)
			if len(got.Rows) != len(want.Rows) {
				t.Fatalf("%d rows, want %d", len(got.Rows), len(want.Rows))
			}
			for i := range got.Rows {
				g, w := *got.Rows[i], *want.Rows[i]
				g.Line, g.Start, g.End, w.Line, w.Start, w.End = 0, 0, 0, 0, 0, 0
				if g != w {
					t.Errorf("row %d: %+v, want %+v", i, g, w)
				}
			}
			if span := got.Span(got.Rows[1]); got.Encoded != span.IsZero() || !got.Encoded && !strings.Contains(span.Text(), "alice") {
				t.Errorf("encoded %v, span %q", got.Encoded, span.Text())
			}
		})
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func addColumn(text, name, value string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := range lines {
		if i == 0 {
			lines[i] += "," + name
		} else {
			lines[i] += "," + value
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// reorder moves the last five columns to the front; none of them is quoted.
func reorder(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		cut := len(l)
		for range 5 {
			cut = strings.LastIndexByte(l[:cut], ',')
		}
		lines[i] = l[cut+1:] + "," + l[:cut]
	}
	return strings.Join(lines, "\n")
}

func TestErrors(t *testing.T) {
	row := strings.Split(sample, "\n")[2]
	encoded := base64.StdEncoding.EncodeToString([]byte(sample))
	for name, tt := range map[string]struct{ text, want string }{
		"empty":          {"", "report.csv: the file is empty"},
		"another csv":    {"name,age\nx,1\n", "report.csv:1: it is not the header"},
		"column missing": {strings.Replace(header, "mfa_active", "mfa", 1) + "\n", "report.csv:1: there is no column mfa_active"},
		"column twice":   {header + ",user\n", "report.csv:1: column user stands there twice"},
		"columns":        {header + strings.Repeat(",x", 300) + "\n", "more than 200"},
		"short row":      {header + "\na,b,c\n", "report.csv:2: the row has 3 columns where the header has 22"},
		"not a date":     {header + "\n\n" + strings.Replace(row, "2024-02-29T12:00:00Z", "yesterday", 1), `report.csv:3: user_creation_time is "yesterday"`},
		"no such day":    {header + "\n" + strings.Replace(row, "2024-02-29T12:00:00Z", "2023-02-29T12:00:00Z", 1), `report.csv:2: user_creation_time`},
		"not a boolean":  {header + "\n" + strings.Replace(row, "TRUE", "yes", 1), `report.csv:2: password_enabled is "yes", not true or false`},
		"no name":        {header + "\n" + strings.Replace(row, "alice", "", 1), `report.csv:2: user is ""`},
		"bare quote":     {header + "\n" + `a"b` + row + "\n", "report.csv:2:"},
		"open quote":     {header + "\n\"" + row + "\n" + row + "\n", "report.csv:2: a quote is not closed"},
		"behind a quote": {header + "\n\"a\"b" + row + "\n", "report.csv:2: text stands behind the quote"},
		"no row":         {header + "\n", "report.csv: there is no row below the header"},
		"base64 cut":     {encoded[:len(header)*2+3], "report.csv"},
		"gzip cut":       {gzipped(t, sample)[:200], "report.csv: unexpected EOF"},
		"too many rows":  {header + "\n" + strings.Repeat(row+"\n", maxRows+1), "report.csv: more than 100000 rows"},
		"utf-16":         {"\xff\xfeu\x00s\x00e\x00r\x00", "report.csv: the file is UTF-16"},
		"json":           {`{"ReportFormat": "text/csv"}`, `it is JSON without the member "Content"`},
		"json cut":       {`{"Content": "` + encoded[:100], "report.csv: the JSON ends within Content"},
		"json cut early": {`{"Con`, "report.csv: it is not the JSON"},
		"not base64":     {`{"Content": "` + encoded[:40] + "!!!!" + `"}`, "report.csv: illegal base64 data"},
		"long row":       {header + "\n\"" + strings.Repeat("x\n", maxRow), "a row is longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs := Read(source.NewFile("report.csv", []byte(tt.text)))
			if len(errs) == 0 || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("%v, want %q", errs, tt.want)
			}
		})
	}
}

// One broken row does not hide the others.
func TestRowsBehindABrokenOne(t *testing.T) {
	lines := strings.Split(sample, "\n")
	text := strings.Join([]string{lines[0], lines[1], "x,y", lines[2], lines[3]}, "\n")
	r, errs := Read(source.NewFile("report.csv", []byte(text)))
	var bad *RowError
	if len(r.Rows) != 3 || len(errs) != 1 || !errors.As(errs[0], &bad) || bad.Line != 3 || r.Rows[2].Line != 5 {
		t.Errorf("%d rows, %v", len(r.Rows), errs)
	}
	many := header + "\n" + strings.Repeat("x\n", 100) + lines[2]
	if r, errs := Read(source.NewFile("report.csv", []byte(many))); len(r.Rows) != 1 || len(errs) != maxErrors {
		t.Errorf("%d rows, %d errors", len(r.Rows), len(errs))
	}
}

type failing struct{ r io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err == io.EOF {
		err = errors.New("the disk is gone")
	}
	return n, err
}

func TestBrokenReader(t *testing.T) {
	r, err := NewReader("report.csv", failing{strings.NewReader(sample)})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	err = r.All(func(*Row) error { rows++; return nil }, func(e *RowError) { t.Error(e) })
	if rows != 3 || err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("%d rows, %v", rows, err)
	}
}

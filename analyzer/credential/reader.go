package credential

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// What a report may not exceed. A row of IAM's has some 400 bytes.
const (
	maxRow     = 1 << 20
	maxColumns = 200
)

// Reader reads the rows of one report, in order, and holds one at a time.
type Reader struct {
	// NoNames leaves User and ARN empty: who only counts needs no names, and
	// then a row costs no memory at all.
	NoNames bool

	name    string
	src     *bufio.Reader
	encoded bool
	line    int // of the next row
	offset  int // of the next row
	long    []byte
	fields  [][]byte
	width   int              // columns of the header
	columns [columnCount]int // place of each column in the header, -1 for none
	account string           // of the row before: most rows are of one account
	err     error            // the reader can go no further
}

// RowError is a row that is not one of a credential report. The rows behind it
// can be read.
type RowError struct {
	File string
	Line int
	Text string

	notReport bool
}

func (e *RowError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text) }

// ErrNotReport is what the error of a file is that is something else than a
// credential report, rather than a broken one.
var ErrNotReport = errors.New("not an IAM credential report")

// Is makes errors.Is(err, ErrNotReport) work.
func (e *RowError) Is(target error) bool { return e.notReport && target == ErrNotReport }

// column is a column that is read; others are passed over.
type column int

const (
	colUser column = iota
	colARN
	colCreated
	colPassword
	colPasswordUsed
	colPasswordChanged
	colMFA
	colKey1
	colKey1Rotated
	colKey1Used
	colKey2
	colKey2Rotated
	colKey2Used
	requiredCount // the columns from here on may be missing
	colPasswordNext
	colCert1
	colCert1Rotated
	colCert2
	colCert2Rotated
	columnCount
)

// columnNames are IAM's: "Getting credential reports for your AWS account", in
// the IAM User Guide.
var columnNames = [columnCount]string{
	colUser: "user", colARN: "arn", colCreated: "user_creation_time",
	colPassword: "password_enabled", colPasswordUsed: "password_last_used",
	colPasswordChanged: "password_last_changed", colPasswordNext: "password_next_rotation",
	colMFA:  "mfa_active",
	colKey1: "access_key_1_active", colKey1Rotated: "access_key_1_last_rotated", colKey1Used: "access_key_1_last_used_date",
	colKey2: "access_key_2_active", colKey2Rotated: "access_key_2_last_rotated", colKey2Used: "access_key_2_last_used_date",
	colCert1: "cert_1_active", colCert1Rotated: "cert_1_last_rotated",
	colCert2: "cert_2_active", colCert2Rotated: "cert_2_last_rotated",
}

// NewReader reads the header of a report: CSV, CSV as base64, or the JSON that
// holds it, as the command line of AWS prints it; any of them may be gzipped.
func NewReader(name string, r io.Reader) (*Reader, error) {
	src, encoded, err := decoded(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out := &Reader{name: name, src: src, encoded: encoded, line: 1}
	if err := out.header(); err != nil {
		return nil, err
	}
	return out, nil
}

// Encoded says that the CSV was base64 or compressed: lines and offsets are those
// of the CSV, not of the file.
func (r *Reader) Encoded() bool { return r.encoded }

func (r *Reader) header() error {
	row, line, _, err := r.next()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: the file is empty", r.name)
	}
	if err != nil {
		return err
	}
	row = bytes.TrimPrefix(row, []byte("\ufeff"))
	if r.fields, err = split(r.fields[:0], row); err != nil || len(r.fields) < int(requiredCount) {
		return &RowError{r.name, line, "it is not the header of an IAM credential report, which begins with user,arn,user_creation_time", true}
	}
	r.width = len(r.fields)
	if r.width > maxColumns {
		return &RowError{r.name, line, fmt.Sprintf("it has %d columns: more than %d are not read", r.width, maxColumns), true}
	}
	for c := range r.columns {
		r.columns[c] = -1
	}
	for i, f := range r.fields {
		name := strings.ToLower(strings.TrimSpace(string(f)))
		for c, known := range columnNames {
			if name != known {
				continue
			}
			if r.columns[c] >= 0 {
				return &RowError{r.name, line, fmt.Sprintf("column %s stands there twice", known), false}
			}
			r.columns[c] = i
		}
	}
	for c := column(0); c < requiredCount; c++ {
		if r.columns[c] < 0 {
			return &RowError{r.name, line, fmt.Sprintf("there is no column %s: it is not an IAM credential report", columnNames[c]), true}
		}
	}
	return nil
}

// All calls each with every row until it returns an error, and broken with
// every row that cannot be read. The row is only valid during the call. A report
// without a row is an error.
func (r *Reader) All(each func(*Row) error, broken func(*RowError)) error {
	var row Row
	for any := false; ; any = true {
		err := r.Next(&row)
		if err == nil {
			if err = each(&row); err != nil {
				return err
			}
			continue
		}
		var bad *RowError
		switch {
		case errors.Is(err, io.EOF) && any:
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%s: there is no row below the header, where every account has one for root: the report is cut off", r.name)
		case errors.As(err, &bad):
			broken(bad)
		default:
			return err
		}
	}
}

// Next reads the next row. The error is io.EOF behind the last one; a *RowError
// for a row that is not what it should be, and then Next may be called again;
// anything else is the end.
func (r *Reader) Next(row *Row) error {
	text, line, start, err := r.next()
	if err != nil {
		return err
	}
	*row = Row{Line: line, Start: start, End: start + len(text)}
	if r.fields, err = split(r.fields[:0], text); err != nil {
		return &RowError{r.name, line, err.Error(), false}
	}
	if len(r.fields) != r.width {
		return &RowError{r.name, line, fmt.Sprintf("the row has %d columns where the header has %d", len(r.fields), r.width), false}
	}
	p := parser{r: r, line: line}
	p.row(row)
	if p.err != nil {
		return p.err
	}
	return nil
}

// next is the bytes of the next row that is not blank, without its line ending,
// and where it is. They are valid until the next call.
func (r *Reader) next() (row []byte, line, start int, err error) {
	for r.err == nil {
		line, start = r.line, r.offset
		row = r.raw()
		if trimmed := bytes.TrimRight(row, "\r\n"); len(trimmed) > 0 {
			return trimmed, line, start, nil
		}
	}
	return nil, line, start, r.err
}

// raw reads to the end of the line that no quote is open at, and sets r.err at
// the end of the file.
func (r *Reader) raw() []byte {
	r.long = r.long[:0]
	quotes := 0
	for {
		chunk, err := r.src.ReadSlice('\n')
		r.offset += len(chunk)
		quotes += bytes.Count(chunk, []byte{'"'})
		if err == nil {
			r.line++
		}
		whole := err == nil && quotes%2 == 0
		if whole && len(r.long) == 0 {
			return chunk
		}
		r.long = append(r.long, chunk...)
		switch {
		case len(r.long) > maxRow:
			r.err = fmt.Errorf("%s:%d: a row is longer than %d bytes; is a quote not closed?", r.name, r.line, maxRow)
			return nil
		case whole:
			return r.long
		case err == nil || errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			r.err = io.EOF
			return r.long
		default:
			r.err = fmt.Errorf("%s: %w", r.name, err)
			return nil
		}
	}
}

// split cuts a row of CSV (RFC 4180) into fields. Quoted fields lose their
// quotes in place.
func split(fields [][]byte, row []byte) ([][]byte, error) {
	for {
		if len(row) > 0 && row[0] == '"' {
			field, rest, err := quoted(row[1:])
			if err != nil {
				return fields, err
			}
			fields = append(fields, field)
			if len(rest) == 0 {
				return fields, nil
			}
			row = rest[1:]
			continue
		}
		field, rest, more := bytes.Cut(row, []byte{','})
		if bytes.IndexByte(field, '"') >= 0 {
			return fields, errors.New("a quote stands within a field that is not quoted")
		}
		fields = append(fields, field)
		if !more {
			return fields, nil
		}
		row = rest
	}
}

// quoted is the field that a quote has opened, and the rest: nothing, or what
// begins with the comma behind it.
func quoted(b []byte) (field, rest []byte, err error) {
	n := 0 // bytes of the field so far, which move to the front
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] != '"':
			b[n] = b[i]
			n++
		case i+1 < len(b) && b[i+1] == '"':
			b[n] = '"'
			n++
			i++
		case i+1 == len(b):
			return b[:n], nil, nil
		case b[i+1] == ',':
			return b[:n], b[i+1:], nil
		default:
			return nil, nil, errors.New("text stands behind the quote that closes a field")
		}
	}
	return nil, nil, errors.New("a quote is not closed")
}

// parser turns the fields of one row to values; the first error stands.
type parser struct {
	r    *Reader
	line int
	err  error
}

func (p *parser) field(c column) []byte {
	if i := p.r.columns[c]; i >= 0 {
		return bytes.TrimSpace(p.r.fields[i])
	}
	return nil
}

func (p *parser) row(row *Row) {
	user, arn := p.field(colUser), p.field(colARN)
	if len(user) == 0 {
		p.fail(colUser, user, "the name of a user")
		return
	}
	partition, account, root := p.r.owner(arn)
	row.Partition, row.Account = partition, account
	row.Root = root || string(user) == RootName
	if !p.r.NoNames {
		both := string(user) + string(arn)
		row.User, row.ARN = both[:len(user)], both[len(user):]
	}
	row.Created = p.time(colCreated)
	row.Password = Password{Enabled: p.answer(colPassword), LastUsed: p.time(colPasswordUsed),
		LastChanged: p.time(colPasswordChanged), NextRotation: p.time(colPasswordNext)}
	row.MFA = p.answer(colMFA)
	row.Keys[0] = Key{p.answer(colKey1), p.time(colKey1Rotated), p.time(colKey1Used)}
	row.Keys[1] = Key{p.answer(colKey2), p.time(colKey2Rotated), p.time(colKey2Used)}
	row.Certificates[0] = Certificate{p.answer(colCert1), p.time(colCert1Rotated)}
	row.Certificates[1] = Certificate{p.answer(colCert2), p.time(colCert2Rotated)}
}

// owner reads arn:PARTITION:iam::ACCOUNT:user/NAME or …:root.
func (r *Reader) owner(arn []byte) (partition, account string, root bool) {
	rest, ok := bytes.CutPrefix(arn, []byte("arn:"))
	p, rest, ok2 := bytes.Cut(rest, []byte(":iam::"))
	a, who, ok3 := bytes.Cut(rest, []byte(":"))
	if !ok || !ok2 || !ok3 || len(a) != 12 || len(bytes.Trim(a, "0123456789")) > 0 {
		return "", "", false
	}
	switch string(p) {
	case "aws":
		partition = "aws"
	case "aws-cn":
		partition = "aws-cn"
	case "aws-us-gov":
		partition = "aws-us-gov"
	default:
		partition = string(p)
	}
	if string(a) != r.account {
		r.account = string(a)
	}
	return partition, r.account, string(who) == "root"
}

// nothing are the words that stand for no value.
func nothing(b []byte) bool {
	switch string(b) {
	case "", "N/A", "no_information", "not_supported":
		return true
	}
	return false
}

func (p *parser) answer(c column) Answer {
	b := p.field(c)
	switch {
	case nothing(b):
		return Unsaid
	case bytes.EqualFold(b, []byte("true")): // the guide prints TRUE, reports have true
		return Yes
	case bytes.EqualFold(b, []byte("false")):
		return No
	}
	p.fail(c, b, "true or false")
	return Unsaid
}

func (p *parser) time(c column) time.Time {
	b := p.field(c)
	if nothing(b) {
		return time.Time{}
	}
	var t time.Time
	if err := t.UnmarshalText(b); err != nil || t.Year() < 2006 {
		p.fail(c, b, "a date such as 2026-11-22T10:00:00+00:00")
		return time.Time{}
	}
	return t.UTC()
}

func (p *parser) fail(c column, got []byte, want string) {
	if p.err != nil {
		return
	}
	const limit = 60
	if len(got) > limit {
		got = got[:limit]
	}
	p.err = &RowError{p.r.name, p.line, fmt.Sprintf("%s is %q, not %s", columnNames[c], got, want), false}
}

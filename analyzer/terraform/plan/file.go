package plan

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
)

// JSONKind is what SniffJSON takes a file for.
type JSONKind int8

// The kinds of files that hold a plan or a state, or are taken for one.
const (
	JSONOther  JSONKind = iota
	JSONPlan            // terraform show -json of a plan
	JSONState           // terraform show -json of a state
	RawState            // a .tfstate file
	BinaryPlan          // what terraform plan -out writes
	PlanLog             // what terraform plan -json prints: messages, one a line
	Encrypted           // a plan or state that OpenTofu has encrypted
)

// SniffJSON says what a file looks like from its first member names. A file
// that is recognised need not be whole.
func SniffJSON(b []byte) JSONKind {
	if isBinaryPlan(b) {
		return BinaryPlan
	}
	dec := json.NewDecoder(bytes.NewReader(decodeText(b)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return JSONOther
	}
	seen := names{}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			break
		}
		if kind := seen.add(name); kind != JSONOther {
			return kind
		}
		if err := skipJSON(dec); err != nil {
			break
		}
	}
	return seen.kind()
}

// isBinaryPlan says that terraform plan -out wrote it: a zip archive. Before 0.12 it
// was gob behind a word.
func isBinaryPlan(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("tfplan"))
}

// names are the names of the members of a file, as far as it has been read.
type names map[string]bool

// add takes in one more, and says what the file is where that decides it.
func (seen names) add(name string) JSONKind {
	seen[name] = true
	switch name {
	case "planned_values", "resource_changes", "configuration", "output_changes":
		return JSONPlan
	case "values":
		return JSONState
	case "encrypted_data":
		return Encrypted
	case "lineage", "serial":
		if seen["version"] { // OpenTofu leaves it out of what it encrypts
			return RawState
		}
	case "@level", "@message":
		return PlanLog
	}
	return JSONOther
}

// kind is what a file is taken for whose members decide nothing one by one.
func (seen names) kind() JSONKind {
	switch {
	case seen["lineage"], seen["serial"]:
		return RawState
	case seen["format_version"]: // the state of nothing
		return JSONState
	case seen["version"] && (seen["terraform_version"] || seen["resources"] || seen["modules"]):
		return RawState
	}
	return JSONOther
}

// skipJSON reads one value.
func skipJSON(dec *json.Decoder) error {
	depth := 0
	for {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// A file is a plan or a state while it is read.
type file struct {
	*stream
	want  string // "plan" or "state"
	how   string // to make one
	kind  JSONKind
	blank bool // nothing is in it
}

// open begins to read a plan or a state.
func open(ctx context.Context, in io.Reader, name, want string) (*file, error) {
	f := &file{want: want, how: "`terraform show -json FILE > plan.json`"}
	if want == "state" {
		f.how = "`terraform show -json > state.json`"
	}
	doc, text, err := openDocument(ctx, in, name)
	if err != nil {
		return nil, explained(name, err)
	}
	begin := bufio.NewReaderSize(text, 64<<10)
	f.stream = newStream(begin, doc)
	head, err := begin.Peek(512)
	switch head = bytes.TrimSpace(head); {
	case isBinaryPlan(head):
		return nil, fmt.Errorf("%s is a binary plan: run `terraform show -json %s > plan.json` where it was made, and name plan.json", name, name)
	case len(head) == 0 && errors.Is(err, io.EOF):
		return nil, f.empty()
	case bytes.HasPrefix(head, []byte("[command]")):
		return nil, fmt.Errorf("%s begins with the line of the command, which the wrapper that hashicorp/setup-terraform installs prints: set `terraform_wrapper: false` in that step, or delete the line", name)
	}
	return f, nil
}

// errLog ends the reading of what is a line of JSON after the other.
var errLog = errors.New("a log")

// read calls f for the members of the file, and refuses what is not what was wanted,
// saying what to do. f's own errors are for later: a file is refused before.
func (f *file) read(member func(name string)) error {
	seen := names{}
	begins := f.dec.PeekKind()
	if begins == '{' {
		err := f.members(func(name string) error {
			if f.kind == JSONOther {
				f.kind = seen.add(name)
			}
			if f.kind == PlanLog {
				return f.check(errLog)
			}
			member(name)
			return nil
		})
		if f.kind == JSONOther && err == nil {
			f.kind = seen.kind()
		}
	} else {
		f.skip()
		f.blank = begins == 0 && (errors.Is(f.broken, io.EOF) || errors.Is(f.broken, io.ErrUnexpectedEOF))
	}
	f.end()
	name := f.doc.name
	isPlan, isState := f.kind == JSONPlan, f.kind == JSONState || f.kind == RawState
	switch {
	case errors.Is(f.broken, errLog):
		return fmt.Errorf("%s is the log that `terraform plan -json` prints: run `terraform plan -out FILE`, then %s", name, f.how)
	case f.blank:
		return f.empty()
	case f.broken != nil:
		return f.refused()
	case isPlan && f.want == "state":
		return fmt.Errorf("%s is a plan, not a state: name it with --plan", name)
	case isState && f.want == "plan":
		return fmt.Errorf("%s is a state, not a plan: name it with --state, or make the plan with %s", name, f.how)
	case f.kind == Encrypted:
		return fmt.Errorf("%s is encrypted by OpenTofu: run `tofu show -json %s > shown.json` where its keys are, and name shown.json", name, name)
	case !isPlan && !isState:
		return fmt.Errorf("%s is not a %s: make it with %s", name, f.want, f.how)
	}
	return nil
}

func (f *file) empty() error {
	return fmt.Errorf("%s is empty: make it again with %s", f.doc.name, f.how)
}

// refused is why the file cannot be read.
func (f *file) refused() error {
	ended := errors.Is(f.broken, io.ErrUnexpectedEOF) || errors.Is(f.broken, io.EOF)
	switch name := f.doc.name; {
	case f.doc.stream.failed != nil: // for jsontext that is an error of the text
		return explained(name, f.doc.stream.failed)
	case f.doc.again != nil:
		// The text breaks in what has been read of it.
		begin := make([]byte, f.doc.stream.read)
		if _, err := f.doc.again.ReadAt(begin, 0); err != nil && err != io.EOF {
			return explained(name, err)
		}
		if err := checkJSON(source.NewFile(name, begin), f.how); err != nil {
			return err
		}
		return explained(name, f.broken)
	case ended:
		return fmt.Errorf("%s: the JSON text ends too early, the file is truncated: make it again with %s", name, f.how)
	default:
		return fmt.Errorf("%s: %w: make it again with %s", name, f.broken, f.how)
	}
}

// explained is an error of reading.
func explained(name string, err error) error {
	if errors.Is(err, errTooLarge) {
		return fmt.Errorf("%s is larger than %d MiB", name, maxSize>>20)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// checkJSON says where a file stops being JSON.
func checkJSON(f *source.File, how string) error {
	if json.Valid(f.Bytes) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(f.Bytes, &raw)
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return fmt.Errorf("%s is not JSON: %w", f.Name, err)
	}
	p := f.Pos(int(max(syntax.Offset-1, 0)))
	if syntax.Offset >= int64(len(bytes.TrimRight(f.Bytes, " \t\r\n"))) && strings.Contains(syntax.Error(), "unexpected end") {
		return fmt.Errorf("%s:%d:%d: the JSON text ends too early, the file is truncated: make it again with %s", f.Name, p.Line, p.Column, how)
	}
	if !utf8.Valid(f.Bytes[:min(len(f.Bytes), 512)]) {
		return fmt.Errorf("%s is not a text file: make it with %s", f.Name, how)
	}
	return fmt.Errorf("%s:%d:%d: %s: make it again with %s", f.Name, p.Line, p.Column, syntax, how)
}

// checkFormat refuses format versions of terraform show -json that are not
// known to be compatible: another major version than 0 and 1. Members may come with
// a minor version, which changes none of those that are read here.
// https://developer.hashicorp.com/terraform/internals/json-format
func checkFormat(name, version string) error {
	major, _, _ := strings.Cut(version, ".")
	if version != "" && major != "0" && major != "1" {
		return fmt.Errorf("%s has format version %s: versions 0.1 to 1.x are known", name, version)
	}
	return nil
}

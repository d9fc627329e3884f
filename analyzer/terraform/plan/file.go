package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/iamvet/iamvet/analyzer/source"
)

// maxSize bounds the size of a plan or state that is read.
const maxSize = 256 << 20

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
	// terraform plan -out writes a zip archive; before 0.12 it was gob behind a word.
	if bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("tfplan")) {
		return BinaryPlan
	}
	dec := json.NewDecoder(bytes.NewReader(decodeText(b)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return JSONOther
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			break
		}
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
		if err := skipJSON(dec); err != nil {
			break
		}
	}
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

// decodeText takes off a byte order mark, and turns UTF-16, as Windows
// PowerShell's redirection writes it, to UTF-8.
func decodeText(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return b[3:]
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}), bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		big := b[0] == 0xFE
		units := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			lo, hi := b[i], b[i+1]
			if big {
				lo, hi = hi, lo
			}
			units = append(units, uint16(hi)<<8|uint16(lo))
		}
		return []byte(string(utf16.Decode(units)))
	}
	return b
}

// readFile reads a plan or state and refuses what is neither, saying what
// to do. want is "plan" or "state". What is in a bytes.Buffer is not copied.
func readFile(r io.Reader, name, want string) (*source.File, JSONKind, error) {
	whole, inMemory := r.(*bytes.Buffer)
	if !inMemory {
		whole = &bytes.Buffer{}
		if _, err := whole.ReadFrom(io.LimitReader(r, maxSize+1)); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	b := whole.Bytes()
	if len(b) > maxSize {
		return nil, 0, fmt.Errorf("%s is larger than %d MiB", name, maxSize>>20)
	}
	kind := SniffJSON(b)
	if kind == BinaryPlan {
		return nil, 0, fmt.Errorf("%s is a binary plan: run `terraform show -json %s > plan.json` where it was made, and name plan.json", name, name)
	}
	f := source.NewFile(name, decodeText(b))
	how := "`terraform show -json FILE > plan.json`"
	if want == "state" {
		how = "`terraform show -json > state.json`"
	}
	text := bytes.TrimSpace(f.Bytes)
	if len(text) == 0 {
		return nil, 0, fmt.Errorf("%s is empty: make it again with %s", name, how)
	}
	if bytes.HasPrefix(text, []byte("[command]")) {
		return nil, 0, fmt.Errorf("%s begins with the line of the command, which the wrapper that hashicorp/setup-terraform installs prints: set `terraform_wrapper: false` in that step, or delete the line", name)
	}
	if kind == PlanLog {
		return nil, 0, fmt.Errorf("%s is the log that `terraform plan -json` prints: run `terraform plan -out FILE`, then %s", name, how)
	}
	if err := checkJSON(f, how); err != nil {
		return nil, 0, err
	}
	isPlan, isState := kind == JSONPlan, kind == JSONState || kind == RawState
	switch {
	case isPlan && want == "state":
		return nil, 0, fmt.Errorf("%s is a plan, not a state: name it with --plan", name)
	case isState && want == "plan":
		return nil, 0, fmt.Errorf("%s is a state, not a plan: name it with --state, or make the plan with %s", name, how)
	case kind == Encrypted:
		return nil, 0, fmt.Errorf("%s is encrypted by OpenTofu: run `tofu show -json %s > shown.json` where its keys are, and name shown.json", name, name)
	case !isPlan && !isState:
		return nil, 0, fmt.Errorf("%s is not a %s: make it with %s", name, want, how)
	}
	return f, kind, nil
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

// sections are the members of a file, not decoded yet.
type sections map[string]jsonText

func sectionsOf(f *source.File) (sections, error) {
	out := sections{}
	err := jsonText(f.Bytes).members(func(name string, v jsonText) error {
		out[name] = v
		return nil
	})
	return out, err
}

// read decodes one member of a file. One of another shape than expected is an
// error that names it.
func (s sections) read(name string, into any) error {
	return s.walk(name, func(t jsonText) error { return t.decode(into) })
}

func (s sections) walk(name string, f func(t jsonText) error) error {
	if err := f(s[name]); err != nil {
		return fmt.Errorf("%s cannot be read: %w", name, err)
	}
	return nil
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

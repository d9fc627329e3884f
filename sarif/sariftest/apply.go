// Package sariftest reads SARIF as its consumers do, strictly: it applies the
// fixes of a log to the files, and finds what trips code scanning, reviewdog,
// VS Code or a strict reader.
package sariftest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"unicode/utf16"
)

// Log is as much of a SARIF log as the tests look at.
type Log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []Run  `json:"runs"`
}

// Run is a run.
type Run struct {
	Tool struct {
		Driver struct {
			Rules []struct {
				ID               string         `json:"id"`
				ShortDescription Text           `json:"shortDescription"`
				FullDescription  Text           `json:"fullDescription"`
				Help             Text           `json:"help"`
				Properties       map[string]any `json:"properties"`
				Relationships    []struct {
					Target struct {
						ID            string    `json:"id"`
						Index         int       `json:"index"`
						ToolComponent Component `json:"toolComponent"`
					} `json:"target"`
				} `json:"relationships"`
			} `json:"rules"`
			SupportedTaxonomies []Component `json:"supportedTaxonomies"`
			Notifications       []struct {
				ID string `json:"id"`
			} `json:"notifications"`
		} `json:"driver"`
	} `json:"tool"`
	ColumnKind        string   `json:"columnKind"`
	Results           []Result `json:"results"`
	AutomationDetails *struct {
		ID string `json:"id"`
	} `json:"automationDetails"`
	Taxonomies []struct {
		Name string `json:"name"`
		Taxa []struct {
			ID string `json:"id"`
		} `json:"taxa"`
	} `json:"taxonomies"`
	Invocations []struct {
		ExecutionSuccessful        bool           `json:"executionSuccessful"`
		ToolExecutionNotifications []Notification `json:"toolExecutionNotifications"`
	} `json:"invocations"`
}

// Notification is a notification of an invocation.
type Notification struct {
	Level      string `json:"level"`
	Message    Text   `json:"message"`
	Descriptor struct {
		ID    string `json:"id"`
		Index int    `json:"index"`
	} `json:"descriptor"`
	Locations []Location `json:"locations"`
}

// Text is a message.
type Text struct {
	Text string `json:"text"`
}

// Result is a result.
type Result struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Level               string            `json:"level"`
	Message             Text              `json:"message"`
	Locations           []Location        `json:"locations"`
	RelatedLocations    []Location        `json:"relatedLocations"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	Fixes               []Fix             `json:"fixes"`
	Suppressions        []map[string]any  `json:"suppressions"`
}

// Component refers to a taxonomy.
type Component struct {
	Name  string `json:"name"`
	Index int    `json:"index"`
}

// Location is a location.
type Location struct {
	ID               *int `json:"id"`
	PhysicalLocation *struct {
		ArtifactLocation Artifact `json:"artifactLocation"`
		Region           *Region  `json:"region"`
		ContextRegion    *Region  `json:"contextRegion"`
	} `json:"physicalLocation"`
	Message Text `json:"message"`
}

// Artifact is the location of a file.
type Artifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId"`
}

// Region is a region; what is not given is 0.
type Region struct {
	StartLine   int   `json:"startLine"`
	StartColumn int   `json:"startColumn"`
	EndLine     int   `json:"endLine"`
	EndColumn   int   `json:"endColumn"`
	ByteOffset  *int  `json:"byteOffset"`
	CharOffset  *int  `json:"charOffset"`
	Snippet     *Text `json:"snippet"`
}

// Fix is a fix.
type Fix struct {
	Description     Text             `json:"description"`
	ArtifactChanges []ArtifactChange `json:"artifactChanges"`
}

// ArtifactChange is the changes of a fix to one file.
type ArtifactChange struct {
	ArtifactLocation Artifact      `json:"artifactLocation"`
	Replacements     []Replacement `json:"replacements"`
}

// Replacement is one change of a text.
type Replacement struct {
	DeletedRegion   Region `json:"deletedRegion"`
	InsertedContent *Text  `json:"insertedContent"`
}

// Parse reads a log.
func Parse(log []byte) (*Log, error) {
	var l Log
	if err := json.Unmarshal(log, &l); err != nil {
		return nil, err
	}
	return &l, nil
}

// Columns is what an applier counts columns in.
type Columns int

// The ways to count columns. The standard's, for our logs, is UTF16; reviewdog
// takes the numbers for bytes.
const (
	UTF16 Columns = iota
	Bytes
)

// Apply makes one replacement in a text. Anything that the standard does not
// define, or that consumers do differently, is an error.
func Apply(text []byte, r Replacement, count Columns) ([]byte, error) {
	start, err := Offset(text, r.DeletedRegion.StartLine, r.DeletedRegion.StartColumn, count)
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	end, err := Offset(text, r.DeletedRegion.EndLine, r.DeletedRegion.EndColumn, count)
	switch {
	case err != nil:
		return nil, fmt.Errorf("end: %w", err)
	case end < start:
		return nil, fmt.Errorf("region ends before it starts")
	case r.InsertedContent == nil:
		return nil, fmt.Errorf("no insertedContent")
	}
	out := append([]byte(nil), text[:start]...)
	out = append(out, r.InsertedContent.Text...)
	return append(out, text[end:]...), nil
}

// Offset is the byte offset of a line and column. Lines end in CRLF or LF; a
// byte order mark takes no column.
func Offset(text []byte, line, column int, count Columns) (int, error) {
	if line < 1 || column < 1 {
		return 0, fmt.Errorf("%d:%d is not a place", line, column)
	}
	at := 0
	for n := 1; n < line; n++ {
		for at < len(text) && text[at] != '\n' {
			at++
		}
		if at == len(text) {
			return 0, fmt.Errorf("there is no line %d", line)
		}
		at++
	}
	end := at
	for end < len(text) && text[end] != '\n' {
		end++
	}
	if end > at && end < len(text) && text[end-1] == '\r' {
		end--
	}
	content := string(text[at:end])
	if at == 0 && len(content) >= 3 && content[:3] == "\ufeff" {
		at, content = 3, content[3:]
	}
	if count == Bytes {
		if column-1 > len(content) {
			return 0, fmt.Errorf("line %d has no column %d", line, column)
		}
		return at + column - 1, nil
	}
	units := 0
	for i, c := range content {
		if units == column-1 {
			return at + i, nil
		}
		units += utf16.RuneLen(c)
		if units > column-1 {
			return 0, fmt.Errorf("column %d of line %d is inside a character", column, line)
		}
	}
	if units == column-1 {
		return at + len(content), nil
	}
	return 0, fmt.Errorf("line %d has no column %d", line, column)
}

// ApplyAll makes the first fix of every result, in files got by name, and
// returns those that changed. Replacements of different fixes must not
// overlap, unless they are the same.
func ApplyAll(log *Log, read func(name string) ([]byte, error)) (map[string][]byte, error) {
	byFile := map[string][]Replacement{}
	for _, run := range log.Runs {
		for _, result := range run.Results {
			for _, fix := range result.Fixes[:min(1, len(result.Fixes))] {
				for _, change := range fix.ArtifactChanges {
					name, err := url.PathUnescape(change.ArtifactLocation.URI)
					if err != nil {
						return nil, err
					}
					byFile[name] = append(byFile[name], change.Replacements...)
				}
			}
		}
	}
	out := map[string][]byte{}
	for name, replacements := range byFile {
		text, err := read(name)
		if err != nil {
			return nil, err
		}
		if out[name], err = applyFile(text, replacements); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
}

// applyFile works from the end, so that the regions of what is left to do stay
// true.
func applyFile(text []byte, replacements []Replacement) ([]byte, error) {
	sort.SliceStable(replacements, func(i, j int) bool {
		a, b := replacements[i].DeletedRegion, replacements[j].DeletedRegion
		return a.StartLine > b.StartLine || a.StartLine == b.StartLine && a.StartColumn > b.StartColumn
	})
	limit := len(text)
	for i, r := range replacements {
		if i > 0 && equal(r, replacements[i-1]) {
			continue
		}
		end, err := Offset(text, r.DeletedRegion.EndLine, r.DeletedRegion.EndColumn, UTF16)
		if err != nil {
			return nil, err
		}
		if end > limit {
			return nil, fmt.Errorf("replacements overlap at line %d", r.DeletedRegion.StartLine)
		}
		if limit, err = Offset(text, r.DeletedRegion.StartLine, r.DeletedRegion.StartColumn, UTF16); err != nil {
			return nil, err
		}
		if text, err = Apply(text, r, UTF16); err != nil {
			return nil, err
		}
	}
	return text, nil
}

func equal(a, b Replacement) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// The picture of README.md is one finding of the quickstart, as a terminal shows it. With
// -update the test draws it.
func TestPicture(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, dir: top, now: time.Now, stdoutTerminal: true, columns: 100}
	if status := p.run(context.Background(), []string{"scan", "--rule", "root-mfa", "testdata/quickstart"}); status != exitViolations || stderr.Len() > 0 {
		t.Fatalf("status %d\n%s", status, &stderr)
	}
	want := drawn(stdout.String())
	path := filepath.Join(top, "docs", "finding.svg")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/finding.svg shows other output (%v); go test ./cmd/iamvet -run TestPicture -update draws this:\n%s", err, &stdout)
	}
}

// The colours of a terminal, of which the background is dark for all readers.
const (
	background = "#0d1117"
	foreground = "#e6edf3"
)

var colours = map[string]string{"31": "#ff7b72", "32": "#7ee787", "33": "#f2cc60", "34": "#79c0ff", "35": "#d2a8ff", "36": "#76e3ea", "90": "#8b949e"}

var escape = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// drawn is text for a terminal as an SVG: a line of text for each line, and a span for each
// run in one style.
func drawn(text string) string {
	const width, height, margin = 8, 18, 16 // of a character
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	longest := 0
	for _, line := range lines {
		longest = max(longest, utf8.RuneCountInString(escape.ReplaceAllString(line, "")))
	}
	var b strings.Builder
	w, h := longest*width+2*margin, len(lines)*height+2*margin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title">`+"\n", w, h, w, h)
	b.WriteString("<title id=\"title\">What iamvet scan prints of a service control policy that is a word away from what it is for</title>\n")
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", background)
	fmt.Fprintf(&b, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" fill="%s" xml:space="preserve">`+"\n", foreground)
	style := ""
	for i, line := range lines {
		fmt.Fprintf(&b, `<text x="%d" y="%d">`, margin, margin+(i+1)*height-5)
		column := 0
		span := func(text string) {
			if text == "" {
				return
			}
			n := utf8.RuneCountInString(text)
			fmt.Fprintf(&b, `<tspan x="%d" textLength="%d"%s>%s</tspan>`, margin+column*width, n*width, style, html.EscapeString(text))
			column += n
		}
		at := 0
		for _, m := range escape.FindAllStringSubmatchIndex(line, -1) {
			span(line[at:m[0]])
			style, at = styled(style, line[m[2]:m[3]]), m[1]
		}
		span(line[at:])
		b.WriteString("</text>\n")
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// styled is a style after an escape sequence.
func styled(style, codes string) string {
	for _, code := range strings.Split(codes, ";") {
		switch {
		case code == "" || code == "0":
			style = ""
		case code == "1":
			style += ` font-weight="bold"`
		case code == "2":
			style += ` opacity="0.6"`
		case code == "4":
			style += ` text-decoration="underline"`
		case colours[code] != "":
			style += ` fill="` + colours[code] + `"`
		}
	}
	return style
}

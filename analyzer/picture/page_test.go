package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
)

// The page asks for nothing: its policy lets in its own script and style alone, as they
// stand in it, and no address stands in what a browser loads.
func TestPageNeedsNothingButItself(t *testing.T) {
	hostile := "</script><script>alert(1)</script>\u202e<img src=https://example.com/x>"
	g := &Graph{
		Nodes: []GraphNode{{ID: "service:x", Kind: "service", Name: hostile}, {ID: "role:y", Kind: "role", Name: "y"}},
		Edges: []GraphEdge{{From: "service:x", To: "role:y", Verdict: "certain", Conditions: []string{hostile}}},
	}
	check := &analyzer.Check{ID: "IV999", Name: "a-rule"}
	r := &analyzer.Report{Version: "test", Findings: []*analyzer.Finding{{Check: check, Verdict: analyzer.Violation, Severity: analyzer.High, Message: hostile}}}
	r.Summary.Violations, r.Summary.BySeverity = 1, map[string]int{"high": 1}
	var page, again bytes.Buffer
	for _, w := range []*bytes.Buffer{&page, &again} {
		if err := HTML(w, &Page{Report: r, Graph: g, Version: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(page.Bytes(), again.Bytes()) {
		t.Error("two pages of one report differ")
	}
	text := page.String()
	for _, part := range []string{"style", "script"} {
		inside := regexp.MustCompile(`(?s)<`+part+`>(.*?)</`+part+`>`).FindAllStringSubmatch(text, -1)
		if len(inside) != 1 {
			t.Fatalf("%d of %s", len(inside), part)
		}
		sum := sha256.Sum256([]byte(inside[0][1]))
		if want := part + "-src &#39;sha256-" + base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(text, want) && !strings.Contains(text, strings.ReplaceAll(want, "+", "&#43;")) {
			t.Errorf("the policy does not let the %s in: %s", part, want)
		}
	}
	if n := strings.Count(text, "<script"); n != 2 {
		t.Errorf("%d scripts: what was scanned ended one, or began one", n)
	}
	if found := regexp.MustCompile(`<(?:img|link|iframe|object|embed|base|form)\b|<[a-z][^>]*(?:src|href)="?https?:`).FindString(text); found != "" {
		t.Errorf("the page has %s", found)
	}
	if !strings.Contains(text, "default-src &#39;none&#39;") {
		t.Error("the policy lets in what it does not name")
	}
}

// Columns stand from left to right, and no two boxes on each other.
func TestLayout(t *testing.T) {
	d := drawing{gap: columnGap}
	for range 9 {
		d.boxes = append(d.boxes, box{width: 100, height: nodeHeight})
	}
	for _, a := range [][2]int{{0, 3}, {1, 3}, {2, 4}, {3, 4}, {4, 5}, {5, 3}, {0, 5}, {6, 7}, {7, 8}, {8, 6}} {
		d.arrows = append(d.arrows, arrow{from: a[0], to: a[1]})
	}
	d.lay()
	back := 0
	for _, a := range d.arrows {
		switch from, to := d.boxes[a.from], d.boxes[a.to]; {
		case a.back:
			back++
		case from.x+from.width >= to.x:
			t.Errorf("%d does not stand left of %d", a.from, a.to)
		}
	}
	if back != 2 {
		t.Errorf("%d arrows lead back, of two circles", back)
	}
	for i, a := range d.boxes {
		for j, b := range d.boxes[:i] {
			if a.x < b.x+b.width && b.x < a.x+a.width && a.y < b.y+b.height && b.y < a.y+a.height {
				t.Errorf("%d and %d stand on each other", i, j)
			}
		}
	}
}

package sarif

import (
	"fmt"
	"math/big"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf16"
)

// Worked out by the definition with arbitrary precision, not by the code.
func TestLineHashesKnown(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", []string{"c129715d7a2bc9a3:1"}},
		{"locals {\n  x = 1\n}\n", nil},
		{strings.Repeat("Effect = \"Allow\"\n", 12), nil},
	} {
		want := test.want
		if want == nil {
			want = byDefinition(test.text)
		}
		got := lineHashes([]byte(test.text))
		if len(got) != len(want) {
			t.Errorf("%q: %d lines, want %d", test.text, len(got), len(want))
		}
		for i, w := range want {
			if got[i+1] != w {
				t.Errorf("%q: line %d is %s, want %s", test.text, i+1, got[i+1], w)
			}
		}
	}
}

// byDefinition is the hashes of the lines of a text as GitHub documents them:
// for each line, the polynomial of its next 100 characters.
func byDefinition(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	lines := strings.Split(text, "\n")
	mod := new(big.Int).Lsh(big.NewInt(1), 64)
	seen := map[string]int{}
	var out []string
	for i := range lines {
		rest := strings.NewReplacer(" ", "", "\t", "").Replace(strings.Join(lines[i:], "\n"))
		units := append(utf16.Encode([]rune(rest)), 65535)
		sum := new(big.Int)
		for k := range 100 {
			sum.Mul(sum, big.NewInt(37))
			if k < len(units) {
				sum.Add(sum, big.NewInt(int64(units[k])))
			}
		}
		hash := sum.Mod(sum, mod).Text(16)
		seen[hash]++
		out = append(out, fmt.Sprintf("%s:%d", hash, seen[hash]))
	}
	return out
}

func TestLineHashesOfRandomTexts(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	parts := []string{"a", "resource", " ", "\t", "\n", "\n", "\r\n", "\r", "😀", "é", "x = 1\n", "\n\n", strings.Repeat("long ", 40)}
	for range 3000 {
		text := randomText(rnd, parts, 40)
		// A blank behind a carriage return keeps the line feed after it apart in
		// GitHub's algorithm; Terraform files have no such line endings.
		if strings.Contains(text, "\r ") || strings.Contains(text, "\r\t") {
			continue
		}
		got, want := lineHashes([]byte(text)), byDefinition(text)
		if len(got) != len(want) {
			t.Fatalf("%q: %d lines, want %d", text, len(got), len(want))
		}
		for i, w := range want {
			if got[i+1] != w {
				t.Fatalf("%q: line %d is %s, want %s", text, i+1, got[i+1], w)
			}
		}
	}
}

func BenchmarkLineHashes(b *testing.B) {
	text := []byte(strings.Repeat("resource \"aws_iam_user\" \"x\" {\n  name = \"x\"\n}\n", 2000))
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lineHashes(text)
	}
}

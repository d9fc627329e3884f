package edit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

// One edit in a file of a thousand resources.
func BenchmarkSetMember(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "resource \"aws_iam_role\" \"r%d\" {\n  assume_role_policy = jsonencode({\n    Statement = [{\n      Effect = \"Allow\"\n      Action = \"*\"\n    }]\n  })\n}\n\n", i)
	}
	f := source.NewFile("main.tf", []byte(text.String()))
	statement := at(b, parsed(b, f), "resource", 500, "assume_role_policy", "json", "Statement", 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := SetMember(statement, "Condition", mfa); err != nil {
			b.Fatal(err)
		}
	}
}

package checks_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/sarif"
)

// secretState is a raw state of so many roles, each with a finding and two secrets of its
// own, among three times as many resources that are not identity.
func secretState(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","resources":[`)
	for i := range n {
		trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::%012d:root"},"Condition":{"StringEquals":{"sts:ExternalId":"external-%08d"}}}]}`, 100_000_000_000+int64(i), i)
		fmt.Fprintf(&b, `{"mode":"managed","type":"aws_iam_role","name":"r%[1]d","instances":[{"attributes":{"name":"r%[1]d","assume_role_policy":%[2]q,"description":"secret-%08[1]d"},"sensitive_attributes":[[{"type":"get_attr","value":"assume_role_policy"}],[{"type":"get_attr","value":"description"}]]}]},`, i, trust)
		for k := range 3 {
			fmt.Fprintf(&b, `{"mode":"managed","type":"aws_instance","name":"i%d_%d","instances":[{"attributes":{"user_data":%q}}]},`, i, k, strings.Repeat("x", 500))
		}
	}
	b.WriteString(`{"mode":"managed","type":"aws_iam_user","name":"u","instances":[{"attributes":{"name":"u"}}]}]}`)
	return b.Bytes()
}

func scanState(tb testing.TB, state []byte) *analyzer.Report {
	tb.Helper()
	in := engine.Input{Plans: []engine.Evidence{{Name: "s.tfstate", Read: engine.ReadOnce(bytes.NewReader(state), true)}}, ScanRoot: ".", WorkDir: "."}
	r, err := engine.Analyze(context.Background(), in, checks.All)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// A state of twice the roles takes twice the work, secrets to take out of what is said of
// them and all formats among it.
func TestStatesGrow(t *testing.T) {
	of := func(n int) uint64 {
		state := secretState(n)
		return allocated(func() {
			r := scanState(t, state)
			if len(r.Findings) != n {
				t.Fatalf("%d findings in a state of %d roles", len(r.Findings), n)
			}
			var out bytes.Buffer
			for _, err := range []error{report.JSON(&out, r), sarif.Write(io.Discard, r, sarif.Options{}), report.Text(io.Discard, r, report.TextOptions{})} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if text := out.String(); strings.Contains(text, "external-0") || !strings.Contains(text, "(sensitive)") {
				t.Error("a secret is printed, or none is looked for")
			}
		})
	}
	of(50) // what is done once
	few, many := of(600), of(1200)
	if float64(many) > 1.1*2*float64(few) {
		t.Errorf("%d bytes allocated for 600 roles, %d for 1,200", few, many)
	}
}

// A report of a state holds the findings, and nothing of what roles were judged by.
func TestReportOfAStateIsSmall(t *testing.T) {
	held := func(n int) uint64 {
		state := secretState(n)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := scanState(t, state)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(r)
		runtime.KeepAlive(state)
		return after.HeapAlloc - before.HeapAlloc
	}
	if got := held(1200) / 1200; got > 6000 {
		t.Errorf("%d bytes are held for each role", got)
	}
}

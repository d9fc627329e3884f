package proof

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestPublishedSCPs: every SCP that AWS publishes as a sample gets the verdicts
// of the golden file, alone at the organization's root, and every witness
// replays.
func TestPublishedSCPs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata, "scps", "*.json"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d policies, %v", len(files), err)
	}
	var b strings.Builder
	b.WriteString("# What each SCP of aws-samples/service-control-policy-examples does by itself,\n" +
		"# attached to the organization's root: to root without MFA, and to root from an\n" +
		"# unknown network. Written by go test ./analyzer/proof -run PublishedSCPs -update.\n")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		doc := parse(t, "scp.json", string(text))
		levels := []Level{{Documents: []*policy.Document{doc}, FullAccess: value.Yes}}
		root := RootMFA(levels, RootOptions{})
		ip := SourceIP(levels, SourceIPOptions{})
		if root.Class != RootMalformed {
			replaySCP(t, levels, root.Class.Verdict(), root.Witness)
		}
		if ip.Class != IPMalformed {
			replaySCP(t, levels, ip.Class.Verdict(), ip.Witness)
		}
		fmt.Fprintf(&b, "\n%s\n", name[strings.LastIndex(name, "__")+2:])
		fmt.Fprintf(&b, "  root-mfa          %-14s %s\n", root.Class, why(root.Witness, root.Deciding, root.Needs))
		if len(root.Exempt) > 0 {
			fmt.Fprintf(&b, "                    exempt: %s\n", strings.Join(root.Exempt, ", "))
		}
		fmt.Fprintf(&b, "  root-ip-allowlist %-14s %s\n", ip.Class, why(ip.Witness, nil, ip.Needs))
	}
	golden := filepath.Join(testdata, "scps.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("the verdicts differ from %s:\n%s", golden, b.String())
	}
}

func why(w *Witness, deciding []*policy.Statement, needs []value.Reason) string {
	switch {
	case w != nil && w.Because != "":
		return w.Words + ": " + w.Because
	case w != nil:
		return w.Words
	case len(needs) > 0:
		return "needs: " + needs[0].Text
	case len(deciding) > 0:
		return StatementName(deciding[0]) + " denies it"
	}
	return "it is denied"
}

package proof

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

const testdata = "../../testdata/policy"

// parse reads a policy as if it were a file of that name.
func parse(t testing.TB, name, text string) *policy.Document {
	t.Helper()
	f := source.NewFile(name, []byte(text))
	d, err := policy.Parse(value.StrAt(source.Literal(source.Span{File: f, Start: 0, End: len(text)})))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// vector is a policy with the class that it must get.
type vector struct {
	ID        string
	Doc       json.RawMessage
	Docs      []json.RawMessage
	Expect    string
	Why       string
	Partition string
	Full      *bool // false: FullAWSAccess is detached
	Flags     []string
}

func vectors(t testing.TB, name string) []vector {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return list
}

func (v vector) documents(t testing.TB) []*policy.Document {
	t.Helper()
	var out []*policy.Document
	for i, raw := range append(v.Docs, v.Doc) {
		if raw != nil {
			out = append(out, parse(t, v.ID+strings.Repeat("b", i)+".json", string(raw)))
		}
	}
	return out
}

func (v vector) levels(t testing.TB) []Level {
	full := value.Yes
	if v.Full != nil {
		full = value.TriOf(*v.Full)
	}
	return []Level{{Documents: v.documents(t), FullAccess: full}}
}

func (v vector) partitions() []string {
	if v.Partition == "" {
		return nil
	}
	return []string{v.Partition}
}

func TestRootMFAVectors(t *testing.T) {
	for _, v := range vectors(t, "scp_root_mfa.json") {
		t.Run(v.ID, func(t *testing.T) {
			levels := v.levels(t)
			got := RootMFA(levels, RootOptions{Account: "123456789012", Partitions: v.partitions()})
			if got.Class.String() != v.Expect {
				t.Errorf("class = %v, want %s: %s\nwitness %+v\nneeds %v", got.Class, v.Expect, v.Why, got.Witness, got.Needs)
			}
			if got.Witness != nil {
				t.Log(got.Witness.Words, got.Witness.Context, got.Witness.Absent)
			}
			replaySCP(t, levels, got.Class.Verdict(), got.Witness)
		})
	}
}

// replaySCP decides a witness with the policy engine alone.
func replaySCP(t testing.TB, levels []Level, verdict Verdict, w *Witness) {
	t.Helper()
	if verdict != Violated {
		if w != nil {
			t.Errorf("a %v verdict has a witness: %s", verdict, w.Words)
		}
		return
	}
	if w == nil || w.Words == "" {
		t.Fatal("a violation has no witness")
	}
	r := *w.Request
	for _, l := range levels {
		d := policy.Decide(l.Documents, &r)
		if d.Denied != value.No {
			t.Errorf("the witness is denied (%v): %s", d.Denied, w.Words)
		}
		if l.FullAccess != value.Yes && d.Granted != value.Yes {
			t.Errorf("the witness is not allowed at one level: %s", w.Words)
		}
	}
}

// retold is the request of a witness made of nothing but what is told of it, as
// people replay it with iamvet eval.
func retold(t testing.TB, w *Witness) *policy.Request {
	t.Helper()
	caller, err := policy.ParseCaller(w.Principal)
	if err != nil {
		t.Fatalf("the principal of %q: %v", w.Words, err)
	}
	r := &policy.Request{Caller: caller, Action: w.Action, Resource: w.Resource, Context: map[string]policy.ContextValue{}, Unlisted: policy.Absent}
	if r.Resource == "" {
		r.Resource = "*"
	}
	for k, v := range w.Context {
		r.Context[strings.ToLower(k)] = policy.One(v)
	}
	for k, v := range w.Lists {
		r.Context[strings.ToLower(k)] = policy.Many(v...)
	}
	return r
}

func TestUserMFAVectors(t *testing.T) {
	for _, v := range vectors(t, "user_mfa.json") {
		t.Run(v.ID, func(t *testing.T) {
			docs := v.documents(t)
			got := UserMFA(User{Name: "alice", Documents: docs})
			if got.Class.String() != v.Expect {
				t.Errorf("class = %v, want %s: %s\nwitness %+v\nneeds %v", got.Class, v.Expect, v.Why, got.Witness, got.Needs)
			}
			if got.Witness == nil {
				if got.Class != Enforced {
					t.Error("no witness")
				}
				return
			}
			t.Log(got.Witness.Words, got.Witness.Context, got.Witness.Absent)
			for _, r := range []*policy.Request{got.Witness.Request, retold(t, got.Witness)} {
				if d := policy.Decide(docs, r); d.Allowed != value.Yes {
					t.Errorf("the witness is not allowed: %+v", got.Witness)
				}
			}
		})
	}
}

func TestSourceIPVectors(t *testing.T) {
	for _, v := range vectors(t, "scp_source_ip.json") {
		t.Run(v.ID, func(t *testing.T) {
			levels := v.levels(t)
			got := SourceIP(levels, SourceIPOptions{Account: "123456789012", Everyone: true})
			if got.Class.String() != v.Expect {
				t.Errorf("class = %v, want %s: %s\nwitness %+v\nneeds %v", got.Class, v.Expect, v.Why, got.Witness, got.Needs)
			}
			slices.Sort(v.Flags)
			if flags := got.Flags(); !slices.Equal(flags, v.Flags) {
				t.Errorf("flags = %v, want %v", flags, v.Flags)
			}
			if got.Witness != nil {
				t.Log(got.Witness.Words, got.Witness.Context, got.Witness.Absent)
			}
			if got.Class == IPUndetermined && len(got.Needs) == 0 {
				t.Error("undetermined, and nothing is needed")
			}
			if got.Class != IPMalformed {
				replaySCP(t, levels, got.Class.Verdict(), got.Witness)
			}
		})
	}
}

func TestSessionNameVectors(t *testing.T) {
	for _, v := range vectors(t, "trust_rolesessionname.json") {
		t.Run(v.ID, func(t *testing.T) {
			docs := v.documents(t)
			got := SessionName(docs[0], SessionNameOptions{Account: "111122223333"})
			if got.Class.String() != v.Expect {
				t.Errorf("class = %v, want %s: %s\nwitness %+v\nneeds %v", got.Class, v.Expect, v.Why, got.Witness, got.Needs)
			}
			if got.Witness == nil {
				return
			}
			t.Logf("%s %v %v %+v", got.Witness.Words, got.Witness.Context, got.Witness.Absent, got.Callers)
			for _, r := range []*policy.Request{got.Witness.Request, retold(t, got.Witness)} {
				if d := docs[0].Decide(r); d.Allowed != value.Yes {
					t.Errorf("the witness is not allowed: %+v", got.Witness)
				}
			}
		})
	}
}

// TestProofVectors: policies of which a few samples do not tell whether they are
// violated, by rule.
func TestProofVectors(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(testdata, "proof.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		vector
		Rules  []string
		Expect map[string]string
	}
	if err := json.Unmarshal(b, &list); err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	words := map[Verdict]string{Undetermined: "undetermined", Violated: "violation", Holds: "compliant", NotApplicable: "compliant"}
	for _, v := range list {
		for _, rule := range v.Rules {
			t.Run(v.ID+"/"+rule, func(t *testing.T) {
				docs := v.documents(t)
				var verdict Verdict
				var witness *Witness
				var needs []value.Reason
				switch rule {
				case "IV102":
					r := RootMFA(v.levels(t), RootOptions{})
					verdict, witness, needs = r.Class.Verdict(), r.Witness, r.Needs
					replaySCP(t, v.levels(t), verdict, witness)
				case "IV105":
					r := SourceIP(v.levels(t), SourceIPOptions{})
					verdict, witness, needs = r.Class.Verdict(), r.Witness, r.Needs
					replaySCP(t, v.levels(t), verdict, witness)
				case "IV201":
					r := SessionName(docs[0], SessionNameOptions{})
					verdict, witness, needs = r.Class.Verdict(), r.Witness, r.Needs
				case "IV202":
					r := TrustAnyone(docs[0], SessionNameOptions{})
					verdict, witness, needs = r.Class.Verdict(), r.Witness, r.Needs
				default:
					t.Fatal("no such rule")
				}
				if got := words[verdict]; got != v.Expect[rule] {
					t.Errorf("%s, want %s: %s\nwitness %+v\nneeds %v", got, v.Expect[rule], v.Why, witness, needs)
				}
				if witness != nil {
					t.Log(witness.Words)
					if rule == "IV201" || rule == "IV202" {
						if d := docs[0].Decide(witness.Request); d.Allowed != value.Yes {
							t.Errorf("the witness is not allowed: %+v", witness)
						}
					}
				}
			})
		}
	}
}

package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/comparison"
	"github.com/iamvet/iamvet/analyzer/comparison/naive"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// policyLine is in what a commit changes that touches policies.
const policyLine = `assume_role_policy|aws_iam_policy|aws_organizations_policy|"?(Effect|Action|NotAction|Principal|Resource)"? *[=:]|actions *=|principals|identifiers|resources *=`

// TestHistory compares, commit by commit, what each changed in repositories, and asks a
// naive evaluator of requests drawn at random: what it finds has to be told, and what is told
// for certain it has to confirm. IAMVET_HISTORY lists clones, IAMVET_COMMITS how many of the
// last commits that touch policies are taken of each.
func TestHistory(t *testing.T) {
	dirs := os.Getenv("IAMVET_HISTORY")
	if dirs == "" {
		t.Skip("IAMVET_HISTORY names no repositories")
	}
	most, err := strconv.Atoi(os.Getenv("IAMVET_COMMITS"))
	if err != nil {
		most = 200
	}
	var all historyCount
	for _, dir := range filepath.SplitList(dirs) {
		began := time.Now()
		count := compareHistory(t, dir, most)
		t.Logf("%-45s %s, %s", filepath.Base(dir), count, time.Since(began).Round(time.Second))
		all.add(count)
	}
	t.Logf("%-45s %s", "all", all)
}

// historyCount counts what was compared: commits, of which some could not be read; subjects
// that differ, for which something is certainly or perhaps newly allowed; those for which
// sampling finds something, and which of these are not told; requests that are told for
// certain, and those of them that are not confirmed, or not read by the evaluator.
type historyCount struct {
	commits, broken, subjects, wider, mayBe int
	sampled, missed, told, denied, unread   int
}

func (c *historyCount) add(o historyCount) {
	c.commits, c.broken, c.subjects, c.wider, c.mayBe = c.commits+o.commits, c.broken+o.broken, c.subjects+o.subjects, c.wider+o.wider, c.mayBe+o.mayBe
	c.sampled, c.missed, c.told, c.denied, c.unread = c.sampled+o.sampled, c.missed+o.missed, c.told+o.told, c.denied+o.denied, c.unread+o.unread
}

func (c historyCount) String() string {
	return fmt.Sprintf("%d commits (%d not compared), %d subjects differ, %d wider, %d may be; sampling finds %d, %d of them untold; %d requests told for certain, %d not confirmed, %d not read",
		c.commits, c.broken, c.subjects, c.wider, c.mayBe, c.sampled, c.missed, c.told, c.denied, c.unread)
}

func compareHistory(t *testing.T, dir string, most int) (count historyCount) {
	out, err := exec.Command("git", "-C", dir, "log", "--no-merges", "--format=%H", "-G"+policyLine, "HEAD", "--", "*.tf", "*.json", "*.tpl", "*.tftpl").Output()
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	commits := strings.Fields(string(out))
	commits = commits[:min(most, len(commits))]
	var trees [2]string
	for i := range trees {
		trees[i] = filepath.Join(t.TempDir(), "tree")
		if out, err := exec.Command("git", "-C", dir, "worktree", "add", "-q", "--no-checkout", "--detach", trees[i]).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", dir, err, out)
		}
		defer exec.Command("git", "-C", dir, "worktree", "remove", "--force", trees[i]).Run()
	}
	for i, commit := range commits {
		if i > 0 && i%20 == 0 {
			t.Logf("%-45s so far %s", filepath.Base(dir), count)
		}
		count.commits++
		var mu sync.Mutex
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
		err := compareCommit(ctx, trees, commit, func(c comparison.Compared) {
			one, said := judgeCompared(c)
			mu.Lock()
			defer mu.Unlock()
			count.add(one)
			for _, s := range said {
				t.Errorf("%s %s: %s %s: %s", filepath.Base(dir), commit[:10], c.Kind, c.Name, s)
			}
		})
		stop()
		if err != nil {
			count.broken++
			t.Logf("%s %s: %v", filepath.Base(dir), commit[:10], err)
		}
	}
	return count
}

// compareCommit compares a commit with its first parent, each checked out in a work tree of
// its own: a thousand commits are read faster there than out of git's objects.
func compareCommit(ctx context.Context, trees [2]string, commit string, told func(comparison.Compared)) error {
	var in [2]engine.Input
	for i, rev := range []string{commit + "^1", commit} {
		if out, err := exec.CommandContext(ctx, "git", "-C", trees[i], "checkout", "-q", "-f", "--detach", rev).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		files, err := workspace.OpenBoundary(trees[i])
		if err != nil {
			return err
		}
		in[i] = engine.Input{Boundary: files, Paths: []string{"."}, AllowEmpty: true, Recover: true, Now: time.Unix(1800000000, 0)}
	}
	_, err := engine.Compare(ctx, in[0], in[1], comparison.Options{Compared: told})
	return err
}

// samples is how many requests are drawn for a subject.
const samples = 3000

// judgeCompared asks the naive evaluator about one subject.
func judgeCompared(c comparison.Compared) (count historyCount, said []string) {
	count.subjects = 1
	switch c.Change.Wider() {
	case value.Yes:
		count.wider = 1
	case value.Maybe:
		count.mayBe = 1
	}
	seed := fnv.New64a()
	fmt.Fprint(seed, c.Kind, c.Name)
	random := rand.New(rand.NewSource(int64(seed.Sum64())))
	asked := naive.Asked{Account: c.Who.Account, Path: c.Who.Path, Name: c.Who.Name, Assume: c.Who.Assume, OwnResources: c.Who.Own, ResourceAccount: c.Who.Resources}
	for _, k := range c.Who.Kinds {
		if kind := naiveKind(k); kind != "" {
			asked.Kinds = append(asked.Kinds, kind)
		}
	}
	if len(asked.Kinds) == 0 {
		asked.Kinds = []naive.Kind{naive.User, naive.Role}
	}
	own := asked.Account
	if own == "" {
		own = "123412341234"
	}
	before, after := naiveRules(c.Before, own), naiveRules(c.After, own)
	words := naive.NewWords(random, asked, append(before.All(), after.All()...)...)
	for range samples {
		r := words.Draw()
		was, known := before.Allow(r)
		now, knownNow := after.Allow(r)
		if known && knownNow && now && !was {
			count.sampled = 1
			if c.Change.Wider() == value.No {
				count.missed = 1
				said = append(said, fmt.Sprintf("sampling finds %+v (%s), which is not told", *r, r.ARN()))
			}
			break
		}
	}
	for _, o := range c.Change.Allows {
		if o.Opens != value.Yes || o.Witness == nil {
			continue
		}
		count.told++
		switch confirmed, read := confirm(c, o, random); {
		case !read:
			count.unread++
		case !confirmed:
			count.denied++
			said = append(said, fmt.Sprintf("%s on %s by %s with %v is told and not confirmed: %s", o.Witness.Action, o.Witness.Resource, o.Witness.Principal, o.Witness.Context, o.Why))
		}
	}
	return count, said
}

func naiveKind(k policy.CallerKind) naive.Kind {
	return map[policy.CallerKind]naive.Kind{
		policy.UserCaller: naive.User, policy.RoleCaller: naive.Role, policy.RootCaller: naive.Root,
		policy.ServiceCaller: naive.Service, policy.FederatedCaller: naive.Federated,
	}[k]
}

// confirm replays a request that is told. Where it is told of a resource that is not known,
// it is tried on those that the policies say.
func confirm(c comparison.Compared, o comparison.Opening, random *rand.Rand) (confirmed, read bool) {
	w := o.Witness.Request
	if w == nil || w.Caller == nil || naiveKind(w.Caller.Kind) == "" {
		return false, false
	}
	r := &naive.Request{Kind: naiveKind(w.Caller.Kind), Account: w.Caller.Account, Path: w.Caller.Path, Name: w.Caller.Name, Session: w.Caller.Session, Action: w.Action, Resource: w.Resource, Context: map[string][]string{}}
	if r.Path == "" {
		r.Path = "/"
	}
	for k, v := range w.Context {
		switch v.Presence {
		case policy.Known:
			r.Context[strings.ToLower(k)] = v.Values
		case policy.Either, policy.Present:
			return false, false
		}
	}
	for _, own := range []string{w.Caller.Account, "111122223333", "123123123123", "444455556666", "123412341234"} {
		before, after := naiveRules(c.Before, own), naiveRules(c.After, own)
		for k := range o.Witness.Context { // met by somebody, whatever the value is
			k = strings.ToLower(k)
			if _, given := w.Context[k]; given {
				continue
			}
			if values := after.Values(k); len(values) > 0 {
				r.Context[k] = values[:1]
			}
		}
		resources := []string{w.Resource}
		for _, p := range after.All() {
			for _, s := range p.Statement {
				for _, text := range s.Resource {
					resources = append(resources, strings.NewReplacer("*", "abc", "?", "x").Replace(text))
				}
			}
		}
		for _, resource := range resources {
			r.Resource = resource
			was, known := before.Allow(r)
			now, knownNow := after.Allow(r)
			read = read || known && knownNow
			if known && knownNow && now && !was {
				return true, true
			}
		}
	}
	return false, read
}

// naiveRules are rules as JSON, of which the naive evaluator reads what is certain. Of what
// is not known something that is nowhere else stands for it.
func naiveRules(rules proof.Rules, account string) naive.Rules {
	var out naive.Rules
	for _, l := range rules.Levels {
		level := naive.Level{Full: l.Full}
		for _, d := range l.Documents {
			if p := naivePolicy(d, account); p != nil {
				level.Policies = append(level.Policies, p)
			}
		}
		out = append(out, level)
	}
	return out
}

func naivePolicy(d *policy.Document, account string) *naive.Policy {
	var statements []map[string]any
	for _, s := range d.Statements {
		if s.Uncertain() || s.Effect == policy.EffectUnknown || s.ActionsOpen || s.ResourcesOpen || s.PrincipalsOpen {
			continue
		}
		one := map[string]any{}
		whole := true
		for _, e := range []string{"Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"} {
			v := s.Element(e)
			if v.Missing() {
				continue
			}
			text, ok := rendered(v, account)
			whole = whole && ok
			one[e] = text
		}
		if whole {
			statements = append(statements, one)
		}
	}
	text, err := json.Marshal(map[string]any{"Statement": statements})
	if err != nil || len(statements) == 0 {
		return nil
	}
	p, err := naive.Parse(string(text))
	if err != nil {
		return nil
	}
	return p
}

// rendered is a value with something for what is not known.
func rendered(v *value.Value, account string) (any, bool) {
	stands := func(v *value.Value) string {
		switch {
		case v.Same != "":
			return account
		case v.Ref != nil && v.Ref.Type == "aws_partition":
			return "aws"
		}
		h := fnv.New32a()
		fmt.Fprint(h, value.Key(v))
		return fmt.Sprintf("unknown%x", h.Sum32())
	}
	switch {
	case v.Open:
		return nil, false
	case v.Is(value.Unknown):
		return stands(v), v.Same != "" || v.Type.Kind == value.String
	case v.Is(value.String):
		var b bytes.Buffer
		for _, p := range v.Parts {
			if p.Hole != nil {
				b.WriteString(stands(p.Hole))
			} else {
				b.WriteString(p.Text.String)
			}
		}
		return b.String(), true
	case v.Is(value.Bool):
		return v.Bool, true
	case v.Is(value.Number):
		n, _ := v.Number.Float64()
		return n, true
	case v.IsSequence():
		list := []any{}
		for _, e := range v.Elems {
			one, ok := rendered(e, account)
			if !ok {
				return nil, false
			}
			list = append(list, one)
		}
		return list, true
	case v.IsMapping():
		object := map[string]any{}
		for _, a := range v.Attrs {
			name, known := a.Key()
			one, ok := rendered(a.Value, account)
			if !known || !ok {
				return nil, false
			}
			object[name] = one
		}
		return object, true
	}
	return nil, false
}

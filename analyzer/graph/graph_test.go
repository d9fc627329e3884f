package graph

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/checktest"
)

// Over every trust policy of the fixtures the graph says what iamvet eval says of the
// same requests: those of edges get through, and between whom there is no edge none of
// them does.
func TestEdgesAreWhatEvalSays(t *testing.T) {
	var edges, none atomic.Int64
	checktest.Each(t, "../../testdata/checks", func(t *testing.T, dir string) {
		m := checktest.Model(t, dir)
		g := Build(m, checktest.Now)
		for _, e := range g.Edges {
			edges.Add(1)
			agrees(t, e)
		}
		for _, r := range m.Roles {
			if r.Trust == nil || r.Trust.Malformed() || !r.Trust.Value.Known() {
				continue
			}
			to := g.nodeOf(r.Resource.Address)
			for _, n := range g.Nodes {
				// The edge from an account stands for whom of it the code does not declare.
				covers := func(e *Edge) bool {
					return e.From == n || e.From.Kind == Anyone || e.From.Kind == Account && n.Resource == nil && e.From.accountKey == n.accountKey
				}
				if to != nil && n != to && !slices.ContainsFunc(g.In(to), covers) {
					none.Add(int64(g.noneGetsThrough(t, r.Trust, to, n)))
				}
			}
		}
	}, func() {
		if edges.Load() < 300 || none.Load() < 400 {
			t.Errorf("%d edges and %d requests that do not get through: the fixtures have more", edges.Load(), none.Load())
		}
		t.Logf("%d edges, %d requests that do not get through", edges.Load(), none.Load())
	})
}

func (g *Graph) nodeOf(address string) *Node {
	i := slices.IndexFunc(g.Nodes, func(n *Node) bool { return n.Kind == Role && n.Name == address })
	if i < 0 {
		return nil
	}
	return g.Nodes[i]
}

// agrees decides the request of an edge as iamvet eval does.
func agrees(t *testing.T, e *Edge) {
	t.Helper()
	what := fmt.Sprintf("%s → %s", e.From.ID, e.To.ID)
	if e.Witness == nil {
		if e.Verdict != Uncertain || len(e.Needs) == 0 {
			t.Errorf("%s is %s without a request", what, e.Verdict)
		}
		return
	}
	trust := policy.Decide([]*policy.Document{e.trust}, e.Witness.Request)
	if want := e.Verdict != Uncertain; (trust.Outcome() == policy.Allowed) != want && !byProvider(e) {
		t.Errorf("%s is %s, and eval says %s of %s by %s", what, e.Verdict, trust.Outcome(), e.Witness.Action, e.Witness.Principal)
	}
	if e.granted != nil && e.Verdict == Certain {
		if own := policy.Decide(e.granted, e.Witness.Request); own.Outcome() != policy.Allowed {
			t.Errorf("%s is certain, and of the caller's policies eval says %s", what, own.Outcome())
		}
	}
	if e.Verdict != Certain && len(e.Needs) == 0 {
		t.Errorf("%s is %s, and nothing would decide it", what, e.Verdict)
	}
	if e.MFA == value.Yes && e.Verdict == Certain {
		for _, mfa := range []policy.ContextValue{{}, policy.One("false")} {
			r := e.Witness.Request.With("aws:MultiFactorAuthPresent", mfa).With("aws:MultiFactorAuthAge", policy.ContextValue{})
			docs := policy.Decide([]*policy.Document{e.trust}, r)
			if docs.Allowed == value.Yes && (e.granted == nil || policy.Decide(e.granted, r).Allowed == value.Yes) {
				t.Errorf("%s needs MFA, and eval lets the request in without", what)
			}
		}
	}
}

// byProvider says that the name of an identity provider, of which only the account is not
// known, stands for it.
func byProvider(e *Edge) bool {
	return e.From.Kind == Provider && strings.Contains(e.From.who.Name, "${")
}

// noneGetsThrough asks eval for the requests of a role's edges, made by somebody who has
// none. It returns how many that were.
func (g *Graph) noneGetsThrough(t *testing.T, trust *policy.Document, to, n *Node) int {
	t.Helper()
	caller := &policy.Caller{Kind: n.who.Kind, Account: n.Account, Path: n.who.Path, Name: n.who.Name, Session: "somebody", ID: n.who.ID}
	if n.Kind == Account || n.Kind == Group || n.Kind == Unknown || n.Kind == Anyone {
		return 0
	}
	contexts := []map[string]policy.ContextValue{{}, {"aws:MultiFactorAuthPresent": policy.One("true")}}
	for _, e := range g.In(to) {
		if e.Witness != nil {
			contexts = append(contexts, e.Witness.Request.Context)
		}
	}
	asked := 0
	for _, ctx := range contexts {
		for _, action := range []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"} {
			if (n.Kind == Provider) != (action != "sts:AssumeRole") {
				continue
			}
			r := &policy.Request{Caller: caller, Action: action, Context: ctx}
			if policy.Decide([]*policy.Document{trust}, r).Allowed != value.Yes {
				asked++
				continue
			}
			// The trust policy lets it in: then a policy of the caller would have to.
			r.Resource = to.arn(to.Account)
			var own []*policy.Document
			for _, p := range n.documents {
				own = append(own, p.doc)
			}
			if n.Resource == nil || policy.Decide(own, r).Allowed == value.Yes {
				t.Errorf("%s → %s is no edge, and eval lets %s in", n.ID, to.ID, action)
			}
			asked++
		}
	}
	return asked
}

// Paths are those that a naive search finds, in graphs of chance.
func TestPathsAreThoseOfANaiveSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		g := &Graph{}
		for i := range 2 + random.IntN(6) {
			kind := []Kind{Role, Role, User, Service, Account}[random.IntN(5)]
			g.Nodes = append(g.Nodes, &Node{ID: fmt.Sprint(i), Name: fmt.Sprint("n", i), Kind: kind})
		}
		for _, a := range g.Nodes {
			for _, b := range g.Nodes {
				if a != b && b.Kind == Role && random.IntN(3) > 0 {
					g.Edges = append(g.Edges, &Edge{From: a, To: b, Verdict: Verdict(random.IntN(3)), Action: "sts:AssumeRole"})
				}
			}
		}
		g.arrange()
		for depth := range 5 {
			to, from := g.Nodes[random.IntN(len(g.Nodes))], g.Nodes[random.IntN(len(g.Nodes))]
			for _, q := range []Question{
				{To: []*Node{to}, Depth: depth}, {From: []*Node{from}, Depth: depth},
				{To: []*Node{to}, From: []*Node{from}, Depth: depth}, {Depth: depth},
			} {
				paths, more := g.Paths(q)
				var got []string
				for _, p := range paths {
					got = append(got, words(p))
				}
				want := naive(g, q)
				slices.Sort(got)
				slices.Sort(want)
				if more || !slices.Equal(got, want) {
					t.Fatalf("depth %d to %v from %v: got %v, want %v", depth, q.To, q.From, got, want)
				}
			}
		}
	}
}

func words(p Path) string {
	out := p.From().Name
	for _, e := range p {
		out += " " + e.To.Name
	}
	return out
}

// naive follows every edge from everybody.
func naive(g *Graph, q Question) []string {
	var out []string
	var walk func(seen []*Node, path Path)
	walk = func(seen []*Node, path Path) {
		at := seen[len(seen)-1]
		if len(path) > 0 && (q.To == nil || slices.Contains(q.To, at)) {
			out = append(out, words(path))
		}
		if len(path) == q.Depth {
			return
		}
		for _, e := range g.Edges {
			if e.From == at && !slices.Contains(seen, e.To) {
				walk(append(slices.Clone(seen), e.To), append(slices.Clone(path), e))
			}
		}
	}
	for _, n := range g.Nodes {
		if q.From == nil || slices.Contains(q.From, n) {
			walk([]*Node{n}, nil)
		}
	}
	return out
}

// What AWS asks of callers: a policy of theirs where the trust policy names their account,
// or they are of another one; none where it names themselves in their own.
func TestWhoNeedsAPermission(t *testing.T) {
	const code = `
data "aws_caller_identity" "me" {}
locals { mine = "arn:aws:iam::${data.aws_caller_identity.me.account_id}" }
resource "aws_iam_user" "plain" { name = "plain" }
resource "aws_iam_user" "allowed" { name = "allowed" }
resource "aws_iam_user" "denied" { name = "denied" }
resource "aws_iam_user_policy" "allowed" {
  user   = aws_iam_user.allowed.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "${local.mine}:role/*" }] })
}
resource "aws_iam_user_policy" "denied" {
  user   = aws_iam_user.denied.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "sts:*", Resource = "*" }] })
}
resource "aws_iam_group" "ops" { name = "ops" }
resource "aws_iam_user" "member" { name = "member" }
resource "aws_iam_user_group_membership" "member" {
  user   = aws_iam_user.member.name
  groups = [aws_iam_group.ops.name]
}
resource "aws_iam_group_policy" "ops" {
  group  = aws_iam_group.ops.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }] })
}
resource "aws_iam_role" "by_account" {
  name               = "by_account"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "${local.mine}:root" } }] })
}
resource "aws_iam_role" "by_name" {
  name               = "by_name"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = [aws_iam_user.plain.arn, aws_iam_user.denied.arn] } }] })
}
`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	g := Build(checktest.Model(t, dir), checktest.Now)
	var got []string
	for _, e := range g.Edges {
		mfa := ""
		if e.MFA == value.Yes {
			mfa = " with MFA"
		}
		got = append(got, fmt.Sprintf("%s → %s %s%s", e.From.Name, e.To.Name, e.Verdict, mfa))
		if e.From.Kind == User && e.Tie != proof.TieFree {
			t.Errorf("%s: the session's name is %s", got[len(got)-1], e.Tie)
		}
	}
	want := []string{
		"this account → aws_iam_role.by_account certain",
		"aws_iam_user.allowed → aws_iam_role.by_account certain",
		"aws_iam_user.member → aws_iam_role.by_account certain with MFA",
		"aws_iam_user.plain → aws_iam_role.by_name certain",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	ops, err := g.Find("ops")
	if err != nil {
		t.Fatal(err)
	}
	if paths, _ := g.Paths(Question{From: ops, Depth: 2}); len(paths) != 1 || words(paths[0]) != "aws_iam_user.member aws_iam_role.by_account" {
		t.Errorf("from the group: %v", paths)
	}
}

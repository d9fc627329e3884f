package graph

import (
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Build works the graph out of a model.
func Build(m *identity.Model, now time.Time) *Graph {
	b := newBuilder(m, now)
	edges := make([][]*Edge, len(m.Roles))
	// Nodes that the scan does not declare are made beforehand, one after the other: roles
	// are then judged on all cores.
	asked := make([][]candidate, len(m.Roles))
	for i, r := range m.Roles {
		asked[i] = b.candidates(r)
	}
	cores.Each(len(m.Roles), func(i int) {
		j := judge{builder: b, role: m.Roles[i], node: b.roles[m.Roles[i]]}
		for _, c := range asked[i] {
			if e := j.edge(c); e != nil {
				edges[i] = append(edges[i], e)
			}
		}
		edges[i] = withoutShadows(edges[i])
	})
	g := &Graph{Edges: slices.Concat(edges...)}
	for _, n := range b.nodes {
		g.Nodes = append(g.Nodes, n)
	}
	g.arrange()
	return g
}

// withoutShadows leaves out what another edge says for certain: that somebody of the
// account may ask without a permission, where anyone may.
func withoutShadows(edges []*Edge) []*Edge {
	anyone := slices.ContainsFunc(edges, func(e *Edge) bool { return e.From.Kind == Anyone && e.Verdict == Certain })
	return slices.DeleteFunc(edges, func(e *Edge) bool { return anyone && e.open() })
}

// open says that the edge is possible only for what AWS does not say of a Principal *.
func (e *Edge) open() bool {
	return e.Verdict == Possible && len(e.Needs) == 1 && e.Needs[0].Text == wildcardNeed
}

const wildcardNeed = "whether a Principal of * lets those of the role's own account in without a policy of theirs that allows it"

// judge decides the edges to one role.
type judge struct {
	*builder
	role *identity.Role
	node *Node
}

// edge is that of a candidate; nil where no request gets through.
func (j judge) edge(c candidate) *Edge {
	e := &Edge{From: c.from, To: j.node, Action: c.action}
	if c.from.Kind == Unknown {
		e.Statements, e.Needs = c.statements, c.needs
		e.Conditions = conditionsOf(c.statements, j.role.Trust)
		return e
	}
	opt := j.options(c)
	r := j.ask(opt)
	switch {
	case r.Passes == value.Yes:
		e.Verdict = Certain
	case r.Passes == value.No && !c.mayDirectly:
		return nil
	case r.Passes == value.No:
		// The trust policy alone.
		opt.Permissions = nil
		if r = j.ask(opt); r.Passes == value.No {
			return nil
		}
		e.Verdict, e.Needs = Possible, []value.Reason{c.directly}
	case opt.Permissions != nil:
		// What the trust policy makes of it is known all the same.
		bare := opt
		bare.Permissions, bare.Boundary = nil, nil
		if alone := j.ask(bare); alone.Passes == value.Yes {
			e.Verdict, r.Tie, r.MFA = Possible, alone.Tie, alone.MFA.Or(r.MFA)
		}
	}
	e.Witness, e.MFA, e.Tie, e.trust, e.granted = r.Witness, r.MFA, r.Tie, r.Trust, r.Granted
	if e.Statements = r.Statements; len(e.Statements) == 0 {
		e.Statements = c.statements
	}
	e.Conditions = conditionsOf(e.Statements, j.role.Trust)
	if opt.Permissions != nil {
		e.Permission, e.PermissionAt = c.from.permissionFor(r)
	}
	if e.Verdict != Certain && len(e.Needs) == 0 {
		e.Needs = r.Needs
	}
	j.there(e)
	return e
}

// there makes an edge possible whose ends need not be.
func (j judge) there(e *Edge) {
	for _, n := range []*Node{e.From, e.To} {
		if n.Resource != nil && n.Resource.Exists != value.Yes && e.Verdict == Certain {
			e.Verdict, e.Needs = Possible, n.Resource.Why
		}
	}
}

// ask asks, under what resource control policies there are.
func (j judge) ask(opt proof.PassageOptions) proof.PassageResult {
	r := proof.Passage(j.role.Trust, opt)
	if r.Passes != value.Yes || len(j.guards) == 0 {
		return r
	}
	verdictOf := map[value.Tri]proof.Verdict{value.Yes: proof.Violated, value.No: proof.Holds}
	g := organization.UnderGuards(j.guards, opt.Account, func(rcps []*policy.Document) (proof.Verdict, []value.Reason) {
		opt.RCPs = rcps
		under := proof.Passage(j.role.Trust, opt)
		if under.Passes == value.Yes {
			r.Witness = under.Witness // gets through both
		}
		return verdictOf[under.Passes], under.Needs
	})
	switch g.Verdict {
	case proof.Holds:
		r.Passes = value.No
	case proof.Undetermined:
		r.Passes, r.Needs = value.Maybe, g.Needs
	}
	return r
}

func (j judge) options(c candidate) proof.PassageOptions {
	opt := proof.PassageOptions{
		SessionNameOptions: proof.SessionNameOptions{Account: j.node.Account, Partition: j.role.Resource.Partition(), Now: j.now},
		Action:             c.action,
		Role:               j.node.arn,
	}
	if j.node.Account == "" {
		opt.OwnName = j.node.accountKey
	}
	place := func(w proof.Who, n *Node) proof.Who {
		switch {
		case n.Account != "":
			w.Account = n.Account
		case n.accountKey != j.node.accountKey:
			w.Elsewhere = n.accountKey
		}
		return w
	}
	switch c.from.Kind {
	case Anyone:
	case Account:
		for _, kind := range []policy.CallerKind{policy.UserCaller, policy.RoleCaller} {
			opt.Who = append(opt.Who, place(proof.Who{Kind: kind}, c.from))
		}
	default:
		w := place(c.from.who, c.from)
		w.Session = c.session
		if c.provider != "" {
			w.Name = c.provider
		}
		opt.Who = []proof.Who{w}
	}
	if c.from.Resource != nil {
		for _, p := range c.from.documents {
			if c.permitted {
				opt.Permissions = append(opt.Permissions, p.doc)
			} else {
				opt.Denials = append(opt.Denials, p.doc)
			}
		}
		if c.permitted && opt.Permissions == nil {
			opt.Permissions = []*policy.Document{}
		}
		if c.permitted {
			opt.Boundary = c.from.boundary
		} else if c.from.boundary != nil {
			opt.Denials = append(opt.Denials, c.from.boundary)
		}
	}
	return opt
}

// arn is the role's, in an account that stands for its own.
func (n *Node) arn(account string) string {
	return "arn:" + n.who.Partition + ":iam::" + account + ":role" + n.who.Path + n.who.Name
}

// permissionFor is the policy that lets the caller make the request.
func (n *Node) permissionFor(r proof.PassageResult) (name string, at source.Span) {
	if r.Witness == nil {
		return "", source.Span{}
	}
	for i, d := range r.Granted {
		if d.Decide(r.Witness.Request).Granted != value.No {
			return n.documents[i].name, n.documents[i].at
		}
	}
	return "", source.Span{}
}

// mayAsk says that a policy of the node may let it assume a role: one that does not is
// not worth a proof.
func (n *Node) mayAsk(arn string) bool {
	for _, p := range n.documents {
		for _, s := range p.doc.Statements {
			if s.Effect != policy.Deny && s.AdmitsAction("sts:AssumeRole") != value.No && s.AdmitsResource(arn, nil) != value.No {
				return true
			}
		}
	}
	return false
}

// federatedAction is what those assume roles by whom a provider knows.
func federatedAction(name string) string {
	if strings.Contains(name, "saml-provider") {
		return "sts:AssumeRoleWithSAML"
	}
	return "sts:AssumeRoleWithWebIdentity"
}

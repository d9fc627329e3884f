package checks

import (
	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// What proofs decide is told with the question that was asked, for certificates that
// others can check.

// certified are verdicts of proofs as certificates say them. What a rule does not
// apply to has none.
var certified = map[proof.Verdict]certificate.Verdict{proof.Violated: certificate.Violated, proof.Holds: certificate.Holds}

// decision is one of a proof, with the request that gets through where there is one.
// needs would decide what is not determined.
func decision(q certificate.Question, v proof.Verdict, w *proof.Witness, needs []value.Reason) certificate.Decision {
	d := certificate.Decision{Question: q, Verdict: certified[v], Needs: needs}
	if w != nil {
		d.Request = w.Request
	}
	return d
}

// certifyTrust tells what was decided about a role's trust policy by itself.
func certifyTrust(p *analyzer.Pass, role *identity.Role, kind certificate.Kind, v proof.Verdict, w *proof.Witness, needs []value.Reason) {
	if p.Decided == nil || v == proof.NotApplicable || role.Trust.MalformedAs(policy.Trust) {
		return
	}
	q := certificate.Question{Kind: kind, Trust: &certificate.Trust{Document: role.Trust, Account: role.Account(), Now: p.Now}}
	p.Certify(role.Resource, decision(q, v, w, needs))
}

// certifyTokens tells what was decided about the tokens that a trust policy lets in.
func certifyTokens(p *analyzer.Pass, role *identity.Role, r proof.OIDCResult) {
	if p.Decided == nil || r.Class.Verdict() == proof.NotApplicable {
		return
	}
	q := certificate.Question{Kind: certificate.OfTokens, Federation: &certificate.Federation{Document: role.Trust, Audiences: r.Audiences}}
	p.Certify(role.Resource, decision(q, r.Class.Verdict(), r.Witness, r.Needs))
}

// certifyRoot tells what was decided about root at the places of an organization.
func certifyRoot[R any](p *analyzer.Pass, o *identity.Organization, kind certificate.Kind, exempt []string, outcomes []organization.Outcome[R], read func(R) (proof.Verdict, *proof.Witness)) {
	if p.Decided == nil {
		return
	}
	for _, at := range outcomes {
		root := certificate.Root{Levels: certifiedLevels(at.Levels), Exempt: exempt, Now: p.Now}
		v, w := read(at.Result)
		if at.Verdict == proof.Undetermined {
			v = proof.Undetermined
		}
		d := decision(certificate.Question{Kind: kind, Root: &root, Partitions: organization.PartitionsOf(o)}, v, w, at.Needs)
		d.Place = at.Place.String()
		p.Certify(o.Resource, d)
	}
}

// certify tells what was decided about a user's policies.
func (c *consoleCheck) certify(account string, levels []proof.Level, keys value.Tri) {
	if c.pass.Decided == nil {
		return
	}
	asked := organization.AskedUser(c.user, account, c.pass.Now)
	asked.Documents, asked.Boundary, asked.SCPs = c.bindings.Documents(), c.bindings.Boundary, levels
	user := certificate.User{
		Name: asked.Name, Path: asked.Path, Account: asked.Account, AccountName: asked.AccountName, Tags: asked.Tags, TagsOpen: asked.TagsOpen, Now: asked.Now, NoKeys: keys == value.No,
		NameLike: asked.NameLike, PathLike: asked.PathLike, Self: asked.Self,
		Levels: []certificate.Level{{Documents: asked.Documents, Everything: value.No}},
	}
	if asked.Path == "" && !asked.PathUnknown {
		user.Path = "/"
	}
	if asked.Boundary != nil {
		user.Levels = append(user.Levels, certificate.Level{Documents: []*policy.Document{asked.Boundary}, Everything: value.No})
	}
	user.Levels = append(user.Levels, certifiedLevels(asked.SCPs)...)
	q := certificate.Question{Kind: certificate.OfUserMFA, User: &user}
	if asked.Partition != "" {
		q.Partitions = []string{asked.Partition}
	}
	c.pass.Certify(c.login.Resource, decision(q, c.result.Class.Verdict(keys), c.result.Witness, c.result.Needs))
}

func certifiedLevels(levels []proof.Level) []certificate.Level {
	out := make([]certificate.Level, len(levels))
	for i, l := range levels {
		out[i] = certificate.Level{Documents: l.Documents, Everything: l.FullAccess}
	}
	return out
}

package fixes

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
)

// exampleNetwork stands for networks that only people know.
const exampleNetwork = "203.0.113.0/24"

// networksOr are the project's own networks; where it names none, an example, and
// what a message has to say of it.
func networksOr(own []string) (list []string, placeholder string) {
	if len(own) > 0 {
		return own, ""
	}
	return []string{exampleNetwork}, ", with your own networks for " + exampleNetwork
}

// DraftRootNetworks drafts a service control policy that confines root to the
// project's own networks.
func DraftRootNetworks(o *identity.Organization, own []string) []*analyzer.Fix {
	networks, placeholder := networksOr(own)
	return missingSCP(o, "confine-root", rootIPPolicy(networks), "draft a service control policy that confines root to known networks"+placeholder+", attached to the root of the organization; test it on one unit first")
}

// rootIPPolicy confines root to networks.
func rootIPPolicy(networks []string) draftStatement {
	return draftStatement{
		sid: "RootFromKnownNetworks", effect: "Deny", actions: []string{"*"}, resources: []string{"*"},
		conditions: []draftCondition{
			{operator: "StringLike", key: "aws:PrincipalArn", values: []string{anyRoot}},
			{operator: "NotIpAddressIfExists", key: "aws:SourceIp", values: networks},
			{operator: "BoolIfExists", key: "aws:ViaAWSService", values: []string{"false"}},
		},
	}
}

// ConfineRoot is the fixes of a statement that nearly confines root to the
// project's own networks. Where they
// make it deny something else, or a network is meant that only people know, they
// are drafts. That it confines others as well, which a note says, may stay.
func ConfineRoot(near *proof.NearMiss, own []string) []*analyzer.Fix {
	var fixes []*analyzer.Fix
	one := func(grade analyzer.Grade, message string, edits []source.Edit, err error) {
		if err == nil && len(edits) > 0 {
			fixes = []*analyzer.Fix{{Message: message, Grade: grade, Edits: edits}}
		}
	}
	s, cond := near.Statement, near.Condition
	list, placeholder := networksOr(own)
	switch near.Defect {
	case proof.DefectTag, proof.DefectNarrowed, proof.DefectPrincipalType, proof.DefectWildcard, proof.DefectPartition, proof.DefectARN, proof.DefectResource, proof.DefectActions, proof.DefectKey:
		fixes = Repairs(near)
	case proof.DefectExempts:
		edits, err := replaceElement(s, "NotAction", "Action", "*")
		one(analyzer.Narrowing, "deny every action", edits, err)
	case proof.DefectOpenList:
		if edits, err := closeList(cond); err == nil {
			one(analyzer.Narrowing, "take the whole Internet out of the list", edits, nil)
			break
		}
		grade := analyzer.Draft
		if placeholder == "" && listsAll(cond, list) {
			grade = analyzer.Narrowing
		}
		edits, err := writeValues(s, cond, list)
		one(grade, "list your own networks"+strings.TrimPrefix(placeholder, ", with your own networks"), edits, err)
	case proof.DefectBlocklist:
		edits, err := rewriteCondition(s, cond, "NotIpAddressIfExists", list...)
		one(analyzer.Draft, "stop all networks but those that are listed"+placeholder+"; those that it stops now are stopped with all others", edits, err)
	case proof.DefectVia:
		edits, err := rewriteCondition(s, cond, cond.Operator.Text, "false")
		one(analyzer.Draft, "stop calls that no service makes; those that services make for root are no longer denied by this", edits, err)
	case proof.DefectNullVPC:
		edits, err := rewriteCondition(s, cond, "StringNotEqualsIfExists", "VPC_ID")
		one(analyzer.Draft, "leave out your own VPC alone; write its id for VPC_ID", edits, err)
	case proof.DefectFullAccess:
		edits, err := denyOthers(s)
		one(analyzer.Draft, "deny what comes from elsewhere instead; it then binds everybody below it, and FullAWSAccess allows the rest", edits, err)
	case proof.DefectOtherPrincipal:
		edits, err := nameRoot(cond)
		one(analyzer.Narrowing, "confine root as well", edits, err)
	}
	for _, f := range fixes {
		f.Leaves(analyzer.Note)
		if f.Grade == analyzer.Narrowing && !namesRoot(s) && near.Defect != proof.DefectOpenList {
			f.Grade = analyzer.Draft
			f.Message += "; it then binds everybody, not root alone"
		}
	}
	return fixes
}

// denyOthers makes a Deny of all other networks of an Allow of some.
func denyOthers(s *policy.Statement) ([]source.Edit, error) {
	if len(s.Conditions) != 1 || s.NotAction || s.Conditions[0].Operator.Text != "IpAddress" {
		return nil, errors.New("what it means is not plain")
	}
	edits, err := renameOperator(s, &s.Conditions[0], "NotIpAddressIfExists")
	if err != nil {
		return nil, err
	}
	more, err := setEffect(s, "Deny")
	return append(edits, more...), err
}

// listsAll says that a condition lists each of the networks already.
func listsAll(c *policy.Condition, networks []string) bool {
	old, all := c.Prefixes()
	return all && !slices.ContainsFunc(networks, func(n string) bool {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return true
		}
		return !slices.ContainsFunc(old, func(o netip.Prefix) bool { return o.Bits() <= p.Bits() && o.Contains(p.Addr()) })
	})
}

// closeList takes whole address families out of a list of allowed networks that
// holds others as well.
func closeList(c *policy.Condition) ([]source.Edit, error) {
	list := c.Value
	var whole []int
	for i, e := range list.Elems {
		if text, ok := e.Text(); ok && (strings.HasSuffix(text, "/0") || text == "*") {
			whole = append(whole, i)
		}
	}
	if !list.IsSequence() || len(whole) == 0 || len(whole) == len(list.Elems) {
		return nil, errors.New("the list holds nothing else")
	}
	return edit.RemoveElement(list, whole...)
}

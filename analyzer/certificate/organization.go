package certificate

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
)

func spansFromZero() []span { return []span{{low: new(big.Rat)}} }

// enrolling are the actions that may be left without MFA: those that enrolling a
// device needs, those that read IAM, and those that sign in.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage-mfa-only.html
var enrolling = []string{
	"iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ChangePassword",
	"iam:Get*", "iam:List*", "sts:GetSessionToken", "sts:GetCallerIdentity",
	"signin:Authenticate", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token",
}

// Root is what a question about root is asked with.
type Root struct {
	// Levels are the policies on the path of the account.
	Levels []Level
	// Partition is the one that the organization is in.
	Partition string
	Account   string // "" asks about every member account
	// Exempt are further actions that may be left to root without MFA.
	Exempt []string
	Now    time.Time // when requests begin to be made
}

// RootMFA claims that root of every member account, or of one, is stopped without
// MFA.
func RootMFA(r Root) *Claim {
	e := newEncoder(r.Partition, documents(r.Levels))
	e.now = r.Now
	levels := taken(r.Levels, policy.SCP)
	e.root(r.Account)
	e.direct(false)
	e.withoutMFA()
	e.memberOf(documents(levels), false)
	e.acts()
	request := e.and(e.not(e.isAction(append(slices.Clone(enrolling), r.Exempt...)...)), e.hasResource())
	c := &Claim{Words: "no request of root without MFA gets through", encoder: e}
	c.refute("a request of root without MFA", e.triAnd(e.exactly(request), e.passes(levels, e.action)))
	return c
}

// root makes the caller root of an account, or of any.
func (e *encoder) root(account string) {
	e.called(policy.RootCaller)
	if account != "" {
		e.caller.account = fixed(account)
	}
	e.identify(policy.RootCaller)
}

// dataPlane are the actions that no network of the Internet reaches by the usual
// endpoints: AWS leaves them out of its examples of data perimeters.
// https://github.com/aws-samples/data-perimeter-policy-examples
var dataPlane = []string{"es:ES*", "dax:*", "neptune-db:*", "kafka-cluster:*", "elasticfilesystem:Client*", "rds-db:connect", "s3-outposts:*"}

// Networks claims that root is stopped outside of the networks that the policies
// list: elsewhere on the Internet, and at VPC endpoints of strangers.
func Networks(r Root) *Claim {
	e := newEncoder(r.Partition, documents(r.Levels))
	e.now = r.Now
	levels := taken(r.Levels, policy.SCP)
	docs := documents(levels)
	e.root(r.Account)
	e.direct(false)
	e.anyMFA()
	e.memberOf(docs, false)
	e.acts()
	e.strangersEndpoint(docs)
	request := e.and(e.not(e.isAction(dataPlane...)), e.hasResource())
	passes := e.triAnd(e.exactly(request), e.passes(levels, e.action))
	address := e.key("aws:sourceip").cases[0]
	internet := e.not(e.throughEndpoint())
	c := &Claim{Words: "no request of root gets through from outside of the listed networks", encoder: e}
	outside := func(v *variable, six bool) *formula {
		out := e.and(internet, address.isSix)
		if !six {
			out = e.and(internet, e.not(address.isSix))
		}
		lists := e.lists(docs, v, six)
		for _, s := range lists {
			out = e.and(out, e.not(e.between(v, s)))
		}
		if m, _ := e.decide(out); m == unsatisfiable {
			e.entangle("the networks that the policies list hold all addresses between them: there is no outside to ask about")
		}
		return out
	}
	c.refute("a request of root from an IPv4 address that no policy lists", e.triAnd(e.exactly(outside(address.four, false)), passes))
	c.refute("a request of root from an IPv6 address that no policy lists", e.triAnd(e.exactly(outside(address.six, true)), passes))
	c.refute("a request of root through a stranger's VPC endpoint", e.triAnd(e.exactly(e.throughEndpoint()), passes))
	return c
}

// lists are the networks of one family that conditions on aws:SourceIp list. A
// condition that lists everything lists nothing.
func (e *encoder) lists(docs []*policy.Document, v *variable, six bool) []span {
	var out []span
	for _, d := range docs {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				c := &s.Conditions[i]
				if !strings.EqualFold(c.Key, "aws:SourceIp") {
					continue
				}
				var list []span
				prefixes, _ := c.Prefixes()
				for _, p := range prefixes {
					if p.Addr().Is6() == six {
						list = append(list, spanOf(p))
					}
				}
				rest := e.yes
				for _, s := range list {
					rest = e.and(rest, e.not(e.between(v, s)))
				}
				if got, _ := e.decide(rest); got == satisfiable {
					out = append(out, list...)
				}
			}
		}
	}
	return out
}

// strangersEndpoint makes the VPC endpoint that a request goes through somebody
// else's: of an account, an organization, a VPC and an id that no document names.
func (e *encoder) strangersEndpoint(docs []*policy.Document) {
	var vpcs, endpoints, accounts, orgs []string
	note := func(to *[]string, text string) {
		if !slices.Contains(*to, text) {
			*to = append(*to, text)
		}
	}
	eachText(docs, func(text string) {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == '/' }) {
			switch {
			case strings.ContainsAny(word, "*?$"):
			case strings.HasPrefix(word, "vpc-"):
				note(&vpcs, word)
			case strings.HasPrefix(word, "vpce-"):
				note(&endpoints, word)
			case strings.HasPrefix(word, "o-"):
				note(&orgs, word)
			case isAccount(word):
				note(&accounts, word)
			}
		}
	})
	when := e.throughEndpoint()
	vpc := varying(e.textual("aws:sourcevpc", e.except(e.vpcLanguage("vpc-"), vpcs)))
	account := varying(e.textual("aws:vpceaccount", e.except(e.digits(12), accounts)))
	org := varying(e.textual("aws:vpceorgid", e.except(e.orgLanguage(), orgs)))
	path := varying(e.textual("path of the endpoint's organization", e.pool.concat(e.pool.text("/r-"), e.anything(), e.pool.text("/"))))
	region := varying(e.textual("region of the endpoint", e.regionLanguage()))
	arn := join(fixed("arn:"+e.partition+":ec2:"), region, fixed(":"), account, fixed(":vpc/"), vpc)
	there := func(name string) *formula { return e.and(when, e.flag(name+" is there")) }
	e.set("aws:sourcevpc", key{cases: []keyCase{{when: when, pieces: vpc}}})
	e.set("aws:sourcevpce", key{cases: []keyCase{{when: when, pieces: varying(e.textual("aws:sourcevpce", e.except(e.vpcLanguage("vpce-"), endpoints)))}}})
	e.set("aws:sourcevpcarn", key{family: policy.ARNFamily, cases: []keyCase{{when: there("aws:sourcevpcarn"), pieces: arn}}})
	e.set("aws:vpceaccount", key{cases: []keyCase{{when: there("aws:vpceaccount"), pieces: account}}})
	e.set("aws:vpceorgid", key{cases: []keyCase{{when: there("aws:vpceorgid"), pieces: org}}})
	e.set("aws:vpceorgpaths", key{list: true, cases: []keyCase{{when: there("aws:vpceorgpaths"), pieces: join(org, path)}}})
}

// except is a language without some texts.
func (e *encoder) except(r *regex, texts []string) *regex {
	for _, t := range texts {
		r = e.pool.inter(r, e.pool.not(e.pool.text(t)))
	}
	return r
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

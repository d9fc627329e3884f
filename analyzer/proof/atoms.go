package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
)

// otherAction stands for the actions that no document names, of services that
// may not exist yet: a list of services never proves everything.
const otherAction = "other:Any"

// actions are one action for every region that the clauses can tell apart and
// that is not exempt, the most telling first.
func (s *solver) actions(denies []*clause, levels []clauseLevel) []string {
	if s.question.actions != nil {
		return s.question.actions
	}
	var globs []automaton.Glob
	for _, e := range s.exempt {
		globs = append(globs, automaton.Parse(e))
	}
	exempt := len(globs)
	seeds := slices.Concat(tellingActions, commonActions)
	services := map[string]bool{}
	seen := map[string]bool{}
	eachClause(denies, levels, func(c *clause) {
		servicesOf(c, services)
		if c.statement == nil {
			return
		}
		for _, p := range c.statement.Actions {
			text := p.String()
			if seen[text] {
				continue
			}
			seen[text] = true
			if glob, possible, _ := p.Glob(nil); possible {
				globs = append(globs, glob)
			}
			seeds = append(seeds, strings.NewReplacer("*", "Any", "?", "x").Replace(text))
		}
	})
	for _, service := range sortedKeys(services) {
		globs = append(globs, automaton.Parse(service+":*"))
		seeds = append(seeds, service+":Any")
	}
	regions, complete := automaton.Regions(globs, actionNames, append(seeds, otherAction))
	if !complete {
		s.cannotTell("actions")
	}
	var out []string
	for _, r := range regions {
		// The globs of what is exempt come first, and matches ascend: where the first is not
		// one of them, none is.
		if len(r.Matches) == 0 || r.Matches[0] >= exempt {
			out = append(out, r.Sample)
		}
	}
	return out
}

// servicesOf adds the services whose actions alone carry the keys or have the
// resources that a clause tests: each needs an action of its own.
func servicesOf(c *clause, services map[string]bool) {
	for _, cond := range c.pending {
		if service, _, ok := strings.Cut(strings.ToLower(cond.Key), ":"); ok && service != "aws" && !strings.Contains(service, ".") {
			services[service] = true
		}
	}
	if c.statement == nil {
		return
	}
	for _, p := range c.statement.Resources {
		parts := strings.SplitN(strings.ToLower(p.String()), ":", 4)
		if len(parts) < 4 || parts[2] == "" || strings.ContainsAny(parts[2], "*?$") {
			continue
		}
		services[parts[2]] = true
		for _, service := range sortedKeys(resourceServices) {
			if slices.Contains(resourceServices[service], parts[2]) {
				services[service] = true
			}
		}
	}
}

func eachClause(denies []*clause, levels []clauseLevel, f func(*clause)) {
	for _, c := range denies {
		f(c)
	}
	for _, l := range levels {
		for _, c := range l.allows {
			f(c)
		}
	}
}

func serviceOf(action string) string {
	service, _, _ := strings.Cut(action, ":")
	return strings.ToLower(service)
}

// resourceServices are services whose actions act on ARNs of other services.
var resourceServices = map[string][]string{
	"sts": {"iam", "sts"},
	"ssm": {"ssm", "ec2"},
}

// typicalResources are what the telling actions act on, after
// arn:partition:service:region:account:. "-" leaves region and account out.
var typicalResources = map[string]string{
	"sts:AssumeRole":                   "iam role/example",
	"sts:TagSession":                   "iam role/example",
	"sts:SetSourceIdentity":            "iam role/example",
	"iam:CreateUser":                   "iam user/example",
	"iam:CreateAccessKey":              "iam user/example",
	"iam:PassRole":                     "iam role/example",
	"iam:TagRole":                      "iam role/example",
	"s3:GetObject":                     "s3 example/object",
	"iam:CreateVirtualMFADevice":       "iam mfa/example",
	"iam:DeleteVirtualMFADevice":       "iam mfa/example",
	"kms:ScheduleKeyDeletion":          "kms key/1234abcd-12ab-34cd-56ef-1234567890ab",
	"ec2:RunInstances":                 "ec2 instance/*",
	"ec2:TerminateInstances":           "ec2 instance/i-0123456789abcdef0",
	"lambda:UpdateFunctionCode":        "lambda function:example",
	"dynamodb:DeleteTable":             "dynamodb table/example",
	"cloudtrail:StopLogging":           "cloudtrail trail/example",
	"secretsmanager:GetSecretValue":    "secretsmanager secret:example",
	"organizations:LeaveOrganization":  "*",
	"ec2:DescribeInstances":            "*",
	"s3:ListAllMyBuckets":              "*",
	"s3:ListBucket":                    "s3 example",
	"s3:PutObject":                     "s3 example/object",
	"s3:DeleteObject":                  "s3 example/object",
	"iam:GetRole":                      "iam role/example",
	"iam:ListRoles":                    "iam role/",
	"iam:CreateRole":                   "iam role/example",
	"iam:DeleteRole":                   "iam role/example",
	"iam:PutRolePolicy":                "iam role/example",
	"iam:UpdateAssumeRolePolicy":       "iam role/example",
	"cloudwatch:GetMetricData":         "*",
	"cloudwatch:PutMetricData":         "*",
	"ecr:GetAuthorizationToken":        "*",
	"dynamodb:GetItem":                 "dynamodb table/example",
	"dynamodb:PutItem":                 "dynamodb table/example",
	"dynamodb:Query":                   "dynamodb table/example",
	"lambda:InvokeFunction":            "lambda function:example",
	"iam:GetAccountSummary":            "*",
	"iam:ListAccountAliases":           "*",
	"iam:GetAccountPasswordPolicy":     "*",
	"sts:GetCallerIdentity":            "*",
	"sts:GetSessionToken":              "*",
	"config:StopConfigurationRecorder": "*",
	"iam:ListUsers":                    "iam user/",
	"iam:ListVirtualMFADevices":        "iam mfa/",
}

func (q *question) typicalResource(action string) string {
	service, _, _ := strings.Cut(action, ":")
	service = strings.ToLower(service)
	partition, account := q.place()
	rest := "example"
	if t, ok := typicalResources[action]; ok {
		if t == "*" {
			return t
		}
		service, rest, _ = strings.Cut(t, " ")
	} else if service == "iam" {
		rest = "user/example"
	}
	return "arn:" + partition + ":" + service + ":" + regionAndAccount(service, partition, account) + ":" + rest
}

// location is what a service's ARNs say of where a resource is.
type location int8

const (
	inRegion  location = iota // its region and account
	inAccount                 // its account
	nowhere
)

func located(service string) location {
	switch service {
	case "s3":
		return nowhere
	case "iam", "sts", "organizations", "route53", "cloudfront":
		return inAccount
	}
	return inRegion
}

// regionAndAccount are the fourth and fifth segments of a service's ARNs.
func regionAndAccount(service, partition, account string) string {
	switch located(service) {
	case nowhere:
		return ":"
	case inAccount:
		return ":" + account
	}
	return regionExample(partition) + ":" + account
}

func (q *question) place() (partition, account string) {
	partition, account = "aws", "111122223333"
	if c := q.base.Caller; c != nil {
		if c.Partition != "" {
			partition = c.Partition
		}
		if c.Account != "" {
			account = c.Account
		}
	}
	if q.account != "" {
		account = q.account
	}
	return partition, account
}

// resources are one resource for every region of the action's resources that
// the clauses can tell apart, a typical one first.
func (s *solver) resources(action string, denies []*clause, levels []clauseLevel) []string {
	typical := s.typicalResource(action)
	var globs []automaton.Glob
	seen := map[string]bool{}
	seeds := []string{typical, "*"}
	eachClause(denies, levels, func(c *clause) {
		if c.statement == nil {
			return
		}
		for _, p := range c.statement.Resources {
			text := p.String()
			if p.MatchesAll() || seen[text] {
				continue
			}
			seen[text] = true
			if glob, possible, _ := p.Glob(s.base); possible {
				globs = append(globs, glob)
				seeds = append(seeds, s.instance(glob))
			}
			if confined, differs := p.Confined(); differs {
				if glob, possible, _ := confined.Glob(s.base); possible {
					globs = append(globs, glob)
				}
			}
		}
	})
	if len(globs) == 0 {
		return []string{typical}
	}
	// Resources that the action can have, and "*".
	service := serviceOf(action)
	services := []string{service}
	if more, ok := resourceServices[service]; ok {
		services = more
	}
	out := []string{typical, "*"}
	for _, service := range services {
		// IAM acts on what is of the caller's account; others on what is anybody's.
		own := !s.anyAccount || serviceOf(action) == "iam"
		list, complete := s.resourcesOf(service, own, globs, seeds)
		if !complete {
			s.cannotTell("resources of " + service)
		}
		for _, r := range list {
			if r != typical {
				out = append(out, r)
			}
		}
	}
	return out
}

// resourcesOf are resources of a service, in any region, of the account that is
// asked about (own) or of any, one for every region that patterns can tell apart.
func (s *solver) resourcesOf(service string, own bool, globs []automaton.Glob, seeds []string) (out []string, complete bool) {
	partition, account := s.place()
	regions, _ := languageOf("aws:requestedregion", partition)
	parts := []part{
		{name: "region", language: regions, seeds: []string{regionExample(partition)}},
		{name: "account", language: accountIDs, seeds: []string{account, exampleAccountIDs[1]}, closed: own},
		{name: "rest", language: automaton.AnyText},
	}
	for _, seed := range seeds {
		if segments := strings.SplitN(seed, ":", 6); len(segments) == 6 && segments[5] != "" {
			parts[2].seeds = append(parts[2].seeds, segments[5])
		}
	}
	pieces := []piece{{text: "arn:" + partition + ":" + service + ":"}}
	switch located(service) {
	case nowhere:
		pieces = append(pieces, piece{text: "::"})
	case inAccount:
		pieces = append(pieces, piece{text: ":"}, piece{part: "account"}, piece{text: ":"})
	default:
		pieces = append(pieces, piece{part: "region"}, piece{text: ":"}, piece{part: "account"}, piece{text: ":"})
	}
	pieces = append(pieces, piece{part: "rest"})
	found, complete := compose(parts, []facet{{pieces: pieces, globs: globs}})
	for _, v := range found {
		var b strings.Builder
		for _, p := range pieces {
			b.WriteString(p.text + v[p.part])
		}
		out = append(out, b.String())
	}
	return out, complete
}

// instance is a plain string of a pattern, to show.
func (q *question) instance(g automaton.Glob) string {
	partition, account := q.place()
	var b strings.Builder
	colons := 0
	for _, n := range g {
		switch {
		case n.Kind == automaton.Literal:
			if n.Rune == ':' {
				colons++
			}
			b.WriteRune(n.Rune)
		case n.Kind == automaton.One:
			b.WriteByte('x')
		case colons == 1:
			b.WriteString(partition)
		case colons == 3:
			b.WriteString(regionExample(partition))
		case colons == 4:
			b.WriteString(account)
		default:
			b.WriteString("example")
		}
	}
	return b.String()
}

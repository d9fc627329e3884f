package naive

import (
	"math/rand"
	"slices"
	"strings"
)

// Words are what requests are drawn from: what policies say, with something in place of
// wildcards, and something else.
type Words struct {
	random     *rand.Rand
	kinds      []Kind
	actions    []string
	resources  []string
	accounts   []string
	users      []string
	roles      []string
	services   []string
	federated  []string
	sessions   []string
	keys       []string
	values     map[string][]string
	assume     bool
	name, path string
	own        string // the account of the resources
}

// Asked is what requests are about.
type Asked struct {
	Kinds                     []Kind
	Account, Path, Name       string // of the caller, where they are known
	Assume                    bool
	ResourceAccount           string // "" for any
	OwnResources, NoResources bool
}

var someActions = []string{
	"s3:GetObject", "s3:PutObject", "s3:DeleteBucket", "iam:CreateUser", "iam:PassRole", "iam:GetUser", "ec2:RunInstances", "ec2:DescribeInstances",
	"sts:AssumeRole", "sts:GetCallerIdentity", "kms:Decrypt", "lambda:InvokeFunction", "dynamodb:GetItem", "organizations:LeaveOrganization", "other:Thing",
	"logs:PutLogEvents", "sqs:SendMessage", "secretsmanager:GetSecretValue", "cloudtrail:StopLogging", "rds:DeleteDBInstance",
}

// NewWords takes policies apart.
func NewWords(random *rand.Rand, asked Asked, policies ...*Policy) *Words {
	w := &Words{random: random, kinds: asked.Kinds, assume: asked.Assume, name: asked.Name, path: asked.Path, values: map[string][]string{}}
	w.accounts = []string{"111122223333", "444455556666", "999988887777"}
	if asked.Account != "" {
		w.accounts = []string{asked.Account}
	}
	if asked.OwnResources {
		w.own = asked.ResourceAccount
	}
	w.users, w.roles, w.sessions = []string{"/alice", "/team/bob"}, []string{"/dev", "/path/ops"}, []string{"session"}
	w.actions = slices.Clone(someActions)
	for _, p := range policies {
		for i := range p.Statement {
			s := &p.Statement[i]
			for _, list := range [][]string{s.Action, s.NotAction} {
				for _, a := range list {
					w.actions = append(w.actions, w.instances(a)...)
				}
			}
			for _, list := range [][]string{s.Resource, s.NotResource} {
				for _, r := range list {
					w.resources = append(w.resources, w.instances(r)...)
				}
			}
			for kind, list := range s.Principal {
				for _, p := range list {
					w.principal(kind, p, asked.Account == "")
				}
			}
			for _, c := range s.Conditions {
				if !slices.Contains(w.keys, c.key) {
					w.keys = append(w.keys, c.key)
				}
				for _, v := range c.values {
					w.values[c.key] = append(w.values[c.key], w.instances(v)...)
					if strings.HasPrefix(v, "arn:") {
						w.principal("AWS", strings.NewReplacer("*", "x", "?", "x").Replace(v), asked.Account == "")
						w.principal("AWS", strings.ReplaceAll(v, "*", "111122223333"), asked.Account == "")
					}
				}
			}
		}
	}
	return w
}

func (w *Words) principal(kind, p string, accounts bool) {
	switch kind {
	case "Service":
		w.services = append(w.services, p)
	case "Federated":
		w.federated = append(w.federated, p)
	case "AWS":
		parts := strings.SplitN(p, ":", 6)
		if len(parts) != 6 {
			if len(p) == 12 && accounts {
				w.accounts = append(w.accounts, p)
			}
			return
		}
		if len(parts[4]) == 12 && accounts {
			w.accounts = append(w.accounts, parts[4])
		}
		what, name, _ := strings.Cut(parts[5], "/")
		switch what {
		case "user":
			w.users = append(w.users, "/"+name)
		case "role":
			w.roles = append(w.roles, "/"+name)
		case "assumed-role":
			role, session, _ := strings.Cut(name, "/")
			w.roles, w.sessions = append(w.roles, "/"+role), append(w.sessions, session)
		}
	}
}

// instances are texts that a pattern matches, and some that it nearly does.
func (w *Words) instances(pattern string) []string {
	out := []string{
		strings.NewReplacer("*", "", "?", "x").Replace(pattern),
		strings.NewReplacer("*", "Abc", "?", "y").Replace(pattern),
		strings.NewReplacer("*", "a/b", "?", "z").Replace(pattern),
	}
	return append(out, strings.TrimRight(pattern, "*?")+"Q")
}

func (w *Words) one(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[w.random.Intn(len(list))]
}

// Draw is a request.
func (w *Words) Draw() *Request {
	r := &Request{Kind: w.kinds[w.random.Intn(len(w.kinds))], Account: w.one(w.accounts), Path: "/", Context: map[string][]string{}}
	full := ""
	switch r.Kind {
	case User:
		full = w.one(w.users)
	case Role:
		full = w.one(w.roles)
		r.Session = w.one(w.sessions)
	case Service:
		r.Name = w.one(append(w.services, "other.amazonaws.com"))
	case Federated:
		r.Name = w.one(append(w.federated, "arn:aws:iam::111122223333:oidc-provider/other.example.com"))
	}
	if full != "" {
		i := strings.LastIndexByte(full, '/')
		r.Path, r.Name = full[:i+1], full[i+1:]
	}
	if w.name != "" && (r.Kind == User || r.Kind == Role) {
		r.Path, r.Name = w.path, w.name
		if r.Path == "" {
			r.Path = "/"
		}
	}
	if r.Name == "" && r.Kind != Root {
		r.Name = "x"
	}
	r.Action = w.one(w.actions)
	if w.assume {
		r.Action = w.one([]string{"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"})
		if r.Kind == Federated {
			r.Action = w.one([]string{"sts:AssumeRoleWithWebIdentity", "sts:TagSession"})
			if strings.Contains(r.Name, "saml-provider") {
				r.Action = w.one([]string{"sts:AssumeRoleWithSAML", "sts:TagSession"})
			}
		}
	}
	if !strings.Contains(r.Action, ":") {
		r.Action = "s3:GetObject"
	}
	w.onSomething(r)
	w.withKeys(r)
	return r
}

// onSomething gives a request a resource that its action can have.
func (w *Words) onSomething(r *Request) {
	service, _, _ := strings.Cut(strings.ToLower(r.Action), ":")
	var fit []string
	for _, have := range w.resources {
		parts := strings.SplitN(have, ":", 6)
		switch {
		case have == "*":
			fit = append(fit, have)
		case len(parts) == 6 && parts[2] == service && parts[5] != "":
			if service == "iam" && parts[4] != r.Account {
				parts[4] = r.Account
				have = strings.Join(parts, ":")
			}
			if w.own != "" && parts[4] != "" && parts[4] != w.own {
				continue
			}
			fit = append(fit, have)
		}
	}
	account := r.Account
	if account == "" || w.own != "" {
		account = w.own
	}
	if account == "" {
		account = "111122223333"
	}
	at := "us-east-1:" + account
	switch service {
	case "s3":
		at = ":"
	case "iam", "sts", "organizations", "route53", "cloudfront":
		at = ":" + account
	}
	fit = append(fit, "arn:aws:"+service+":"+at+":thing/"+"z", "*")
	r.Resource = w.one(fit)
}

// withKeys gives a request condition keys, as requests have them.
func (w *Words) withKeys(r *Request) {
	person := r.Kind == User || r.Kind == Role || r.Kind == Root
	for _, k := range w.keys {
		prefix, _, _ := strings.Cut(k, ":")
		service, _, _ := strings.Cut(strings.ToLower(r.Action), ":")
		switch {
		case k == "aws:principalarn" || k == "aws:principalaccount" || k == "aws:username" || k == "aws:principaltype" || k == "aws:userid":
			continue // of the caller
		case prefix != "aws" && !strings.Contains(prefix, ".") && prefix != service && prefix != "saml":
			continue // comes with other actions
		case strings.Contains(prefix, ".") && r.Kind != Federated:
			continue
		case k == "aws:multifactorauthage":
			continue // with the next
		case k == "aws:multifactorauthpresent":
			if !person {
				continue
			}
			switch w.random.Intn(3) {
			case 0:
				r.Context[k] = []string{"true"}
				r.Context["aws:multifactorauthage"] = []string{w.one(append(w.values["aws:multifactorauthage"], "60", "100000"))}
			case 1:
				r.Context[k] = []string{"false"}
			}
			continue
		}
		values := append(slices.Clone(w.values[k]), "something")
		switch k {
		case "aws:securetransport", "aws:viaawsservice", "aws:principalisawsservice":
			values = []string{"true", "false"}
		case "aws:requestedregion":
			values = append(values, "us-east-1", "ap-south-1")
		case "aws:sourceip":
			values = nil
			for _, v := range append(w.values[k], "203.0.113.7", "10.0.0.1") {
				v, _, _ = strings.Cut(v, "/")
				values = append(values, v)
			}
		case "aws:currenttime":
			values = []string{"2026-06-01T00:00:00Z", "2019-06-01T00:00:00Z"}
		}
		always := k == "aws:securetransport" || k == "aws:requestedregion" || k == "aws:currenttime"
		if always || w.random.Intn(4) > 0 {
			if v := w.one(values); v != "" {
				r.Context[k] = []string{v}
			}
		}
	}
}

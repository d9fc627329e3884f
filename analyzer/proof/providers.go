package proof

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// An oidcProvider is how a provider writes subjects: the owner stands after
// prefix and ends at sep.
type oidcProvider struct {
	host, name  string
	prefix, sep string
	// stranger is a subject of somebody else.
	stranger string
	shared   bool
}

var oidcProviders = []oidcProvider{
	{github, "GitHub Actions", "repo:", "/", "repo:somebody-else/anything:ref:refs/heads/main", true},
	{"gitlab.com", "GitLab", "project_path:", "/", "project_path:somebody-else/anything:ref_type:branch:ref:main", true},
	{"app.terraform.io", "HCP Terraform", "organization:", ":", "organization:somebody-else:project:anything:workspace:anything:run_phase:apply", true},
	{"app.eu.terraform.io", "HCP Terraform", "organization:", ":", "organization:somebody-else:project:anything:workspace:anything:run_phase:apply", true},
	{"agent.buildkite.com", "Buildkite", "organization:", ":", "organization:somebody-else:pipeline:anything:ref:refs/heads/main:commit:0:step:0", true},
	{"api.pulumi.com/oidc", "Pulumi Cloud", "pulumi:deploy:org:", ":", "pulumi:deploy:org:somebody-else:project:anything:stack:anything", true},
	{"accounts.google.com", "Google", "", "", "112233445566778899000", true},
	{"www.amazon.com", "Login with Amazon", "", "", "amzn1.account.SOMEBODYELSE", true},
	{"graph.facebook.com", "Facebook", "", "", "10000000000000", true},
}

// eksProvider is the provider of an EKS cluster: its subjects are pods.
var eksProvider = oidcProvider{"oidc.eks", "Amazon EKS", "", "", "system:serviceaccount:another-namespace:another-account", false}

// github gives tokens to the workflows of every repository.
const github = "token.actions.githubusercontent.com"

// cognito tells its pools apart by their audience; a subject is one person.
const cognito = "cognito-identity.amazonaws.com"

// someProvider stands for the host of a provider that is not known.
const someProvider = "the provider"

// providerOf is the provider of a host, else one of one's own, which writes
// subjects like the one whose subjects the policy compares with: a GitLab or
// GitHub Enterprise server, a cluster.
func providerOf(host string, cluster bool, subjects []policy.Pattern) oidcProvider {
	for _, p := range oidcProviders {
		if strings.EqualFold(p.host, host) {
			return p
		}
	}
	own := oidcProvider{host: host, name: host, stranger: "somebody-else"}
	likeOwn := func(p oidcProvider) oidcProvider {
		p.host, p.name, p.shared = own.host, own.name, false
		return p
	}
	if cluster || strings.HasPrefix(host, "oidc.eks.") || strings.HasPrefix(host, "oidc-eks.") {
		return likeOwn(eksProvider)
	}
	for _, s := range subjects {
		if strings.HasPrefix(s.String(), "system:serviceaccount:") {
			return likeOwn(eksProvider)
		}
		for _, p := range oidcProviders {
			if p.prefix != "" && strings.HasPrefix(s.String(), p.prefix) {
				return likeOwn(p)
			}
		}
	}
	return own
}

// hostInKeys is the provider that a statement's condition keys name.
func hostInKeys(s *policy.Statement) string {
	for _, c := range s.Conditions {
		if i := strings.LastIndexByte(c.Key, ':'); i > 0 && strings.Contains(c.Key[:i], ".") {
			return c.Key[:i]
		}
	}
	return someProvider
}

// ofCluster says that a provider is that of an EKS cluster.
func ofCluster(v *value.Value) bool {
	found := false
	v.Walk(func(w *value.Value) bool {
		found = found || w.Ref != nil && w.Ref.Type == "aws_eks_cluster"
		return !found
	})
	return found
}

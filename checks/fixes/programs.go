package fixes

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// Programs that act as users have habits of their own: they make up the names of their
// sessions, and carry no MFA. A fix that asks for either refuses them.

// programWord is what users are called that are no people.
var programWord = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:atlantis|automation|bot|ci|cicd|circleci|github|gitlab|jenkins|machine|pipeline|robot|runner|service|svc|terraform|vault)(?:$|[^a-z])`)

// program is a user whom statements name and who is no person, or what makes Vault
// assume one of the roles, in words; "" when there is none.
func (c *SessionName) program(roles []*identity.Role, statements []*policy.Statement) string {
	for _, r := range roles {
		for _, at := range readers(r.Resource.Root, r.Resource.Body, r.Resource.Type+"."+r.Resource.Name) {
			if by := blockAddress(at); strings.HasPrefix(by, "vault_aws_") {
				return "'" + by + "' has Vault assume the role, which makes up names of sessions"
			}
		}
	}
	for _, s := range statements {
		for _, p := range s.Principals {
			if p.Class != policy.UserPrincipal {
				continue
			}
			name, label := p.Name, ""
			if p.Value != nil && p.Value.Ref != nil {
				label, _, _ = strings.Cut(p.Value.Ref.Address, "[")
				label = strings.TrimPrefix(path.Ext(label), ".")
			}
			if name == "" {
				name = label
			}
			switch {
			case programWord.MatchString(name) || programWord.MatchString(label):
				return fmt.Sprintf("'%s' is a program, by its name, and may make up names of sessions", name)
			case c.machine(p):
				return fmt.Sprintf("the settings call '%s' a program (machine_users), which may make up names of sessions", name)
			}
		}
	}
	return ""
}

// machine says that the settings call a trusted user a program.
func (c *SessionName) machine(p policy.Principal) bool {
	if len(c.Settings.MachineUsers) == 0 {
		return false
	}
	if p.Name != "" && c.Settings.Machine(path.Base(p.Name), nil) {
		return true
	}
	for _, r := range c.Role.Resource.Root.Resources("aws_iam_user", "awscc_iam_user") {
		user := &identity.User{Resource: r}
		if p.Value != nil && p.Value.Ref != nil && *p.Value.Ref == r.Ref("arn") && c.Settings.Machine("", user.KnownTags()) {
			return true
		}
	}
	return false
}

var (
	backendBlock    = regexp.MustCompile(`(?m)^[ \t]*backend[ \t]+"s3"[ \t]*\{`)
	profileArgument = regexp.MustCompile(`(?m)^\s*profile\s*=\s*"([^"$]+)"`)
)

// terraformAs is a profile with which Terraform works and that is called as one of the
// users, in words; "" when there is none. A profile has keys, which carry no MFA, and
// nothing else in the code need show them.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs#shared-configuration-and-credentials-files
func terraformAs(root *terraform.Root, users []*identity.User) string {
	for _, f := range root.Files() {
		for _, profile := range providersOf(f).profiles {
			for _, u := range users {
				if calledAs(profile, u.Name.TextOr("")) {
					return fmt.Sprintf("Terraform works with the profile '%s', by its name the keys of '%s', and will be refused: give it a session with MFA, or a role, first", profile, u.Resource.Address)
				}
			}
		}
	}
	return ""
}

// calledAs says that the name of a profile is that of a user, or has it beside other
// words, as those of an account.
func calledAs(profile, user string) bool {
	fold := func(s string) string { return "-" + strings.ReplaceAll(strings.ToLower(s), "_", "-") + "-" }
	return user != "" && strings.Contains(fold(profile), fold(user))
}

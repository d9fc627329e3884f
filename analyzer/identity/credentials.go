package identity

import (
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Credential is what a user signs requests with beside a password and access
// keys. None of them carries MFA, and a credential report shows the certificates
// alone.
type Credential struct {
	Resource *terraform.Resource
	// Kind is what people call it: an SSH key.
	Kind  string
	User  *value.Value // as written
	Owner *User        // the declared user it is for; nil when that is not in this root
}

// credentialKinds are the resources that are credentials, and where they name
// their user.
var credentialKinds = []struct{ typ, kind, user string }{
	{"aws_iam_signing_certificate", "a signing certificate", "user_name"},
	{"aws_iam_user_ssh_key", "an SSH key", "username"},
	{"aws_iam_service_specific_credential", "a service-specific credential", "user_name"},
}

// MFADevice is a virtual MFA device that the scan declares. Terraform gives it
// to no one: only a state says whose it is.
type MFADevice struct {
	Resource *terraform.Resource
	Name     *value.Value
	// Owner is the declared user whose device it is, by a state, or meant to be,
	// by its name; nil when there is none.
	Owner *User
}

// PasswordPolicy is what the account asks of passwords.
type PasswordPolicy struct {
	Resource *terraform.Resource
	// Length is the least number of characters.
	Length *value.Value
}

func (m *Model) addCredentials(r *terraform.Root, users *index[*User]) {
	for _, k := range credentialKinds {
		for _, res := range m.resources(r, k.typ) {
			v := res.Attr(k.user)
			c := &Credential{Resource: res, Kind: k.kind, User: v, Owner: users.find(v)}
			m.Credentials = append(m.Credentials, c)
			if c.Owner != nil && c.Active() && !res.Deleted() {
				m.credentialsOf[c.Owner] = append(m.credentialsOf[c.Owner], c)
			}
		}
	}
	for _, res := range m.resources(r, "aws_iam_virtual_mfa_device") {
		d := &MFADevice{Resource: res, Name: res.Attr("virtual_mfa_device_name"), Owner: users.find(res.Attr("user_name"))}
		if d.Owner == nil {
			d.Owner = users.find(d.Name)
		}
		m.MFADevices = append(m.MFADevices, d)
		if d.Owner != nil && !res.Deleted() && m.deviceOf[d.Owner] == nil {
			m.deviceOf[d.Owner] = d
		}
	}
	for _, res := range m.resources(r, "aws_iam_account_password_policy") {
		m.PasswordPolicies = append(m.PasswordPolicies, &PasswordPolicy{res, res.Effective().Get("minimum_password_length")})
	}
}

// Active says that the credential may be used.
func (c *Credential) Active() bool {
	return c.Resource.Attr("status").TextOr("") != "Inactive"
}

// apiKeyServices are the services whose service-specific credentials are API keys:
// who holds one calls the service as the user, without MFA.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_bedrock_cloudwatchLogs.html
var apiKeyServices = map[string]bool{"bedrock.amazonaws.com": true, "logs.amazonaws.com": true}

// LongTermKey says that the credential is a long-term API key.
func (c *Credential) LongTermKey() bool {
	return c.Resource.Type == "aws_iam_service_specific_credential" && apiKeyServices[c.Resource.Attr("service_name").TextOr("")]
}

// CredentialsOf are the credentials of a user that may be used, beside a password
// and access keys.
func (m *Model) CredentialsOf(u *User) []*Credential { return m.credentialsOf[u] }

// DeviceOf is a device that is declared for a user; nil when there is none.
func (m *Model) DeviceOf(u *User) *MFADevice { return m.deviceOf[u] }

// PasswordPolicyOf is what the account of a root asks of passwords, as far as the
// root says; nil where it does not.
func (m *Model) PasswordPolicyOf(r *terraform.Root) *PasswordPolicy {
	for _, p := range m.PasswordPolicies {
		if p.Resource.Root == r && p.Resource.Exists == value.Yes && !p.Resource.Deleted() {
			return p
		}
	}
	return nil
}

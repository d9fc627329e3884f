package identity

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// DeployedAccount is an account as it is deployed, in the words of `aws iam
// get-account-authorization-details`.
type DeployedAccount struct {
	*Model
	File *source.File
}

// NewDeployedAccount joins what is deployed in one account.
func NewDeployedAccount(root *terraform.Root, file *source.File) *DeployedAccount {
	m := Build([]*terraform.Root{root})
	m.Whole, m.hasKeys = true, map[*User]value.Tri{}
	return &DeployedAccount{m, file}
}

// Devices is a list of the virtual MFA devices of an account, as `aws iam
// list-virtual-mfa-devices` prints it.
type Devices struct {
	credential.Devices
	File *source.File
}

// AddLogins gives their console passwords to the users of an account: what shows
// the account does not say who has one, nor who has access keys. A report of the
// account says both; without one, the logins count that the scan declares.
func (a *DeployedAccount) AddLogins(scan *Model, reports []*credential.Report) {
	a.Beside = scan
	reported, passwords := false, map[*User]bool{}
	for _, report := range reports {
		for _, row := range report.Rows {
			if row.Account != "" && row.Account == a.id() {
				reported = true
				if u := a.user(row.User); u != nil {
					passwords[u] = row.Console() == credential.Yes
					a.hasKeys[u] = triOf(row.HasActiveKey())
				}
			}
		}
	}
	for _, l := range scan.Logins {
		if u := scan.UserOf(l); !reported && u != nil && !l.Resource.Deleted() {
			if deployed, in := scan.Deployed(u); in == a {
				passwords[deployed] = true
			}
		}
	}
	for _, u := range a.Users {
		if passwords[u] {
			l := &Login{Resource: u.Resource, User: u.Name, Owner: u}
			a.Logins, a.loginOf[u] = append(a.Logins, l), l
		}
	}
}

func triOf(a credential.Answer) value.Tri {
	switch a {
	case credential.Yes:
		return value.Yes
	case credential.No:
		return value.No
	}
	return value.Maybe
}

// id is the 12 digits of the account; "" when the file names none.
func (a *DeployedAccount) id() string {
	return a.Roots[0].Account()
}

// user is the user of that name, nil when there is none.
func (a *DeployedAccount) user(name string) *User {
	if name == "" {
		return nil
	}
	return a.userIndexes.of[a.Roots[0].ID()].byName[strings.ToLower(name)]
}

// Deployed is a declared user as deployed, and the account: by the ARN that a
// state gives, else by the name, where only one account may be meant. Both are
// nil when no account shows the user.
func (m *Model) Deployed(u *User) (*User, *DeployedAccount) {
	var found *User
	var in *DeployedAccount
	name := u.Name.TextOr("")
	account := AccountOf(u.Resource)
	for _, a := range m.Accounts {
		if d := a.user(name); d != nil && may(account, a.id()) {
			if found != nil {
				return nil, nil
			}
			found, in = d, a
		}
	}
	return found, in
}

// DeployedRow is the user of a row of a credential report as deployed, and the
// account; nil when no account shows the user.
func (m *Model) DeployedRow(r *credential.Row) (*User, *DeployedAccount) {
	for _, a := range m.Accounts {
		if d := a.user(r.User); d != nil && r.Account != "" && r.Account == a.id() {
			return d, a
		}
	}
	return nil, nil
}

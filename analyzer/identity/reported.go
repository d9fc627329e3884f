package identity

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// Reported is a row of a credential report: a user as deployed, and who in the
// scan declares that user.
type Reported struct {
	*credential.Row
	Report *credential.Report
	// Owners are the declared users that the row may be about: of its name, and
	// of its account where that of the declaration is known.
	Owners []*User
	// Keys are the declared access keys for the user.
	Keys []*AccessKey
}

// Span is the row; the zero Span where the report is encoded.
func (r *Reported) Span() source.Span { return r.Report.Span(r.Row) }

// Owner is the one declared user that the row is about; nil where there is
// none, or where several may be meant.
func (r *Reported) Owner() *User {
	if len(r.Owners) == 1 {
		return r.Owners[0]
	}
	return nil
}

// AddReports joins the rows of credential reports to the users of the scan.
func (m *Model) AddReports(reports []*credential.Report) {
	if len(reports) == 0 {
		return
	}
	byName := map[string][]*User{}
	for _, u := range m.Users {
		if name, ok := u.Name.Text(); ok && !u.Resource.Deleted() {
			name = strings.ToLower(name)
			byName[name] = append(byName[name], u)
		}
	}
	keysByName := map[string][]*AccessKey{}
	for _, k := range m.Keys {
		if name, ok := k.name(); ok && !k.Resource.Deleted() {
			name = strings.ToLower(name)
			keysByName[name] = append(keysByName[name], k)
		}
	}
	for _, report := range reports {
		for _, row := range report.Rows {
			r := &Reported{Row: row, Report: report}
			if !row.Root {
				name := strings.ToLower(row.User)
				for _, u := range byName[name] {
					if may(row.Account, AccountOf(u.Resource)) {
						r.Owners = append(r.Owners, u)
					}
				}
				for _, k := range keysByName[name] {
					if k.Owner == nil && may(row.Account, k.Resource.Account()) || has(r.Owners, k.Owner) {
						r.Keys = append(r.Keys, k)
					}
				}
			}
			m.Reported = append(m.Reported, r)
		}
	}
}

// name is the name of the key's user.
func (k *AccessKey) name() (string, bool) {
	if k.Owner != nil {
		return k.Owner.Name.Text()
	}
	return k.User.Text()
}

// AccountOf is the account of a deployed resource's ARN, else what is known of
// its provider; "" when neither says.
func AccountOf(r *terraform.Resource) string {
	if text, ok := r.Attr("arn").Text(); ok {
		if parts := strings.SplitN(text, ":", 6); len(parts) == 6 && parts[4] != "" {
			return parts[4]
		}
	}
	return r.Account()
}

// may says that two accounts may be the same: one is not known, or they are.
func may(a, b string) bool { return a == "" || b == "" || a == b }

func has(users []*User, u *User) bool {
	for _, have := range users {
		if have == u {
			return u != nil
		}
	}
	return false
}

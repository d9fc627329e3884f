package audit

import (
	"time"

	"github.com/iamvet/iamvet/analyzer/credential"
)

// Base is what a practice is counted over.
type Base int8

// The bases.
const (
	Accounts Base = iota
	Users
)

func (b Base) String() string { return [...]string{"accounts", "users"}[b] }

// Practice is a line of the table.
type Practice struct {
	ID    string // a stable word: user-key-rotation-1y
	Check string // the rule that decides the same in a scan: IV303
	Title string // what is counted: "with an active key older than 1 year"
	Base  Base
	Tier  bool // a finer or coarser form of the practice above it
	// Published is the figure of the articles; nil where they give none.
	Published *Published
}

// Published is a figure of the two articles "A Real-World Look at AWS Best
// Practices" (Netskope, 2021): of 1,143 accounts with 12,478 users, sampled on
// 2021-01-24.
type Published struct {
	Number, Of int // both 0 where only the percentage is given
	Percent    string
}

// practice is a Practice and how a row answers it.
type practice struct {
	Practice
	// of says whether the row is one of those that are counted; nil for all.
	of func(*credential.Row, time.Time) credential.Answer
	// is says whether the row goes against the practice.
	is func(*credential.Row, time.Time) credential.Answer
}

const (
	days90  = 90 * credential.Day
	oneYear = credential.Year
	years5  = 5 * credential.Year
)

// hardware is the place of the practice that a report cannot decide alone.
const hardware = 4

var practices = [...]practice{
	{Practice: Practice{"root-usage", "IV104", "root was used in the last 7 days", Accounts, false, &Published{35, 1143, "3.1"}}, is: rootUsed(7)},
	{Practice: Practice{"root-usage-120d", "IV104", "in the last 120 days", Accounts, true, &Published{0, 0, "15"}}, is: rootUsed(120)},
	{Practice: Practice{"root-access-key", "IV101", "root has an active access key", Accounts, false, &Published{49, 1143, "4.3"}},
		is: func(r *credential.Row, _ time.Time) credential.Answer { return r.HasActiveKey() }},
	{Practice: Practice{"root-mfa", "IV102", "root has no MFA", Accounts, false, &Published{111, 1143, "9.7"}},
		is: func(r *credential.Row, _ time.Time) credential.Answer { return r.WithoutMFA() }},
	hardware: {Practice: Practice{"root-hardware-mfa", "IV103", "root's MFA device is virtual", Accounts, false, &Published{94, 1143, "8.2"}},
		is: func(r *credential.Row, _ time.Time) credential.Answer { return r.MFA.And(credential.Unsaid) }},

	{Practice: Practice{"user-console-mfa", "IV304", "a console password without MFA", Users, false, &Published{773, 12478, "6.2"}},
		is: func(r *credential.Row, _ time.Time) credential.Answer { return r.WithoutMFA() }},
	{Practice: Practice{"user-key-at-creation", "IV301", "a console password, and a key from the first 10 seconds", Users, false, &Published{1331, 12478, "10.7"}},
		is: keyAtCreation},
	{Practice: Practice{"user-key-untouched", "IV301", "a console password, and an active key that was never used", Users, true, nil},
		is: func(r *credential.Row, _ time.Time) credential.Answer {
			return r.Console().And(found(r.UntouchedKey()))
		}},
	{Practice: Practice{"user-multiple-keys", "IV302", "two active access keys", Users, false, &Published{830, 12478, "6.7"}}, is: twoKeys},
	{Practice: Practice{"user-multiple-keys-30d", "IV302", "of users older than 30 days", Users, true, &Published{799, 12100, "6.6"}}, of: older(30), is: twoKeys},
	{Practice: Practice{"user-multiple-keys-90d", "IV302", "of users older than 90 days", Users, true, &Published{720, 11395, "6.3"}}, of: older(90), is: twoKeys},
	{Practice: Practice{"user-multiple-keys-365d", "IV302", "of users older than 365 days", Users, true, &Published{445, 8001, "5.6"}}, of: older(365), is: twoKeys},
	{Practice: Practice{"user-key-rotation", "IV303", "an active key older than 90 days", Users, false, &Published{7580, 12478, "60.8"}}, is: keyOlder(days90)},
	{Practice: Practice{"user-key-rotation-1y", "IV303", "older than 1 year", Users, true, &Published{4931, 12478, "40"}}, is: keyOlder(oneYear)},
	{Practice: Practice{"user-key-rotation-5y", "IV303", "older than 5 years", Users, true, &Published{245, 12478, "2.0"}}, is: keyOlder(years5)},
	{Practice: Practice{"user-unused-credentials", "IV305", "a credential unused for 90 days", Users, false, &Published{6211, 12478, "49.8"}}, is: unused(days90)},
	{Practice: Practice{"user-unused-credentials-1y", "IV305", "unused for 1 year", Users, true, &Published{3549, 12478, "28.4"}}, is: unused(oneYear)},
}

func rootUsed(days time.Duration) func(*credential.Row, time.Time) credential.Answer {
	return func(r *credential.Row, now time.Time) credential.Answer {
		return r.UsedWithin(now, days*credential.Day)
	}
}

func found(place int) credential.Answer {
	if place < 0 {
		return credential.No
	}
	return credential.Yes
}

func keyAtCreation(r *credential.Row, _ time.Time) credential.Answer {
	return r.Console().And(found(r.KeyAtCreation()))
}

func twoKeys(r *credential.Row, _ time.Time) credential.Answer { return r.TwoActiveKeys() }

func older(days time.Duration) func(*credential.Row, time.Time) credential.Answer {
	return func(r *credential.Row, now time.Time) credential.Answer {
		return r.OlderThan(now, days*credential.Day)
	}
}

func keyOlder(age time.Duration) func(*credential.Row, time.Time) credential.Answer {
	return func(r *credential.Row, now time.Time) credential.Answer { return r.KeyOlderThan(now, age) }
}

func unused(span time.Duration) func(*credential.Row, time.Time) credential.Answer {
	return func(r *credential.Row, now time.Time) credential.Answer { return r.Unused(now, span) }
}

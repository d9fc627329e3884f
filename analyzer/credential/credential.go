// Package credential reads IAM credential reports: the CSV file with a row for
// the root user and for every IAM user of an account that `aws iam
// get-credential-report` returns.
//
// A Reader gives one row after the other and holds no more than one, so that a
// report may be of any length. What a row says about a practice is decided
// here, once, for the checks of a scan and for the table of an audit.
package credential

import (
	"fmt"
	"time"

	"github.com/iamvet/iamvet/analyzer/source"
)

// Answer is what a column of the report says to a question. The zero Answer is
// Unsaid: the column holds N/A, not_supported or no_information.
type Answer int8

// The answers.
const (
	Unsaid Answer = iota
	No
	Yes
)

func (a Answer) String() string { return [...]string{"unsaid", "no", "yes"}[a] }

func answer(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// And is Kleene's.
func (a Answer) And(b Answer) Answer {
	switch {
	case a == No || b == No:
		return No
	case a == Unsaid || b == Unsaid:
		return Unsaid
	}
	return Yes
}

// Or is Kleene's.
func (a Answer) Or(b Answer) Answer { return a.Not().And(b.Not()).Not() }

// Not is Kleene's.
func (a Answer) Not() Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unsaid
}

// RootName is what the report calls the root user.
const RootName = "<root_account>"

// Row is what the report says about one user. Times are zero where it gives
// none.
type Row struct {
	Line int // where the row begins in the CSV, from 1
	// Start and End are the bytes of the row in the CSV, without the line ending.
	Start, End int
	User, ARN  string // "" from a Reader without names
	Account    string // 12 digits; "" when the ARN is not one
	Partition  string // aws, aws-cn, aws-us-gov
	Root       bool

	Created      time.Time
	Password     Password
	MFA          Answer
	Keys         [2]Key
	Certificates [2]Certificate
}

// Password is a user's console password.
type Password struct {
	// Enabled is often unsaid for root, who has a password unless it was removed
	// centrally.
	Enabled Answer
	// LastUsed is zero both where there is no password and where it was not used
	// since October 2014, when AWS began to keep the date.
	LastUsed     time.Time
	LastChanged  time.Time // set or changed
	NextRotation time.Time // zero without a password policy that expires passwords
}

// Key is one of the two access keys that a user may have.
type Key struct {
	Active Answer
	// Rotated is when the key was created or its status last changed.
	Rotated  time.Time
	LastUsed time.Time
}

// Exists says that there is a key in this place, active or not.
func (k Key) Exists() bool { return k.Active == Yes || !k.Rotated.IsZero() }

// Certificate is an X.509 signing certificate.
type Certificate struct {
	Active  Answer
	Rotated time.Time
}

// Report is a report that is held in memory, as a scan does.
type Report struct {
	File *source.File
	Rows []*Row
	// Encoded says that the CSV was base64 or compressed: rows then have no place
	// in the file.
	Encoded bool
}

// Span is the place of a row; the zero Span when the file is encoded.
func (r *Report) Span(row *Row) source.Span {
	if r.Encoded {
		return source.Span{}
	}
	return source.Span{File: r.File, Start: row.Start, End: row.End}
}

// Read reads a whole report. Rows that are not what they should be are left
// out, and are in the errors, at most maxErrors of them; the last error may be
// that of the file.
func Read(f *source.File) (*Report, []error) {
	out := &Report{File: f}
	r, err := NewReader(f.Name, newByteReader(f.Bytes))
	if err != nil {
		return out, []error{err}
	}
	out.Encoded = r.Encoded()
	var errs []error
	err = r.All(func(row *Row) error {
		if len(out.Rows) == maxRows {
			return fmt.Errorf("%s: more than %d rows are not looked at: one account has no more users; iamvet audit counts over reports of any length", f.Name, maxRows)
		}
		kept := *row
		out.Rows = append(out.Rows, &kept)
		return nil
	}, func(e *RowError) {
		if len(errs) < maxErrors {
			errs = append(errs, e)
		}
	})
	if err != nil {
		errs = append(errs, err)
	}
	return out, errs
}

// maxRows is how many rows are held in memory: 20 times what IAM has room for in
// one account.
const maxRows = 100_000

// maxErrors is how many broken rows of one report are named.
const maxErrors = 20

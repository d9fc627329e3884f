package analyzer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// deployed reads the credential reports and asks the checks that they say
// something about. What cannot be read of them is a gap.
func (a *analysis) deployed(ctx context.Context, res *result) ([]terraform.Gap, error) {
	if len(a.in.CredentialReports) == 0 {
		return nil, nil
	}
	a.progress("reading credential reports")
	var reports []*credential.Report
	var gaps []terraform.Gap
	accounts := map[string]*source.File{}
	for _, f := range a.in.CredentialReports {
		r, errs := credential.Read(f)
		for _, err := range errs {
			gaps = append(gaps, reportGap(r, err))
		}
		other := ""
		for _, row := range r.Rows {
			first, ok := accounts[row.Account]
			if !ok {
				accounts[row.Account] = f
			} else if first != f && row.Account != "" {
				other = fmt.Sprintf("account %s has a report already, %s: this one is not looked at", row.Account, first.Name)
			}
		}
		if other != "" {
			gaps = append(gaps, terraform.Gap{Kind: terraform.ErrorGap, File: f.Name, Reason: other})
			continue
		}
		reports = append(reports, r)
	}
	res.model.AddReports(reports)
	var fresh []*Finding
	for _, c := range a.checks {
		if c.Deployed == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		pass := &Pass{Check: c, Model: res.model, Memo: a.memo, Settings: &a.in.Settings, Now: a.in.Now, report: func(f *Finding) {
			mustBeWhole(f)
			fresh = append(fresh, f)
		}}
		for _, f := range res.findings {
			if f.Check == c {
				pass.Found = append(pass.Found, f)
			}
		}
		if err := c.Deployed(pass); err != nil {
			return nil, fmt.Errorf("check %s: %w", c.ID, err)
		}
	}
	fresh = merge(fresh)
	redact(fresh, gaps, res.model)
	res.findings = append(res.findings, fresh...)
	order(res.findings)
	fingerprint(res.findings)
	return gaps, nil
}

// reportGap is what is wrong with a report, at its row.
func reportGap(r *credential.Report, err error) terraform.Gap {
	g := terraform.Gap{Kind: terraform.ErrorGap, File: r.File.Name, Reason: strings.TrimPrefix(err.Error(), r.File.Name+": ")}
	var row *credential.RowError
	if errors.As(err, &row) {
		g.Reason = row.Text
		if r.Encoded {
			g.Reason = fmt.Sprintf("line %d of the report: %s", row.Line, row.Text)
		} else {
			g.Span = r.File.LineSpan(row.Line)
		}
	}
	return g
}

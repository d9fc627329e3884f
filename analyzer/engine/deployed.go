package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// deployment is what is known of accounts as they are deployed.
type deployment struct {
	reports  []*credential.Report
	devices  []identity.Devices
	accounts []*identity.DeployedAccount
	gaps     []source.Gap // what could not be read
}

// readDeployed reads credential reports, lists of devices and authorization
// details. What cannot be read of them is a gap.
func (a *analysis) readDeployed() {
	if len(a.in.CredentialReports) > 0 {
		a.progress("reading credential reports")
		a.readReports()
	}
	for _, f := range a.in.Authorizations {
		a.progress("reading account authorization details")
		a.readFile(f, func() {
			root, err := terraform.LoadAuthorization(f)
			if err != nil {
				a.deployed.gaps = append(a.deployed.gaps, source.Gap{Kind: source.ErrorGap, File: f.Name, Reason: err.Error()})
				return
			}
			a.deployed.accounts = append(a.deployed.accounts, identity.NewDeployedAccount(root, f))
		})
	}
}

// readFile reads a file of evidence. One that crashes is left out.
func (a *analysis) readFile(f *source.File, read func()) {
	if gap, crashed := a.in.attempt(source.Gap{File: f.Name, Reason: "this file is left out"}, read); crashed {
		a.deployed.gaps = append(a.deployed.gaps, gap)
	}
}

func (a *analysis) readReports() {
	accounts := map[string]*source.File{}
	for _, f := range a.in.CredentialReports {
		a.readFile(f, func() { a.readReport(f, accounts) })
	}
}

func (a *analysis) readReport(f *source.File, accounts map[string]*source.File) {
	if credential.ListsDevices(f.Bytes) {
		d, err := credential.ReadDevices(f.Name, bytes.NewReader(f.Bytes))
		if err != nil {
			a.deployed.gaps = append(a.deployed.gaps, source.Gap{Kind: source.ErrorGap, File: f.Name, Reason: strings.TrimPrefix(err.Error(), f.Name+": ")})
			return
		}
		a.deployed.devices = append(a.deployed.devices, identity.Devices{Devices: d, File: f})
		return
	}
	r, errs := credential.Read(f)
	for _, err := range errs {
		a.deployed.gaps = append(a.deployed.gaps, reportGap(r, err))
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
		a.deployed.gaps = append(a.deployed.gaps, source.Gap{Kind: source.ErrorGap, File: f.Name, Reason: other})
		return
	}
	a.deployed.reports = append(a.deployed.reports, r)
}

// judgeReports asks the checks that credential reports say something about.
func (a *analysis) judgeReports(ctx context.Context, res *result) error {
	if len(a.deployed.reports)+len(a.deployed.devices) == 0 {
		return nil
	}
	res.model.AddReports(a.deployed.reports)
	res.model.Devices = a.deployed.devices
	var fresh []*analyzer.Finding
	for _, c := range a.checks {
		if c.Deployed == nil {
			continue
		}
		pass := &analyzer.Pass{Check: c, Model: res.model, Memo: a.memo, Settings: &a.in.Settings, Now: a.in.Now, Take: func(f *analyzer.Finding) {
			mustBeWhole(f)
			fresh = append(fresh, f)
		}}
		for _, f := range res.findings {
			if f.Check == c {
				pass.Found = append(pass.Found, f)
			}
		}
		if err := a.ask(ctx, c, pass, c.Deployed, false, &a.deployed.gaps); err != nil {
			return err
		}
	}
	a.known.suppress(fresh)
	fresh = merge(fresh)
	redact(fresh, nil, res.secrets)
	res.findings = append(res.findings, fresh...)
	order(res.findings)
	fingerprint(res.findings)
	return nil
}

// reportGap is what is wrong with a report, at its row.
func reportGap(r *credential.Report, err error) source.Gap {
	g := source.Gap{Kind: source.ErrorGap, File: r.File.Name, Reason: strings.TrimPrefix(err.Error(), r.File.Name+": ")}
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

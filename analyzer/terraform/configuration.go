package terraform

import (
	"fmt"
	"path"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/plan"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Declares says that the root module declares a variable.
func (r *Root) Declares(name string) bool {
	switch l := r.loader.(type) {
	case *evaluator:
		return l.top.mod != nil && l.top.mod.Variables[name] != nil
	case *overlaid:
		return l.config.Declares(name)
	}
	return false
}

// Account is the 12-digit id of the account that the root is for, as far as
// the command line says; "" when it is not known.
func (r *Root) Account() string {
	switch l := r.loader.(type) {
	case *evaluator:
		return l.opt.Account
	case *overlaid:
		return l.config.Account()
	case *evidence:
		return l.Account
	}
	return ""
}

// Unfit says what is wrong with naming a file on the command line whose
// directory is scanned for its sake. ok is false for what there is nothing to say
// about: directories, files of configuration, of variables of a directory with
// configuration, and what cannot be read, which is a gap of its own.
func Unfit(b *workspace.Boundary, name string) (g source.Gap, ok bool) {
	resolved, gap := b.Resolve(name)
	if gap != nil || b.IsDir(resolved) {
		return source.Gap{}, false
	}
	base := path.Base(resolved)
	if _, ending := workspace.ConfigName(base); ending != "" {
		return source.Gap{}, false
	}
	if trimmed := strings.TrimSuffix(base, ".json"); strings.HasSuffix(trimmed, ".tfvars") || strings.HasSuffix(trimmed, ".tofuvars") {
		g = source.Gap{Kind: source.LimitGap, File: resolved, Reason: "no configuration is beside it: name it with --var-file, and the root module that it is for"}
		return g, !workspace.HasConfiguration(b, resolved)
	}
	file, gap := b.File(resolved)
	if gap != nil {
		return source.Gap{}, false
	}
	g, ok = unflagged(file)
	if !ok {
		g.Reason = "it is no Terraform file: name a directory, a .tf or .tofu file, a plan with --plan FILE or a state with --state FILE"
	}
	return g, true
}

// Unread is Unfit for a file that was changed: there is something to say of values for a
// root module that is nowhere, and of a plan or a state.
func Unread(b *workspace.Boundary, name string) (g source.Gap, ok bool) {
	g, ok = Unfit(b, name)
	if !ok || g.Kind == source.LimitGap {
		return g, ok
	}
	file, gap := b.File(g.File)
	if gap != nil {
		return source.Gap{}, false
	}
	return unflagged(file)
}

func unflagged(file *source.File) (g source.Gap, ok bool) {
	base := path.Base(file.Name)
	g = source.Gap{Kind: source.ErrorGap, File: file.Name}
	switch plan.SniffJSON(file.Bytes) {
	case plan.BinaryPlan:
		g.Reason = fmt.Sprintf("it is a binary plan: run `terraform show -json %s > plan.json` where it was made, and name that with --plan plan.json", base)
	case plan.JSONPlan:
		g.Reason = "it is a plan: name it with --plan " + base
	case plan.PlanLog:
		g.Reason = "it is what terraform plan -json prints: run `terraform plan -out=plan.out` and `terraform show -json plan.out > plan.json`, and name that with --plan plan.json"
	case plan.Encrypted:
		g.Reason = fmt.Sprintf("it is a plan or state that OpenTofu has encrypted: run `tofu show -json %s > shown.json` where its keys are, and name that with --plan or --state", base)
	case plan.JSONState, plan.RawState:
		g.Reason = "it is a state: name it with --state " + base
	}
	return g, g.Reason != ""
}

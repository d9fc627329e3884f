package terraform

import (
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// dialectOf is what a root is read as: as somebody says, or as its files tell.
func dialectOf(m *workspace.Module, opt Options) lang.Dialect {
	d := lang.Dialect{Language: opt.Language, Version: opt.ToolVersion}
	if d.Language == lang.AnyLanguage {
		d.Language = m.Language()
	}
	return d
}

// Dialect is what the root is read as.
func (r *Root) Dialect() lang.Dialect {
	switch l := r.loader.(type) {
	case *evaluator:
		return l.dialect
	case *overlaid:
		return l.config.Dialect()
	case *evidence:
		return l.Dialect
	}
	return lang.Dialect{}
}

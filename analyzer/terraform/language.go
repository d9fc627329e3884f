package terraform

// dialectOf is what a root is read as: as somebody says, or as its files tell.
func dialectOf(m *module, opt Options) Dialect {
	d := Dialect{Language: opt.Language, Version: opt.ToolVersion}
	if d.Language == AnyLanguage {
		d.Language = m.language()
	}
	return d
}

// Dialect is what the root is read as.
func (r *Root) Dialect() Dialect {
	switch l := r.loader.(type) {
	case *evaluator:
		return l.dialect
	case *overlaid:
		return l.config.Dialect()
	case *evidence:
		return l.dialect
	}
	return Dialect{}
}

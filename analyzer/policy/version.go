package policy

// VariablesWork says whether ${…} is a variable in this document: with Version
// 2012-10-17 it is, without it is text.
func (d *Document) VariablesWork() Tri { return d.variables() }

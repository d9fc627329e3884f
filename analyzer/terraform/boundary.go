package terraform

import "github.com/iamvet/iamvet/analyzer/source"

// file reads a regular file of the boundary, by its slash-separated path
// relative to the boundary ("." and ".." elements are resolved; symlinks are
// followed inside it). It is read once for all roots, so that spans of one file
// are comparable. A path that cannot be read gives a gap's reason and kind.
func (b *Boundary) file(name string) (*source.File, *Gap) {
	return nil, &Gap{Kind: LimitGap, File: name, Reason: name + " cannot be read"}
}

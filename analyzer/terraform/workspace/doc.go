// Package workspace is what lies on the disk: the boundary of what may be read,
// the root modules in it, and their files, parsed to modules, blocks and
// expressions. Nothing in it is evaluated.
//
// What is read or parsed is so once, for all roots and for all copies of the
// boundary with some files replaced (Boundary.With): a file, a module, and what its
// blocks refer to do not depend on who calls the module. What does depend on the
// caller is for package terraform. The one question about the disk that cannot be
// answered without evaluating, who calls a module whose source is worked out, is
// handed in (Search.Calls).
//
// A Module knows the declarations; what a block says is asked of the Block, through
// Body, Attr, Expr and Nested. The blocks of a file are found by a scan of its text
// (headings, and headingsJSON), sixty times as fast as hcl parses it; a block is
// parsed by hcl, alone, when somebody asks for its body (pending). A file of which the
// scan is not sure is parsed at once, as a whole. FuzzOutline holds the scan to hcl.
package workspace

package terraform

import (
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// scope is what a function call may see of the module it stands in. Functions
// that touch nothing ignore it.
//
// The evaluator handles by itself what needs expressions and not values: try,
// can, and the expansion of a last argument by "...". Everything else reaches
// callFunction with its arguments evaluated; any of them may be unknown, partly
// known or null.
type scope struct {
	boundary  *workspace.Boundary // read files with boundary.file: parsed once, spans shared
	moduleDir string              // directory of the module, relative to the boundary: where relative paths of file() are taken from is rootDir, as in Terraform path.module is a prefix that authors write
	rootDir   string              // directory of the root module: file("x") is relative to it
	span      source.Span         // of the call
	dialect   lang.Dialect        // that the module is written in: which functions there are, and what they do
	// use records that a file was read, and look that something was asked of one by its
	// name, whether it is there, say; nil when nobody asks.
	use  func(*source.File)
	look func(name string)
	// gap records what could not be read: a path outside the boundary.
	gap func(source.Gap)
	// work counts what is about to be worked over; false where that is too much. nil when
	// nobody counts.
	work func(bytes int64) bool
	// fail says that Terraform would refuse the call (jsondecode of no JSON, a
	// file that is not there), as opposed to not knowing its result: try and can
	// see it. It returns the unknown value to return.
	fail func(reason string) *value.Value
	// doubt says why some tool would refuse the call, where it is not known which
	// one it is: try and can see it. nil when nobody asks.
	doubt func(reason string)
	// renderTemplate evaluates text as a template with vars (an object or map)
	// as its only variables: templatefile and templatestring.
	renderTemplate func(text source.Text, vars *value.Value) *value.Value
}

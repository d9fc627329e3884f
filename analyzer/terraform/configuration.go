package terraform

import (
	"io/fs"
	"path"
	"strings"
)

// HasConfiguration says that a directory holds configuration files itself. A
// file stands for its directory.
func HasConfiguration(b *Boundary, name string) bool {
	if info, err := fs.Stat(b.FS, name); err == nil && !info.IsDir() {
		name = path.Dir(name)
	}
	entries, err := fs.ReadDir(b.FS, name)
	if err != nil {
		return false
	}
	for _, e := range entries {
		for _, suffix := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
			if !e.IsDir() && strings.HasSuffix(e.Name(), suffix) {
				return true
			}
		}
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
		return l.account
	}
	return ""
}

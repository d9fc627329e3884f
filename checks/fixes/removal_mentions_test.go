package fixes

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

// TestOutputMentions: an output is read by its name, whatever the index of the module's
// instance, and may be where all of the module is taken.
func TestOutputMentions(t *testing.T) {
	for text, want := range map[string][2]int{ // by name, and of the whole
		`a = module.key.secret`:                           {1, 0},
		`a = module.key["x"].secret`:                      {1, 0},
		`a = module.key[local.names["x"]].secret`:         {1, 0},
		`a = module.key[*].secret`:                        {1, 0},
		`a = module.key.secret_id`:                        {0, 0},
		`a = module.key["x"].user`:                        {0, 0},
		`a = module.keys.secret`:                          {0, 0},
		`a = values(module.key)[*].secret`:                {0, 1},
		`a = [for k in module.key : k.secret]`:            {0, 1},
		`a = module.key`:                                  {0, 1},
		`depends_on = [module.other, module.key]`:         {0, 0},
		"a = module.key[\n0].secret":                      {0, 1},
		`a = "${module.key.secret} ${module.key.secret}"`: {2, 0},
	} {
		found, whole := outputMentions(source.NewFile("main.tf", []byte(text+"\n")), "module.key", ".secret")
		if got := [2]int{len(found), len(whole)}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

package workspace

import "testing"

// What a call reads is told by the text of its path, as far as it is written; where that is
// not enough, it may be any.
func TestMayRead(t *testing.T) {
	const file = "a/policies/trust.json"
	for text, want := range map[string]bool{
		`file("${path.module}/policies/trust.json")`:            true,
		`file("${path.module}/policies/other.json")`:            false,
		`file("${path.module}/trust.json")`:                     false,
		`file( "${path.module}/../a/policies/trust.json" )`:     true,
		`file("${path.module}/../b/policies/trust.json")`:       false,
		`file("${path.root}/policies/trust.json")`:              true,
		`file("policies/trust.json")`:                           true,
		`file("./trust.json")`:                                  true, // of a root module there
		`file("../../shared/policies/trust.json")`:              false,
		`file("../../a/policies/trust.json")`:                   true,
		`file("${path.module}/policies/${each.key}.json")`:      true,
		`file("${path.module}/policies/${each.key}.yaml")`:      false,
		`file("${path.module}/${var.dir}/trust.json")`:          true,
		`file("${path.module}/${var.dir}/../trust.json")`:       true,
		`file("${path.module}/policies/${var.sub}/trust.json")`: true, // of an empty one
		`file(var.path)`:                                                    true,
		`file(local.paths["x"])`:                                            true,
		`file(join("/", ["x"]))`:                                            true,
		`file("a" == "b" ? "x" : "y")`:                                      true,
		`file("${path.module}/p\u006f.json")`:                               true,
		`templatefile("${path.module}/policies/trust.json", { a = 1 })`:     true,
		`templatefile("${path.module}/x.json", { a = file("trust.json") })`: true,
		"templatefile(\n  \"${path.module}/policies/trust.json\",\n  {}\n)": true,
		`fileset("${path.module}/policies", "*.json")`:                      true,
		`fileset("${path.module}/rules", "*.json")`:                         false,
		`fileset(path.module, "policies/*.json")`:                           true,
		`fileset("${path.module}/", "**")`:                                  true,
		`fileset("policies", "*")`:                                          true,
		`filebase64sha256("policies/trust.json")`:                           true,
		`fileexists("policies/none.json")`:                                  false,
		`"file": "${file(\"policies/trust.json\")}"`:                        true,
		"data \"local_file\" \"x\" {\n  filename = \"trust.json\"\n}":       true,
		"data \"local_file\" \"x\" {\n  filename = \"other.json\"\n}":       false,
		`filename = "trust.json"`:                                           false, // of something else
		`profile("trust.json")`:                                             false,
		`file("`:                                                            true,
		`nothing`:                                                           false,
	} {
		if got := mayRead([]byte(text), "a", []string{file}); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// The file system decides nothing here, and no text makes it panic.
func FuzzMayRead(f *testing.F) {
	f.Add(`file("${path.module}/../${a}/x.json")`, "a/b")
	f.Add(`fileset("", "*")`, ".")
	f.Fuzz(func(_ *testing.T, text, dir string) { mayRead([]byte(text), dir, []string{"a/b.json"}) })
}

package reporttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// SchemaDir names the directory of the schemas to processes that do not run below the
// top of the module, in their environment.
const SchemaDir = "IAMVET_SCHEMAS"

// Schemas is docs/schema.
func Schemas() (string, error) {
	if dir := os.Getenv(SchemaDir); dir != "" {
		return dir, nil
	}
	wd, err := os.Getwd()
	for err == nil {
		dir := filepath.Join(wd, "docs", "schema")
		if _, err := os.Stat(dir); err == nil {
			return dir, nil
		}
		if filepath.Dir(wd) == wd {
			return "", fs.ErrNotExist
		}
		wd = filepath.Dir(wd)
	}
	return "", err
}

// Valid says what is wrong with a document by the schema of that name in docs/schema.
// Readers pass over members that a schema does not have; here they are wrong, so that
// no member is printed without a word on it.
func Valid(schema string, document []byte) error {
	all, err := compiled()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	if all[schema] == nil {
		return fmt.Errorf("there is no schema %s", schema)
	}
	return all[schema].Validate(doc)
}

// compiled are the schemas by the names of their files.
var compiled = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	dir, err := Schemas()
	if err != nil {
		return nil, fmt.Errorf("the schemas of docs/schema: %w", err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	ids := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var doc map[string]any
		if err := json.Unmarshal(text, &doc); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		closed(doc)
		id, _ := doc["$id"].(string)
		if err := c.AddResource(id, doc); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		ids[filepath.Base(name)] = id
	}
	out := map[string]*jsonschema.Schema{}
	for name, id := range ids {
		if out[name], err = c.Compile(id); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// closed lets the objects of a schema have no members but those that it tells.
func closed(schema any) {
	switch v := schema.(type) {
	case map[string]any:
		for _, e := range v {
			closed(e)
		}
		_, told := v["properties"]
		_, all := v["additionalProperties"]
		if told && !all && v["type"] == "object" {
			v["unevaluatedProperties"] = false
		}
		if _, parts := v["allOf"]; parts {
			v["unevaluatedProperties"] = false
		}
	case []any:
		for _, e := range v {
			closed(e)
		}
	}
}

package plan

import (
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
)

// configModule is a module of the configuration section of a plan. Its resources
// are decoded when somebody asks for them.
type configModule struct {
	Outputs   map[string]*tfjson.ConfigOutput
	calls     map[string]*configCall
	resources map[addrs.Resource]*configResource
}

type configResource struct {
	text    jsonText
	decoded *tfjson.ConfigResource
}

type configCall struct {
	Expressions                        map[string]*tfjson.Expression
	CountExpression, ForEachExpression *tfjson.Expression

	module *configModule
}

// readConfigModule reads a module and those that it calls; nil for null.
func readConfigModule(t jsonText) (*configModule, error) {
	m := &configModule{calls: map[string]*configCall{}, resources: map[addrs.Resource]*configResource{}}
	err := t.members(func(name string, v jsonText) error {
		switch name {
		case "outputs":
			return v.decode(&m.Outputs)
		case "resources":
			return v.elements(m.addResource)
		case "module_calls":
			return v.members(m.addCall)
		}
		return nil
	})
	return m, err
}

func (m *configModule) addResource(t jsonText) error {
	var mode string
	var key addrs.Resource
	err := t.fields(map[string]any{"mode": &mode, "type": &key.Type, "name": &key.Name})
	if mode == string(tfjson.DataResourceMode) {
		key.Mode = addrs.Data
	}
	if m.resources[key] == nil {
		m.resources[key] = &configResource{text: t}
	}
	return err
}

func (m *configModule) addCall(name string, t jsonText) error {
	c := &configCall{}
	var module jsonText
	err := t.fields(map[string]any{
		"expressions": &c.Expressions, "count_expression": &c.CountExpression, "for_each_expression": &c.ForEachExpression, "module": &module,
	})
	m.calls[name] = c
	if err != nil || len(module) == 0 {
		return err
	}
	c.module, err = readConfigModule(module)
	return err
}

package plan

import (
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
)

// configModule is a module of the configuration section of a plan. Of its resources
// it has where they stand.
type configModule struct {
	outputs   map[string]*tfjson.ConfigOutput
	calls     map[string]*configCall
	resources map[addrs.Resource]text
}

type configCall struct {
	expressions    map[string]*tfjson.Expression
	count, forEach *tfjson.Expression
	module         *configModule
}

// configModule reads a module and those that it calls.
func (s *sections) configModule() (*configModule, error) {
	m := &configModule{calls: map[string]*configCall{}, resources: map[addrs.Resource]text{}}
	err := s.members(func(name string) error {
		switch name {
		case "outputs":
			return s.decode(&m.outputs)
		case "resources":
			return s.elements(func() error { return s.configResource(m) })
		case "module_calls":
			return s.members(func(name string) error {
				c, err := s.configCall()
				m.calls[name] = c
				return err
			})
		}
		return nil
	})
	return m, err
}

func (s *sections) configResource(m *configModule) error {
	t, at, err := s.value()
	if err != nil {
		return err
	}
	var mode string
	var key addrs.Resource
	err = t.fields(map[string]any{"mode": &mode, "type": &key.Type, "name": &key.Name})
	if mode == string(tfjson.DataResourceMode) {
		key.Mode = addrs.Data
	}
	if _, known := m.resources[key]; !known {
		key.Type = s.name(key.Type)
		m.resources[key] = at
		s.keep(key.Type, at, t)
	}
	return err
}

func (s *sections) configCall() (*configCall, error) {
	c := &configCall{}
	err := s.members(func(name string) (err error) {
		switch name {
		case "expressions":
			return s.decode(&c.expressions)
		case "count_expression":
			return s.decode(&c.count)
		case "for_each_expression":
			return s.decode(&c.forEach)
		case "module":
			c.module, err = s.configModule()
		}
		return err
	})
	return c, err
}

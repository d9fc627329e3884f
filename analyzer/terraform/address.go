package terraform

import "github.com/iamvet/iamvet/analyzer/terraform/addrs"

// Resource is the instance with this address, or nil. Only its type is
// evaluated.
func (r *Root) Resource(address string) *Resource {
	mode, typ, ok := addrs.ModeAndType(address)
	if !ok {
		return nil
	}
	for _, res := range r.loader.resources(mode, []string{typ}) {
		if res.Address == address {
			return res
		}
	}
	return nil
}

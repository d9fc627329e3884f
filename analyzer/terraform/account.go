package terraform

// Account is the account that the provider of the instance works in, where
// --account or the provider's configuration says so; else "".
func (r *Resource) Account() string {
	if r.inst == nil {
		return r.Root.Account()
	}
	ev := r.inst.m.ev
	ev.mu.Lock()
	defer ev.mu.Unlock()
	id, _ := r.inst.accountID()
	return id
}

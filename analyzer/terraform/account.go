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

// Partition is the partition that the provider of the instance works in, where
// --partition or the provider's region says so; else "".
func (r *Resource) Partition() string {
	if r.inst == nil {
		return r.Root.partition()
	}
	ev := r.inst.m.ev
	ev.mu.Lock()
	defer ev.mu.Unlock()
	return r.inst.partition().TextOr("")
}

// partition is what the command line says.
func (r *Root) partition() string {
	switch l := r.loader.(type) {
	case *evaluator:
		return l.opt.Partition
	case *overlaid:
		return l.config.partition()
	}
	return ""
}

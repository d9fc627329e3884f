package naive

// Rules are policies level by level: one of each level has to allow a request.
type Rules []Level

// A Level is policies of which one has to allow a request, unless it is full.
type Level struct {
	Full     bool
	Policies []*Policy
}

// Allow says whether rules allow a request.
func (rs Rules) Allow(r *Request) (allowed, ok bool) {
	allowed, ok = true, true
	for _, l := range rs {
		granted, denied, known := Allows(l.Policies, r)
		if denied || !l.Full && !granted {
			allowed = false
		}
		ok = ok && known
	}
	return allowed, ok
}

// All are the policies of all levels.
func (rs Rules) All() []*Policy {
	var out []*Policy
	for _, l := range rs {
		out = append(out, l.Policies...)
	}
	return out
}

// Values are texts that some condition of the policies compares a key with.
func (rs Rules) Values(key string) []string {
	var w Words
	var out []string
	for _, p := range rs.All() {
		for _, s := range p.Statement {
			for _, c := range s.Conditions {
				if c.key == key {
					for _, v := range c.values {
						out = append(out, w.instances(v)[1])
					}
				}
			}
		}
	}
	return out
}

package credential

import "time"

// Spans of time that the practices speak of. A year has 365 days.
const (
	Day  = 24 * time.Hour
	Year = 365 * Day
)

// AtCreation is how far apart a user and a key may come to be and still be
// "the same time": one run of whatever provisions them.
const AtCreation = 10 * time.Second

// gapEnds is the end of a time, from 3 May 2018, in which AWS kept no record of
// passwords that were used (IAM User Guide, "Getting credential reports"). Who
// was last seen before, or never, may have signed in until then.
var gapEnds = time.Date(2018, 5, 23, 21, 8, 0, 0, time.UTC)

// Console says whether the user has a console password that works.
func (r *Row) Console() Answer { return r.Password.Enabled }

// WithoutMFA says that the password alone lets the user in. For root it says
// that root has no MFA device, whatever the report says about a password.
func (r *Row) WithoutMFA() Answer {
	if r.Root {
		return r.MFA.Not()
	}
	return r.Console().And(r.MFA.Not())
}

// HasActiveKey says whether any access key can be used.
func (r *Row) HasActiveKey() Answer { return r.Keys[0].Active.Or(r.Keys[1].Active) }

// TwoActiveKeys says whether both can.
func (r *Row) TwoActiveKeys() Answer { return r.Keys[0].Active.And(r.Keys[1].Active) }

// KeyAtCreation is the place (0 or 1) of a key that was made within AtCreation
// of the user; -1 for none. That there is none proves nothing: the date moves
// when a key's status changes.
func (r *Row) KeyAtCreation() int {
	for i, k := range r.Keys {
		if r.Created.IsZero() || k.Rotated.IsZero() {
			continue
		}
		if k.Rotated.Sub(r.Created).Abs() <= AtCreation {
			return i
		}
	}
	return -1
}

// UntouchedKey is the place of an active key that was never used; -1 for none.
func (r *Row) UntouchedKey() int {
	for i, k := range r.Keys {
		if k.Active == Yes && k.LastUsed.IsZero() {
			return i
		}
	}
	return -1
}

// OlderThan says whether the user was created more than so long ago.
func (r *Row) OlderThan(now time.Time, age time.Duration) Answer { return past(now, r.Created, age) }

// OlderThan says whether the key can be used and is older than that.
func (k Key) OlderThan(now time.Time, age time.Duration) Answer {
	return k.Active.And(past(now, k.Rotated, age))
}

// KeyOlderThan says it of either key.
func (r *Row) KeyOlderThan(now time.Time, age time.Duration) Answer {
	return r.Keys[0].OlderThan(now, age).Or(r.Keys[1].OlderThan(now, age))
}

// past says whether t is more than age before now.
func past(now, t time.Time, age time.Duration) Answer {
	if t.IsZero() {
		return Unsaid
	}
	return answer(now.Sub(t) > age)
}

// Seen is the last time that the password is known to have been used, or,
// where it never was, to have been set; zero when the report says neither.
func (p Password) Seen() time.Time {
	t := p.LastUsed
	if t.IsZero() {
		t = p.LastChanged
	}
	if !t.IsZero() && t.Before(gapEnds) {
		return gapEnds
	}
	return t
}

// Unused says whether the password works and was not used for so long.
func (p Password) Unused(now time.Time, span time.Duration) Answer {
	return p.Enabled.And(unseen(now, p.Seen(), span))
}

// Seen is the last time that the key was used or, where it never was, made.
func (k Key) Seen() time.Time {
	if k.LastUsed.IsZero() {
		return k.Rotated
	}
	return k.LastUsed
}

// Unused says whether the key can be used and was not for so long.
func (k Key) Unused(now time.Time, span time.Duration) Answer {
	return k.Active.And(unseen(now, k.Seen(), span))
}

// unseen says whether now is span or more after t.
func unseen(now, t time.Time, span time.Duration) Answer {
	if t.IsZero() {
		return Unsaid
	}
	return answer(now.Sub(t) >= span)
}

// Unused says it of any credential that works: a user with a key in daily use
// and a password from years ago has an unused credential.
func (r *Row) Unused(now time.Time, span time.Duration) Answer {
	return r.Password.Unused(now, span).Or(r.Keys[0].Unused(now, span)).Or(r.Keys[1].Unused(now, span))
}

// LastUsed is the last time that any credential of the user was used; zero for
// never.
func (r *Row) LastUsed() time.Time {
	last := r.Password.LastUsed
	for _, k := range r.Keys {
		if k.LastUsed.After(last) {
			last = k.LastUsed
		}
	}
	return last
}

// UsedWithin says whether any credential was used in the time before now. What
// is dated after now counts as used: the report is newer than the clock.
func (r *Row) UsedWithin(now time.Time, span time.Duration) Answer {
	last := r.LastUsed()
	return answer(!last.IsZero() && now.Sub(last) <= span)
}

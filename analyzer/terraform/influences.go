package terraform

import (
	"cmp"
	"slices"

	"github.com/iamvet/iamvet/analyzer/source"
)

// Influences are what each of several sets of edits can have changed in the root as it
// was before: each alone, as InfluenceOn has it, though r was loaded with all of them.
// ok is false where that cannot be told apart. No two of the edits overlap, but several
// sets may have the same one.
func (r *Root) Influences(old *Root, sets [][]source.Edit) (each []*Influence, ok bool) {
	was, ok := old.loader.(*evaluator)
	now, same := r.loader.(*evaluator)
	if !ok || !same {
		return nil, false
	}
	tree := was.callTree()
	open, ofAnything := make([][]place, len(sets)), make([]bool, len(sets))
	for range sets {
		each = append(each, &Influence{tree: tree, blocks: map[place]bool{}, types: map[string]bool{}})
	}
	by := authorsOf(sets)
	for _, file := range now.boundary.Replaced() {
		configuration := false
		for _, m := range tree.modules {
			if !m.Reads(file) {
				continue
			}
			configuration = true
			changes, deciding, ok := edited(m, now.module(m.Dir))
			if !ok {
				return nil, false
			}
			for i, c := range slices.Concat(changes, deciding) {
				authors := by.of(c)
				if len(authors) == 0 {
					return nil, false // all that is merged with an override differs
				}
				for _, set := range authors {
					open[set] = append(open[set], each[set].note(c))
					ofAnything[set] = ofAnything[set] || i >= len(changes)
				}
			}
		}
		if !configuration {
			return nil, false
		}
	}
	for set, i := range each {
		if ofAnything[set] || !i.spread(open[set], true) {
			each[set] = nil
		}
	}
	return each, true
}

// Owners are the sets of edits that can have changed a block, of sets of which no two
// can have changed the same.
type Owners struct {
	by map[place]int
	// all is what any of them can have changed.
	all *Influence
}

// Apart takes the influences, one after another, that have no block with those before
// in common. The others, and those of anything (nil), meet some.
func Apart(each []*Influence) (owners *Owners, meets []int) {
	owners = &Owners{map[place]int{}, &Influence{blocks: map[place]bool{}, types: map[string]bool{}}}
next:
	for set, i := range each {
		if i == nil {
			meets = append(meets, set)
			continue
		}
		for p := range i.blocks {
			if owners.all.blocks[p] {
				meets = append(meets, set)
				continue next
			}
		}
		owners.all.tree = i.tree
		for p := range i.blocks {
			owners.by[p], owners.all.blocks[p] = set, true
		}
		for t := range i.types {
			owners.all.types[t] = true
		}
	}
	return owners, meets
}

// All is the influence of all sets together.
func (o *Owners) All() *Influence { return o.all }

// Of is the set of edits that can have changed a resource; ok is false where there is
// none.
func (o *Owners) Of(r *Resource) (set int, ok bool) {
	set, ok = o.by[r.place()]
	return set, ok
}

// authors finds the edits that changed a text.
type authors map[string][]authored // by file, in order

// authored is an edit of a file, in the text before and in that after all edits.
type authored struct {
	set      int
	was, now [2]int
}

func authorsOf(sets [][]source.Edit) authors {
	by := authors{}
	for set, edits := range sets {
		for _, e := range edits {
			by[e.Span.File.Name] = append(by[e.Span.File.Name], authored{set, [2]int{e.Span.Start, e.Span.End}, [2]int{0, len(e.New)}})
		}
	}
	for _, list := range by {
		slices.SortStableFunc(list, func(a, b authored) int {
			return cmp.Or(cmp.Compare(a.was[0], b.was[0]), cmp.Compare(a.was[1], b.was[1]))
		})
		shift := 0
		for i, a := range list {
			if i > 0 && a.was == list[i-1].was {
				list[i].now = list[i-1].now // one edit, of two sets
				continue
			}
			length := a.now[1]
			list[i].now = [2]int{a.was[0] + shift, a.was[0] + shift + length}
			shift += length - (a.was[1] - a.was[0])
		}
	}
	return by
}

// of are the sets with an edit in what changed; where none is in it, those with one at
// its ends.
func (by authors) of(c blockChange) []int {
	find := func(at source.Span, side func(authored) [2]int) (inside, beside []int) {
		if at.IsZero() {
			return nil, nil
		}
		list := by[at.File.Name]
		// Edits do not overlap: both ends are in order.
		first, _ := slices.BinarySearchFunc(list, at.Start, func(a authored, start int) int { return cmp.Compare(side(a)[1], start) })
		for _, a := range list[first:] {
			s := side(a)
			if s[0] > at.End {
				break
			}
			if s[0] < at.End && s[1] > at.Start {
				inside = append(inside, a.set)
			} else {
				beside = append(beside, a.set)
			}
		}
		return slices.Compact(inside), slices.Compact(beside)
	}
	inside, beside := find(c.was, func(a authored) [2]int { return a.was })
	if len(inside) > 0 {
		return inside
	}
	added, beyond := find(c.now, func(a authored) [2]int { return a.now })
	switch {
	case len(added) > 0:
		return added
	case len(beside) > 0:
		return beside
	}
	return beyond
}

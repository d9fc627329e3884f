package proof

import (
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A policy that writes arn:${data.aws_partition.current.partition}:iam::… is
// right in every partition: where the partition is not known, it is read as the
// one that is asked about.

// localized is documents read in one partition, and in an account that stands
// for one that is not known, with the way back to the originals: results are
// about what is written.
type localized struct {
	statements map[*policy.Statement]*policy.Statement
	conditions map[*policy.Condition]*policy.Condition
}

// document is a document in a partition: itself, when it does not depend on it.
func (l *localized) document(d *policy.Document, partition string) *policy.Document {
	if !dependsOnPartition(d) {
		return d
	}
	return l.filled(d, func(v *value.Value) (string, bool) {
		if isPartition(v) {
			return partition, true
		}
		return exampleID(v)
	})
}

// filled is a document with texts for some of what is not known.
func (l *localized) filled(d *policy.Document, text func(*value.Value) (string, bool)) *policy.Document {
	out, err := policy.Parse(filled(d.Value, text))
	if err != nil || len(out.Statements) != len(d.Statements) {
		return d
	}
	l.reparsed(d, out)
	return out
}

func (l *localized) levels(levels []Level, partition string) []Level {
	out := make([]Level, len(levels))
	for i, level := range levels {
		out[i].FullAccess = level.FullAccess
		for _, d := range level.Documents {
			out[i].Documents = append(out[i].Documents, l.document(d, partition))
		}
	}
	return out
}

// statement is the original of a statement.
func (l *localized) statement(s *policy.Statement) *policy.Statement {
	if o, ok := l.statements[s]; ok {
		return o
	}
	return s
}

// trust is a trust policy in the partition given, or in the one that it names.
func (l *localized) trust(d *policy.Document, opt SessionNameOptions) *policy.Document {
	if opt.Partition != "" {
		return l.document(d, opt.Partition)
	}
	list, _ := partitionsOf(nil, []*policy.Document{d})
	return l.document(d, list[0])
}

func (l *localized) originals(list []*policy.Statement) []*policy.Statement {
	var out []*policy.Statement
	for _, s := range list {
		out = append(out, l.statement(s))
	}
	return out
}

func (l *localized) condition(c *policy.Condition) *policy.Condition {
	if o, ok := l.conditions[c]; ok {
		return o
	}
	return c
}

// near is a near miss about the originals.
func (l *localized) near(n *NearMiss) *NearMiss {
	if n == nil || len(l.statements) == 0 {
		return n
	}
	out := *n
	out.Statement, out.Condition = l.statement(n.Statement), l.condition(n.Condition)
	return &out
}

// dependsOnPartition says that a partition, or an id that an example stands for
// as well, is not known.
func dependsOnPartition(d *policy.Document) bool {
	found := false
	eachPattern([]*policy.Document{d}, func(p policy.Pattern) {
		if found || !p.HasHole() {
			return
		}
		p.Value.Walk(func(v *value.Value) bool {
			_, id := exampleID(v)
			found = found || id || isPartition(v)
			return !found
		})
	})
	return found
}

// exampleID stands for the unique id of a user or role, which nothing else has.
func exampleID(v *value.Value) (string, bool) {
	if v.Kind != value.Unknown || v.Ref == nil || v.Ref.Attr != "unique_id" {
		return "", false
	}
	h := fnv.New64a()
	h.Write([]byte(v.Ref.Root + v.Ref.Address))
	id := strings.ToUpper(fmt.Sprintf("%016x", h.Sum64()))
	switch v.Ref.Type {
	case "aws_iam_role":
		return "AROA" + id, true
	case "aws_iam_user":
		return "AIDA" + id, true
	}
	return "", false
}

func isPartition(v *value.Value) bool {
	return v.Kind == value.Unknown && v.Ref != nil && v.Ref.Type == "aws_partition" && (v.Ref.Attr == "partition" || v.Ref.Attr == "id")
}

// filled is a value with texts for some of what is not known in it.
func filled(v *value.Value, text func(*value.Value) (string, bool)) *value.Value {
	if v == nil {
		return nil
	}
	if v.Is(value.Unknown) || v.Is(value.String) && !v.Known() {
		if s, ok := text(v); ok {
			known := value.StrAt(source.Computed(s, v.Span))
			known.Ref = v.Ref
			return known
		}
	}
	c := *v
	c.JSON, c.Rest = filled(v.JSON, text), filled(v.Rest, text)
	c.Parts, c.Elems, c.Attrs, c.Candidates = nil, nil, nil, nil
	for _, one := range v.Candidates {
		c.Candidates = append(c.Candidates, filled(one, text))
	}
	for _, p := range v.Parts {
		if p.Hole != nil {
			if s, ok := text(p.Hole); ok {
				p = value.Part{Text: source.Computed(s, p.Hole.Span)}
			}
		}
		c.Parts = append(c.Parts, p)
	}
	for _, e := range v.Elems {
		c.Elems = append(c.Elems, filled(e, text))
	}
	for _, a := range v.Attrs {
		a.Name, a.Value = filled(a.Name, text), filled(a.Value, text)
		c.Attrs = append(c.Attrs, a)
	}
	return &c
}

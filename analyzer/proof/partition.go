package proof

import (
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A policy that writes arn:${data.aws_partition.current.partition}:iam::… is
// right in every partition: where the partition is not known, it is read as the
// one that is asked about.

// localized is documents read in one partition, with the way back to the
// originals: results are about what is written.
type localized struct {
	statements map[*policy.Statement]*policy.Statement
	conditions map[*policy.Condition]*policy.Condition
}

// document is a document in a partition: itself, when it does not depend on it.
func (l *localized) document(d *policy.Document, partition string) *policy.Document {
	if !dependsOnPartition(d) {
		return d
	}
	out, err := policy.Parse(inPartition(d.Value, partition))
	if err != nil || len(out.Statements) != len(d.Statements) {
		return d
	}
	if l.statements == nil {
		l.statements, l.conditions = map[*policy.Statement]*policy.Statement{}, map[*policy.Condition]*policy.Condition{}
	}
	for i, s := range out.Statements {
		original := d.Statements[i]
		l.statements[s] = original
		for j := range s.Conditions {
			if j < len(original.Conditions) {
				l.conditions[&s.Conditions[j]] = &original.Conditions[j]
			}
		}
	}
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

func dependsOnPartition(d *policy.Document) bool {
	found := false
	eachPattern([]*policy.Document{d}, func(p policy.Pattern) {
		if found || !p.HasHole() {
			return
		}
		p.Value.Walk(func(v *value.Value) bool {
			found = found || isPartition(v)
			return !found
		})
	})
	return found
}

func isPartition(v *value.Value) bool {
	return v.Kind == value.Unknown && v.Ref != nil && v.Ref.Type == "aws_partition" && (v.Ref.Attr == "partition" || v.Ref.Attr == "id")
}

// inPartition is a value with the partition put in.
func inPartition(v *value.Value, partition string) *value.Value {
	switch {
	case v == nil:
		return nil
	case isPartition(v):
		return value.StrAt(source.Computed(partition, v.Span))
	}
	c := *v
	c.JSON = inPartition(v.JSON, partition)
	c.Parts, c.Elems, c.Attrs = nil, nil, nil
	for _, p := range v.Parts {
		if p.Hole != nil && isPartition(p.Hole) {
			p = value.Part{Text: source.Computed(partition, p.Hole.Span)}
		}
		c.Parts = append(c.Parts, p)
	}
	for _, e := range v.Elems {
		c.Elems = append(c.Elems, inPartition(e, partition))
	}
	for _, a := range v.Attrs {
		a.Value = inPartition(a.Value, partition)
		c.Attrs = append(c.Attrs, a)
	}
	return &c
}

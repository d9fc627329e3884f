// Package edit writes small changes into Terraform files and policies in the
// author's own style: the smallest edits, in the syntax at hand, with the
// indentation, separators, quotes and line endings of what stands around them.
// Text that terraform fmt would leave alone stays so.
//
// What cannot be changed safely is an error, never a guess: a member of an
// object that a for expression makes, say. Callers offer no fix then.
package edit

// Node is a literal to write. The zero Node is null.
type Node struct {
	kind    nodeKind
	text    string
	elems   []Node
	members []Member
}

type nodeKind int8

const (
	nullNode nodeKind = iota
	stringNode
	rawNode // HCL expression
	refNode // one where only a reference may stand
	wordNode
	listNode
	objectNode
	blockNode
)

// Member is a member of an object, or an attribute or nested block of a block.
type Member struct {
	Name  string
	Value Node
}

// String is a string as AWS reads it: policy variables such as ${aws:username}
// are written plain here, and in the file as its syntax needs them.
func String(s string) Node { return Node{kind: stringNode, text: s} }

// Strings is a list of strings.
func Strings(list ...string) Node {
	n := Node{kind: listNode}
	for _, s := range list {
		n.elems = append(n.elems, String(s))
	}
	return n
}

// List is a list.
func List(elems ...Node) Node { return Node{kind: listNode, elems: elems} }

// Object is an object with the members in this order.
func Object(members ...Member) Node { return Node{kind: objectNode, members: members} }

// Block is the body of a block; as a member of another Block it is a nested
// block.
func Block(members ...Member) Node { return Node{kind: blockNode, members: members} }

// Raw is an HCL expression on one line: a reference, a call. JSON outside of
// templates cannot hold one.
func Raw(expr string) Node { return Node{kind: rawNode, text: expr} }

// Reference is a reference where only references may stand, as in
// replace_triggered_by: JSON writes it without ${ } around it there.
func Reference(to string) Node { return Node{kind: refNode, text: to} }

// Bool is true or false.
func Bool(b bool) Node {
	if b {
		return Node{kind: wordNode, text: "true"}
	}
	return Node{kind: wordNode, text: "false"}
}

// Number is a number, by its literal.
func Number(literal string) Node { return Node{kind: wordNode, text: literal} }

// scalar says that the node has no parts of its own.
func (n Node) scalar() bool { return n.kind < listNode }

// flat says that the node nests at most one level of scalars.
func (n Node) flat() bool {
	for _, e := range n.elems {
		if !e.scalar() {
			return false
		}
	}
	for _, m := range n.members {
		if !m.Value.scalar() && (m.Value.kind != listNode || !m.Value.flat()) {
			return false
		}
	}
	return true
}

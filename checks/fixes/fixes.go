// Package fixes makes the edits that rules offer: repairs of what nearly says
// what it should, and drafts of what is missing.
//
// A fix that the engine may apply allows less than the code did (Narrowing) or the
// same (Equivalent). Where only people can say what is meant, or where something
// would be admitted that was refused, it is a Draft, whose message says what there
// is to decide. Whether a fix does what it says is verified by package engine, not
// here; what cannot be edited where it is written gets no fix rather than a wrong
// one, which is why errors end here.
package fixes

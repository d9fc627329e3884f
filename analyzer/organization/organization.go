// Package organization says what the service and resource control policies of
// AWS organizations bind, unit by unit.
//
// The tree and its attachments are facts of the scan, and come from
// analyzer/identity. What they amount to is worked out here: which policies
// certainly bind an account and which may (Binding), what proofs say under them
// at each place (Question), and how much of that rests on something that is not
// known. Nothing here reports anything: rules do, and iamvet org.
package organization

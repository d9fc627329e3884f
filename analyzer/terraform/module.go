package terraform

// parsedFile is a file of a module, parsed.
type parsedFile struct{}

// module is a directory's configuration.
type module struct{}

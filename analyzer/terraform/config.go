package terraform

import (
	"context"
	"errors"
)

// LoadConfig reads the root module in dir. Nothing is evaluated yet.
func LoadConfig(ctx context.Context, b *Boundary, dir string, opt Options) (*Root, error) {
	return nil, errors.New("not yet")
}

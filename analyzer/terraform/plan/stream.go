package plan

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// A stream walks through the structure of a document once. Each of its methods reads
// one value to its end, whatever is wrong with it, unless the text is broken.
type stream struct {
	dec *jsontext.Decoder
	doc *document
	// broken is why the text cannot be read any further. All that is read behind it
	// returns it.
	broken error
	once   map[string]string // texts that come often, each once
}

// Of two members of one name the last counts, and of a broken text in a string what is
// left of it, as encoding/json has it.
func newStream(in io.Reader, doc *document) *stream {
	return &stream{dec: jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)), doc: doc, once: map[string]string{}}
}

func (s *stream) check(err error) error {
	if err != nil && s.broken == nil {
		s.broken = err
	}
	return s.broken
}

func (s *stream) skip() error { return s.check(s.dec.SkipValue()) }

// value is the text of the next value, until something else is read, and where it stands.
func (s *stream) value() (jsonText, text, error) {
	v, err := s.dec.ReadValue()
	return jsonText(v), text{s.dec.InputOffset() - int64(len(v)), len(v)}, s.check(err)
}

// decode reads the next value.
func (s *stream) decode(into any) error {
	v, _, err := s.value()
	if err != nil {
		return err
	}
	return v.decode(into)
}

// open reads the bracket that a value begins with. null has nothing in it; of anything
// else the error is otherwise.
func (s *stream) open(bracket jsontext.Kind, otherwise error) (opened bool, err error) {
	switch s.dec.PeekKind() {
	case bracket:
		_, err := s.dec.ReadToken()
		return true, s.check(err)
	case jsontext.Null.Kind():
		otherwise = nil
	}
	return false, firstOf(s.skip(), otherwise)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// members calls f for every member of an object, in their order. It may leave the value.
// Its first error ends the calls.
func (s *stream) members(f func(name string) error) error {
	opened, wrong := s.open('{', errNoObject)
	if !opened {
		return wrong
	}
	for s.broken == nil && s.dec.PeekKind() != '}' {
		token, err := s.dec.ReadToken()
		if s.check(err) != nil {
			break
		}
		name, at := token.String(), s.dec.InputOffset()
		if wrong == nil {
			wrong = f(name)
		}
		if s.broken == nil && s.dec.InputOffset() == at {
			s.skip()
		}
	}
	return s.closed(wrong)
}

// elements calls f for every element of an array but null; see members.
func (s *stream) elements(f func() error) error {
	opened, wrong := s.open('[', errNoArray)
	if !opened {
		return wrong
	}
	for s.broken == nil && s.dec.PeekKind() != ']' {
		if wrong != nil || s.dec.PeekKind() == jsontext.Null.Kind() {
			s.skip()
			continue
		}
		at := s.dec.InputOffset()
		wrong = f()
		if s.broken == nil && s.dec.InputOffset() == at {
			s.skip()
		}
	}
	return s.closed(wrong)
}

func (s *stream) closed(wrong error) error {
	if s.broken == nil {
		_, err := s.dec.ReadToken()
		s.check(err)
	}
	return firstOf(s.broken, wrong)
}

// member calls f for the member of that name, which need not be there.
func (s *stream) member(name string, f func() error) error {
	return s.members(func(n string) error {
		if n != name {
			return nil
		}
		return f()
	})
}

// end says that nothing is behind the value.
func (s *stream) end() error {
	if s.broken == nil {
		switch _, err := s.dec.ReadToken(); {
		case err == nil:
			s.check(errMore)
		case !errors.Is(err, io.EOF):
			s.check(err)
		}
	}
	return s.broken
}

var errMore = errors.New("another value begins behind the first")

// name is a text of which there are many that are equal.
func (s *stream) name(text string) string {
	have, ok := s.once[text]
	if !ok {
		s.once[text], have = text, text
	}
	return have
}

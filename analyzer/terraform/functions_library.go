package terraform

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"time"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
)

// stringFunc is a function of strings that are known. null and unknown never
// reach f: cty answers for them.
func stringFunc(params int, f func(args []string) (string, error)) function.Function {
	spec := &function.Spec{Type: function.StaticReturnType(cty.String)}
	for i := range params {
		spec.Params = append(spec.Params, function.Parameter{Name: fmt.Sprintf("arg%d", i+1), Type: cty.String})
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		strs := make([]string, len(args))
		for i, a := range args {
			strs[i] = a.AsString()
		}
		s, err := f(strs)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(s), nil
	}
	return function.New(spec)
}

// Slashes on every system: path, and not path/filepath.
var basenameFunc = stringFunc(1, func(a []string) (string, error) { return path.Base(a[0]), nil })

var dirnameFunc = stringFunc(1, func(a []string) (string, error) { return path.Dir(a[0]), nil })

// base64DecodeFunc is not go-cty-funcs's, which logs what it cannot decode.
var base64DecodeFunc = stringFunc(1, func(a []string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(a[0])
	if err != nil {
		return "", errors.New("the text is not valid base64")
	}
	if !utf8.Valid(b) {
		return "", errors.New("what the text encodes is not valid UTF-8")
	}
	return string(b), nil
})

// base64GzipFunc has the bytes that Terraform makes: both compress by Go's
// package.
var base64GzipFunc = stringFunc(1, func(a []string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(a[0])); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil { // as Terraform does: it shows in the result
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
})

// base64GunzipFunc is OpenTofu's. A little of it can stand for a lot of text.
var base64GunzipFunc = stringFunc(1, func(a []string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(a[0])
	if err != nil {
		return "", errors.New("the text is not valid base64")
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return "", errors.New("what the text encodes is not compressed by gzip")
	}
	// One byte more than allowed tells that there is more.
	b, err = io.ReadAll(io.LimitReader(r, maxText+1))
	switch {
	case err != nil:
		return "", errors.New("what the text encodes is not compressed by gzip")
	case len(b) > maxText:
		return "", errTooLong
	}
	return string(b), nil
})

// urlDecodeFunc is OpenTofu's.
var urlDecodeFunc = stringFunc(1, func(a []string) (string, error) {
	s, err := url.QueryUnescape(a[0])
	if err != nil {
		return "", errors.New("the text is not URL-encoded")
	}
	return s, nil
})

var textEncodeBase64Func = stringFunc(2, func(a []string) (string, error) {
	e, err := charset(a[1])
	if err != nil {
		return "", err
	}
	b, err := e.NewEncoder().Bytes([]byte(a[0]))
	if err != nil {
		return "", fmt.Errorf("the text has characters that %s lacks", a[1])
	}
	return base64.StdEncoding.EncodeToString(b), nil
})

var textDecodeBase64Func = stringFunc(2, func(a []string) (string, error) {
	e, err := charset(a[1])
	if err != nil {
		return "", err
	}
	b, err := base64.StdEncoding.DecodeString(a[0])
	if err != nil {
		return "", errors.New("the text is not valid base64")
	}
	// Decoders replace what is not valid, and do not refuse it.
	if b, err = e.NewDecoder().Bytes(b); err != nil || bytes.ContainsRune(b, utf8.RuneError) {
		return "", fmt.Errorf("the text is not valid %s", a[1])
	}
	return string(b), nil
})

// charset is an encoding by the name that IANA gives it:
// https://developer.hashicorp.com/terraform/language/functions/textencodebase64
func charset(name string) (encoding.Encoding, error) {
	e, err := ianaindex.IANA.Encoding(name)
	if err != nil || e == nil {
		return nil, fmt.Errorf("no encoding is called %q", name)
	}
	return e, nil
}

// timeCmpFunc compares instants: the same one in two zones is equal.
// https://developer.hashicorp.com/terraform/language/functions/timecmp
var timeCmpFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "a", Type: cty.String}, {Name: "b", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		a, err := time.Parse(time.RFC3339, args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "%q is not a timestamp of RFC 3339", args[0].AsString())
		}
		b, err := time.Parse(time.RFC3339, args[1].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(1, "%q is not a timestamp of RFC 3339", args[1].AsString())
		}
		return cty.NumberIntVal(int64(a.Compare(b))), nil
	},
})

// sumFunc takes what converts to numbers. An empty list has no sum in Terraform,
// though 0 would be one.
var sumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() || args[0].Type().IsMapType() || args[0].Type().IsObjectType() {
			return cty.NilVal, errors.New("a list, tuple or set of numbers is required")
		}
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.Number), nil
		}
		sum, n := cty.NumberIntVal(0), 0
		for it := args[0].ElementIterator(); it.Next(); n++ {
			_, e := it.Element()
			e, err := convert.Convert(e, cty.Number)
			if err != nil || e.IsNull() {
				return cty.NilVal, errors.New("the elements must be numbers")
			}
			sum = sum.Add(e)
		}
		if n == 0 {
			return cty.NilVal, errors.New("an empty list has no sum")
		}
		return sum, nil
	},
})

var sha256Base64Func = stringFunc(1, func(a []string) (string, error) {
	s := sha256.Sum256([]byte(a[0]))
	return base64.StdEncoding.EncodeToString(s[:]), nil
})

var sha512Base64Func = stringFunc(1, func(a []string) (string, error) {
	s := sha512.Sum512([]byte(a[0]))
	return base64.StdEncoding.EncodeToString(s[:]), nil
})

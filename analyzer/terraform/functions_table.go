package terraform

import (
	"github.com/hashicorp/go-cty-funcs/crypto"
	"github.com/hashicorp/go-cty-funcs/encoding"
	"github.com/hashicorp/go-cty-funcs/uuid"
	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// builtins are the functions written here: those that take values apart and
// put them together, and those that no library has or has safely.
var builtins = map[string]builtin{
	// Collections.
	"alltrue":         {1, 1, false, allTrue},
	"anytrue":         {1, 1, false, anyTrue},
	"chunklist":       {2, 2, false, chunkList},
	"coalesce":        {1, -1, true, coalesce},
	"coalescelist":    {1, -1, false, coalesceList},
	"compact":         {1, 1, false, compact},
	"concat":          {1, -1, false, concat},
	"contains":        {2, 2, false, contains},
	"distinct":        {1, 1, false, distinct},
	"element":         {2, 2, false, element},
	"flatten":         {1, 1, false, flatten},
	"index":           {2, 2, true, indexOf},
	"keys":            {1, 1, false, keys},
	"length":          {1, 1, false, length},
	"lookup":          {2, 3, true, lookup},
	"matchkeys":       {3, 3, false, matchKeys},
	"merge":           {0, -1, true, merge},
	"one":             {1, 1, false, one},
	"reverse":         {1, 1, false, reverse},
	"setintersection": {1, -1, false, setIntersection},
	"setproduct":      {0, -1, false, setProduct},
	"setsubtract":     {2, 2, false, setSubtract},
	"setunion":        {1, -1, false, setUnion},
	"slice":           {3, 3, false, slice},
	"sort":            {1, 1, false, sortList},
	"transpose":       {1, 1, false, transpose},
	"values":          {1, 1, false, values},
	"zipmap":          {2, 2, false, zipmap},

	// Types and marks.
	"ephemeralasnull": {1, 1, true, pass},
	"issensitive":     {1, 1, true, isSensitive},
	"nonsensitive":    {1, 1, true, nonsensitive},
	"sensitive":       {1, 1, true, sensitive},
	"tobool":          {1, 1, true, toBool},
	"tolist":          {1, 1, true, toList},
	"tomap":           {1, 1, true, toMap},
	"tonumber":        {1, 1, true, toNumber},
	"toset":           {1, 1, true, toSet},
	"tostring":        {1, 1, true, toString},

	// Strings.
	"chomp":       {1, 1, false, chomp},
	"endswith":    {2, 2, false, endsWith},
	"format":      {1, -1, true, format},
	"formatlist":  {1, -1, true, formatList},
	"indent":      {2, 2, false, indent},
	"join":        {2, -1, false, join},
	"lower":       {1, 1, false, lower},
	"replace":     {3, 3, false, replace},
	"split":       {2, 2, false, split},
	"startswith":  {2, 2, false, startsWith},
	"strcontains": {2, 2, false, strContains},
	"substr":      {3, 3, false, substr},
	"trim":        {2, 2, false, trim},
	"trimprefix":  {2, 2, false, trimPrefix},
	"trimspace":   {1, 1, false, trimSpace},
	"trimsuffix":  {2, 2, false, trimSuffix},
	"upper":       {1, 1, false, upper},

	// Encodings.
	"jsondecode": {1, 1, false, jsonDecode},
	"jsonencode": {1, 1, true, jsonEncode},
	"yamldecode": {1, 1, false, yamlDecode},

	// Files.
	"file":             {1, 1, false, fileText},
	"filebase64":       {1, 1, false, fileDigest},
	"filebase64sha256": {1, 1, false, fileDigest},
	"filebase64sha512": {1, 1, false, fileDigest},
	"fileexists":       {1, 1, false, fileExists},
	"filemd5":          {1, 1, false, fileDigest},
	"fileset":          {2, 2, false, fileSet},
	"filesha1":         {1, 1, false, fileDigest},
	"filesha256":       {1, 1, false, fileDigest},
	"filesha512":       {1, 1, false, fileDigest},
	"templatefile":     {2, 2, false, templateFile},
	"templatestring":   {2, 2, false, templateString},

	// Of the AWS provider.
	"provider::aws::arn_build":          {5, 5, false, arnBuild},
	"provider::aws::arn_parse":          {1, 1, false, arnParse},
	"provider::aws::trim_iam_role_path": {1, 1, false, trimIAMRolePath},
}

// libraryFunctions need all of their arguments known.
var libraryFunctions = map[string]function.Function{
	"abs":              stdlib.AbsoluteFunc,
	"base64decode":     encoding.Base64DecodeFunc,
	"base64encode":     encoding.Base64EncodeFunc,
	"base64gzip":       base64GzipFunc,
	"base64sha256":     sha256Base64Func,
	"base64sha512":     sha512Base64Func,
	"basename":         basenameFunc,
	"ceil":             stdlib.CeilFunc,
	"cidrhost":         cidrHostFunc,
	"cidrnetmask":      cidrNetmaskFunc,
	"cidrsubnet":       cidrSubnetFunc,
	"cidrsubnets":      cidrSubnetsFunc,
	"csvdecode":        stdlib.CSVDecodeFunc,
	"dirname":          dirnameFunc,
	"floor":            stdlib.FloorFunc,
	"formatdate":       stdlib.FormatDateFunc,
	"log":              stdlib.LogFunc,
	"max":              stdlib.MaxFunc,
	"md5":              crypto.Md5Func,
	"min":              stdlib.MinFunc,
	"parseint":         stdlib.ParseIntFunc,
	"pow":              stdlib.PowFunc,
	"range":            stdlib.RangeFunc,
	"regex":            stdlib.RegexFunc,
	"regexall":         stdlib.RegexAllFunc,
	"rsadecrypt":       crypto.RsaDecryptFunc,
	"sha1":             crypto.Sha1Func,
	"sha256":           crypto.Sha256Func,
	"sha512":           crypto.Sha512Func,
	"signum":           stdlib.SignumFunc,
	"strrev":           stdlib.ReverseFunc,
	"sum":              sumFunc,
	"textdecodebase64": textDecodeBase64Func,
	"textencodebase64": textEncodeBase64Func,
	"timeadd":          stdlib.TimeAddFunc,
	"timecmp":          timeCmpFunc,
	"title":            stdlib.TitleFunc,
	"urlencode":        encoding.URLEncodeFunc,
	"uuidv5":           uuid.V5Func,
	"yamlencode":       yaml.YAMLEncodeFunc,
}

// unpredictable functions answer differently each time or on each machine.
var unpredictable = map[string]string{
	"abspath":       "abspath depends on the machine",
	"bcrypt":        "bcrypt is salted at random",
	"pathexpand":    "pathexpand depends on the machine",
	"plantimestamp": "plantimestamp is the time of the plan",
	"timestamp":     "timestamp is the time of the apply",
	"uuid":          "uuid is random",
}

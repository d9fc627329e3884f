package terraform

import (
	"github.com/hashicorp/go-cty-funcs/crypto"
	"github.com/hashicorp/go-cty-funcs/encoding"
	"github.com/hashicorp/go-cty-funcs/uuid"
	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// builtins are the functions written here: those that take values apart and put
// them together, and those that no library has or has safely. The columns: fewest
// and most arguments (-1: any number), whether null is one that it takes, and the
// function.
var builtins = map[string]builtin{
	// Collections.
	"alltrue":         {1, 1, false, (*call).allTrue},
	"anytrue":         {1, 1, false, (*call).anyTrue},
	"chunklist":       {2, 2, false, (*call).chunkList},
	"coalesce":        {1, -1, true, (*call).coalesce},
	"coalescelist":    {1, -1, false, (*call).coalesceList},
	"compact":         {1, 1, false, (*call).compact},
	"concat":          {1, -1, false, (*call).concat},
	"contains":        {2, 2, false, (*call).contains},
	"distinct":        {1, 1, false, (*call).distinct},
	"element":         {2, 2, false, (*call).element},
	"flatten":         {1, 1, false, (*call).flatten},
	"index":           {2, 2, true, (*call).indexOf},
	"keys":            {1, 1, false, (*call).keys},
	"length":          {1, 1, false, (*call).length},
	"lookup":          {2, 3, true, (*call).lookup},
	"matchkeys":       {3, 3, false, (*call).matchKeys},
	"merge":           {0, -1, true, (*call).merge},
	"one":             {1, 1, false, (*call).one},
	"reverse":         {1, 1, false, (*call).reverse},
	"setintersection": {1, -1, false, (*call).setIntersection},
	"setproduct":      {0, -1, false, (*call).setProduct},
	"setsubtract":     {2, 2, false, (*call).setSubtract},
	"setunion":        {1, -1, false, (*call).setUnion},
	"slice":           {3, 3, false, (*call).slice},
	"sort":            {1, 1, false, (*call).sortList},
	"transpose":       {1, 1, false, (*call).transpose},
	"values":          {1, 1, false, (*call).values},
	"zipmap":          {2, 2, false, (*call).zipmap},

	// Types and marks.
	"ephemeralasnull": {1, 1, true, (*call).ephemeralAsNull},
	"issensitive":     {1, 1, true, (*call).isSensitive},
	"nonsensitive":    {1, 1, true, (*call).nonsensitive},
	"sensitive":       {1, 1, true, (*call).sensitive},
	"tobool":          {1, 1, true, (*call).toBool},
	"tolist":          {1, 1, true, (*call).toList},
	"tomap":           {1, 1, true, (*call).toMap},
	"tonumber":        {1, 1, true, (*call).toNumber},
	"toset":           {1, 1, true, (*call).toSet},
	"tostring":        {1, 1, true, (*call).toString},

	// Strings.
	"chomp":       {1, 1, false, (*call).chomp},
	"endswith":    {2, 2, false, (*call).endsWith},
	"format":      {1, -1, true, (*call).format},
	"formatlist":  {1, -1, true, (*call).formatList},
	"indent":      {2, 2, false, (*call).indent},
	"join":        {2, -1, false, (*call).join},
	"lower":       {1, 1, false, (*call).lower},
	"replace":     {3, 3, false, (*call).replace},
	"split":       {2, 2, false, (*call).split},
	"startswith":  {2, 2, false, (*call).startsWith},
	"strcontains": {2, 2, false, (*call).strContains},
	"substr":      {3, 3, false, (*call).substr},
	"trim":        {2, 2, false, (*call).trim},
	"trimprefix":  {2, 2, false, (*call).trimPrefix},
	"trimspace":   {1, 1, false, (*call).trimSpace},
	"trimsuffix":  {2, 2, false, (*call).trimSuffix},
	"upper":       {1, 1, false, (*call).upper},

	// Encodings.
	"jsondecode": {1, 1, false, (*call).jsonDecode},
	"jsonencode": {1, 1, true, (*call).jsonEncode},
	"yamldecode": {1, 1, false, (*call).yamlDecode},

	// Files.
	"file":             {1, 1, false, (*call).fileText},
	"filebase64":       {1, 1, false, (*call).fileDigest},
	"filebase64sha256": {1, 1, false, (*call).fileDigest},
	"filebase64sha512": {1, 1, false, (*call).fileDigest},
	"fileexists":       {1, 1, false, (*call).fileExists},
	"filemd5":          {1, 1, false, (*call).fileDigest},
	"fileset":          {2, 2, false, (*call).fileSet},
	"filesha1":         {1, 1, false, (*call).fileDigest},
	"filesha256":       {1, 1, false, (*call).fileDigest},
	"filesha512":       {1, 1, false, (*call).fileDigest},
	"templatefile":     {2, 2, false, (*call).templateFile},
	"templatestring":   {2, 2, false, (*call).templateString},

	// Of the provider terraform.io/builtin/terraform, with libraryFunctions.
	"provider::terraform::encode_tfvars": {1, 1, false, (*call).encodeTfvars},

	// Of the AWS provider.
	"provider::aws::arn_build":          {5, 5, false, (*call).arnBuild},
	"provider::aws::arn_parse":          {1, 1, false, (*call).arnParse},
	"provider::aws::trim_iam_role_path": {1, 1, false, (*call).trimIAMRolePath},
}

// ofOneTool are the functions that not each tool has: the versions that they came
// with, "" for never. Which version is in question a plan tells, or nobody: see
// lang.Dialect.
var ofOneTool = map[string]struct{ terraform, opentofu string }{
	"base64gunzip": {"", "1.8.0"},
	"cidrcontains": {"", "1.7.0"},
	"urldecode":    {"", "1.7.0"},

	"provider::terraform::decode_tfvars": {"1.8.0", "1.10.0"},
	"provider::terraform::encode_expr":   {"1.8.0", "1.10.0"},
	"provider::terraform::encode_tfvars": {"1.8.0", "1.10.0"},
}

// libraryFunctions need all of their arguments known. With one that is not, the
// result is unknown as a whole.
var libraryFunctions = map[string]function.Function{
	"abs":              stdlib.AbsoluteFunc,
	"base64decode":     base64DecodeFunc,
	"base64encode":     encoding.Base64EncodeFunc,
	"base64gunzip":     base64GunzipFunc,
	"base64gzip":       base64GzipFunc,
	"base64sha256":     sha256Base64Func,
	"base64sha512":     sha512Base64Func,
	"basename":         basenameFunc,
	"ceil":             stdlib.CeilFunc,
	"cidrcontains":     cidrContainsFunc,
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
	"urldecode":        urlDecodeFunc,
	"urlencode":        encoding.URLEncodeFunc,
	"uuidv5":           uuid.V5Func,
	"yamlencode":       yaml.YAMLEncodeFunc,

	// Of the provider terraform.io/builtin/terraform.
	"provider::terraform::decode_tfvars": decodeTfvarsFunc,
	"provider::terraform::encode_expr":   encodeExprFunc,
}

// unpredictable functions answer differently each time or on each machine. They
// exist, so that they are unknown, and not refused.
var unpredictable = map[string]string{
	"abspath":       "abspath depends on the machine",
	"bcrypt":        "bcrypt is salted at random",
	"pathexpand":    "pathexpand depends on the machine",
	"plantimestamp": "plantimestamp is the time of the plan",
	"timestamp":     "timestamp is the time of the apply",
	"uuid":          "uuid is random",
}

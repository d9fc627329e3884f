terraform {
  required_version = ">= 1.5"
}
variable "obj" {
  type = list(object({
    name  = string
    tags  = optional(map(string), { d = "x" })
    n     = optional(number)
    inner = optional(object({ a = optional(string, "A"), b = optional(bool) }), {})
  }))
  default = [{ name = "one" }, { name = "two", tags = null, n = "5", inner = { b = "true" } }]
  validation {
    condition     = length(var.obj) > 0
    error_message = "x"
  }
}
variable "nn" {
  type     = string
  nullable = false
  default  = "dflt"
}
variable "tup" {
  type    = tuple([string, number, bool])
  default = [1, "2", "true"]
}
variable "s" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "any" {
  type    = map(any)
  default = { a = 1, b = "x" }
}
variable "sens" {
  default   = "secret"
  sensitive = true
}
locals {
  fl   = flatten([for k, v in { a = ["x", "y"], b = [] , c = ["z"]} : [for i in v : { k = k, i = i }]])
  grp  = { for r in local.fl : r.k => r.i... }
  filt = [for i, v in ["a", "b", "c"] : "${i}${v}" if v != "b"]
  dflt = try(local.fl[10].k, null, "none")
  hd   = <<-EOT
    line1
      indented ${upper("x")}
    %{for x in ["p", "q"]~}
    - ${x}
    %{endfor~}
    %{if length(local.fl) > 1}many%{else}one%{endif}
    end
  EOT
  hd2  = <<EOT
%{~ for k, v in {a=1,b=2} ~}
${k}=${v};
%{~ endfor ~}
tail
EOT
  esc  = "$${x} %%{y} \u00e9 \" \\ \t"
  cnd  = true ? { a = 1 } : { a = 2 }
  cnd2 = false ? [] : ["x", 1]
  ops  = [1 + 2 * 3 % 2, -(-3), !true, 5 / 2, 7 % -3, 1 == 1.0, "1" == 1, null == null, [1] == [1], "a" != "b" && (1 <= 2 || false)]
  one_ = one([for x in ["only"] : x])
  spl  = [{ a = [{ b = 1 }, { b = 2 }] }, { a = [{ b = 3 }] }]
  nullsplat = null[*]
  objk = { (local.filt[0]) = 1, "k-${1 + 1}" : 2, plain = 3 }
  idx  = { "a b" = { c = [10, 20] } }
  tf   = templatefile("${path.module}/t.tftpl", { who = "w", list = ["1", "2"], m = { a = 1 } })
  ts   = "a ${1} b"
  big  = 12345678901234567890
  flt  = 0.1 + 0.2
  cv   = [tostring(1.0), tonumber("0x1F" == "" ? "1" : "3.50"), tobool("true"), tolist(["a", 1]), toset(["b", "a"]), tomap({ a = 1, b = "2" })]
  mrg  = merge({ a = 1 }, null, { b = [1, { c = 2 }] }, { a = "over" })
  jd   = jsondecode("{\"a\":[1,2.5,null,true,\"x\"],\"b\":{}}")
  je   = jsonencode({ b = 1, a = ["<>&", null, 1.50, "é\u2028"], c = { z = toset(["q"]), y = 1e10 } })
  ye   = yamlencode({ a = [1, "x", null], b = { c = "multi\nline" } })
  yd   = yamldecode("a: 1\nb: [x, 'y']\nc:\n  - d: true\n")
  csv  = csvdecode("a,b\n1,2\n3,4\n")
  deep = lookup({ a = { b = 1 } }, "a", {}).b
  els  = element(["a", "b", "c"], 4)
  rng  = range(1, 10, 4)
  keyz = [for k, v in { b = 1, a = 2, "10" = 3, "9" = 4 } : k]
  legacy = "${var.tup.0} ${var.obj.*.name[1]} ${var.obj.*.n[1]}"
}
resource "terraform_data" "l" {
  for_each = { for k, v in {
    obj = var.obj, nn = var.nn, tup = var.tup, s = var.s, any = var.any, fl = local.fl, grp = local.grp, filt = local.filt, dflt = local.dflt, hd = local.hd,
    hd2 = local.hd2, esc = local.esc, cnd = local.cnd, cnd2 = local.cnd2, ops = local.ops, one_ = local.one_, spl = local.spl[*].a[*].b, spl2 = local.spl.*.a, nsp = local.nullsplat,
    objk = local.objk, idx = local.idx["a b"].c[1], tf = local.tf, ts = local.ts, big = local.big, flt = local.flt, cv = local.cv, mrg = local.mrg, jd = local.jd, je = local.je,
    ye = local.ye, yd = local.yd, csv = local.csv, deep = local.deep, els = local.els, rng = local.rng, keyz = local.keyz, legacy = local.legacy,
    pm = path.module, pr = path.root, ws = terraform.workspace,
    mods = [for k, m in module.m : "${k}:${m.out}:${m.each[0]}"], mod1 = module.m["a"].deep.x, modall = values(module.m)[*].out, sl = module.c[*].out,
    tsm = templatestring(local.ts, {}),
  } : k => jsonencode(v) }
  input = each.value
}
module "m" {
  source   = "./mod"
  for_each = toset(["a", "b"])
  x        = each.key
  y        = null
}
module "c" {
  source = "./mod"
  count  = 2
  x      = count.index
}
resource "terraform_data" "dep" {
  input      = terraform_data.l["nn"].input
  depends_on = [module.m]
  lifecycle {
    replace_triggered_by = [terraform_data.l["nn"]]
    precondition {
      condition     = var.nn != ""
      error_message = "x"
    }
  }
  provisioner "local-exec" {
    command = "echo ${self.id}"
  }
  connection {
    host = self.id
  }
}
resource "terraform_data" "marks" {
  input = [nonsensitive(var.sens), issensitive(var.sens)]
}
moved {
  from = terraform_data.old
  to   = terraform_data.dep
}
removed {
  from = terraform_data.gone
  lifecycle {
    destroy = false
  }
}
check "c" {
  assert {
    condition     = var.nn != ""
    error_message = "x"
  }
}
output "x" {
  value = "y"
  precondition {
    condition     = var.nn != ""
    error_message = "z"
  }
}
resource "terraform_data" "cond" {
  for_each = { for k, v in {
    a = true ? { a = 1 } : { a = "x" }
    b = true ? { a = 1 } : { b = "x" }
    c = true ? [1, "a"] : []
    d = true ? [1, true] : [2, "x"]
    e = true ? [{ a = 1 }] : [{ a = "z" }]
    f = true ? { a = 1 } : { a = null }
    g = true ? [] : [1]
    h = true ? { a = { b = 1 } } : { a = { b = "x" } }
    i = true ? [1] : tolist(["x"])
    j = true ? toset([1]) : toset(["a"])
    k = true ? {} : { a = 1 }
    l = true ? null : { a = 1 }
    m = true ? 1 : "x"
    n = true ? true : "x"
    o = true ? { a = 1, b = "x" } : {}
  } : k => jsonencode(v) }
  input = each.value
}

output "arith" { value = [1 + 2 * 3, 7 / 2, 7 % 3, -7 % 3, -local.num, (1 + 2) * 3, 1e3, 0.1 + 0.2, 10 / 4] }
output "compare" { value = [1 < 2, 2 <= 2, 3 > 4, "a" == "a", "a" != "b", 1 == "1", [1] == [1], null == null, "x" == null, local.m == { x = 1, y = 2 }, true && false, true || false, !true] }
output "strings" { value = ["a${1}b", "${local.num}", "${local.yes}", "x${1.5}y", "$${lit}", "%%{lit}", "tab\tq\"b\\n\n", "\u00e9\U0001F600", "$", "$$", "a$b", "%", "${"nested ${"deep"}"}"] }
output "cond" { value = [local.yes ? "a" : "b", local.num > 5 ? 1 : 2, local.yes ? 1 : "x", false ? [] : ["q"]] }
output "for_list" { value = [for i, v in local.l : "${i}-${v}" if v != "b"] }
output "for_map" { value = { for k, v in local.m : upper(k) => v * 2 } }
output "for_group" { value = { for w in ["apple", "avocado", "bean"] : substr(w, 0, 1) => w... } }
output "for_set" { value = [for v in local.s : v] }
output "for_nested" { value = flatten([for o in local.nested : [for n in o.a : n + 1]]) }
output "for_obj_list" { value = { for i, v in local.l : i => v } }
output "splat" { value = [local.nested[*].a, local.nested.*.a, local.nested[*].a[0], local.num[*], local.nul[*], local.nested[*]["a"]] }
output "index" { value = [local.l[0], local.m["x"], local.m.y, local.l[length(local.l) - 1], local.nested[0].a[1], local.nested.0.a.0] }
output "objects" { value = { "quoted key" = 1, (local.l[0]) = 2, bare = 3, "${local.l[1]}x" = 4, 5 = "num" } }
output "try" { value = [try(local.m.zzz, "fallback"), try(local.l[9], "none"), can(local.m.zzz), can(local.m.x), try(jsondecode("{"), "bad"), can(regex("^a+$", "aaa")), try(tonumber("x"), -1)] }
output "expand" { value = [max([1, 5, 3]...), concat([[1], [2]]...), merge([{ a = 1 }, { b = 2 }]...)] }
output "heredoc" {
  value = <<EOT
line one
  indented ${local.num}
$${escaped} "quotes" \n stay
EOT
}
output "heredoc_flush" {
  value = <<-EOT
    top
      deeper ${local.num}

    %{~ for v in local.l ~}
    - ${v}
    %{ endfor ~}
    end
  EOT
}
output "heredoc_tabs" {
  value = <<-EOT
	one
		two
	  ${"three"}
	EOT
}
output "directive_if" { value = "%{if local.yes}yes%{else}no%{endif} %{if !local.yes}a%{endif}|" }
output "directive_for" { value = "%{for i, v in local.l}${i}=${v};%{endfor}" }
output "strip" { value = "a   ${~ "b" ~}   c" }
output "strip_heredoc" {
  value = <<EOT
[
%{ for i, v in local.l ~}
  "${v}"%{ if i < 2 },%{ endif }
%{ endfor ~}
]
EOT
}
output "json" { value = jsonencode({ b = [1, true, null], a = "<&>", c = { d = local.l } }) }
output "vars" { value = [var.plain, var.from_file, var.auto, var.shape, var.not_null, var.null_ok, var.legacy, var.tupled] }
output "secret_len" { value = nonsensitive(length(var.secret)) }
output "paths" { value = [path.module, path.root] }
output "legacy_interp" { value = ["${var.plain}", "${local.l}", "${local.m["x"]}"] }
output "parens" {
  value = (
    local.yes
    ? "multi"
    : "line"
  )
}
output "numbers" { value = [100000000000000000000, 1.0, 0.5, 1e-3, 12345678.9] }
output "equal_types" { value = [tolist([]) == [], toset(["a"]) == toset(["a"]), tomap({ a = 1 }) == { a = 1 }] }
output "null_attr" { value = { a = null, b = [null] } }
output "mixed_cond" { value = [true ? { a = 1 } : { a = 2 }, true ? tolist(["a"]) : []] }
output "cond_types" {
  value = [
    [for v in true ? [] : toset(["a"]) : v],
    false ? toset(["b"]) : ["z", "a", "a"],
    true ? {} : tomap({ a = 1 }),
    true ? { a = 1 } : tomap({ a = "x" }),
    false ? ["a"] : [],
  ]
}

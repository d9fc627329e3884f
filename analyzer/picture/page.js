"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";
// What a browser would obey rather than show is shown.
const plain = s => String(s).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, c => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const fill = (e, attrs, children) => {
  for (const [k, v] of Object.entries(attrs || {})) {
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (v === true) e.setAttribute(k, "");
    else if (v !== false && v !== undefined && v !== null) e.setAttribute(k, plain(v));
  }
  for (const c of children.flat(Infinity)) if (c !== null && c !== undefined && c !== "") e.append(c.nodeType ? c : plain(c));
  return e;
};
const h = (tag, attrs, ...children) => fill(document.createElement(tag), attrs, children);
const s = (tag, attrs, ...children) => fill(document.createElementNS(SVG, tag), attrs, children);
const press = act => ({ tabindex: "0", role: "button", onclick: act, onkeydown: e => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); act(e); } } });
const at = l => l ? `${l.file}:${l.line}` : "";
const count = (n, one, more) => `${n.toLocaleString("en")} ${n === 1 ? one : more}`;
const short = (text, n) => text.length > n ? text.slice(0, n / 2) + "…" + text.slice(1 - n / 2) : text;
const status = h("p", { class: "hidden", role: "status" });
document.body.append(status);
// Copying works without any permission, and in a file that is opened from the disk.
const copy = (text, what) => h("button", { type: "button", onclick: async e => {
  const done = () => { status.textContent = what + " copied"; e.target.textContent = "Copied"; };
  try { await navigator.clipboard.writeText(text); done(); } catch {
    const area = h("textarea", { class: "hidden", "aria-label": what });
    area.value = text; document.body.append(area); area.select(); document.execCommand("copy"); area.remove(); done();
  }
} }, "Copy " + what);
// A list of which a part is made at a time.
const some = (list, n, make, into, noun) => {
  let shown = 0;
  const button = h("button", { type: "button", class: "more", onclick: () => more() });
  const more = () => {
    const first = shown;
    for (const x of list.slice(shown, shown + n)) into.append(make(x));
    shown = Math.min(list.length, shown + n);
    button.textContent = `Show ${count(Math.min(n, list.length - shown), "more", "more")} of ${count(list.length - shown, noun, noun + "s")}`;
    button.hidden = shown === list.length;
    if (first) into.children[first].querySelector("summary, button, a, td")?.focus();
  };
  more();
  return button;
};
const lazily = (title, make) => {
  const d = h("details", {}, h("summary", {}, title));
  d.addEventListener("toggle", () => { if (d.open && d.children.length === 1) d.append(make()); });
  return d;
};
const table = (caption, head, rows) => {
  const body = h("tbody", {});
  const more = some(rows, 300, cells => h("tr", {}, cells.map((c, i) => i ? h("td", {}, c) : h("th", { scope: "row" }, c))), body, "row");
  return h("div", {}, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, head.map(t => h("th", { scope: "col" }, t)))), body)), more);
};
const definitions = rows => h("dl", {}, rows.filter(r => r[1] && r[1].length !== 0).map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)]));
const lines = list => list.map((t, i) => [i ? h("br") : "", t]).flat();
const sevClass = { critical: "free", high: "free", medium: "part", low: "part", note: "none", undetermined: "none" };
const sevSign = { critical: "✕✕", high: "✕", medium: "◐", low: "○", note: "i", undetermined: "?" };

// Findings.
const all = data.report ? [...data.report.findings, ...data.report.undetermined].map((f, i) => ({ ...f, index: i, account: data.accounts[i] || "", shown: f.verdict === "undetermined" ? "undetermined" : f.severity })) : [];
const requestWords = w => [h("code", {}, w.action), " by ", h("code", {}, w.principal || "anybody"), w.resource ? [" on ", h("code", {}, w.resource)] : "",
  Object.keys(w.context).sort().map(k => [h("br"), "with ", h("code", {}, `${k} = ${w.context[k]}`)]), w.absent.length ? [h("br"), "without ", h("code", {}, w.absent.join(", "))] : ""].flat(3);
const evalLine = w => JSON.stringify({ principal: w.principal, action: w.action, resource: w.resource || "*", context: w.context });
const diffOf = text => h("pre", {}, text.split("\n").map(l => [/^\+(?!\+\+)/.test(l) ? h("span", { class: "ins" }, l) : /^-(?!--)/.test(l) ? h("span", { class: "del" }, l) : l, "\n"]));
const place = f => f.location ? at({ file: f.location.file, line: f.location.line }) : f.resource && f.resource.file ? at(f.resource) : "";
const body = f => h("div", {},
  definitions([
    ["rule", `${f.id} ${f.rule}`], ["resource", f.resource ? f.resource.address : ""], ["account", f.account], ["place", place(f)],
    ["gets through", f.witness ? requestWords(f.witness) : ""], ["depends on", f.needs ? lines(f.needs) : ""], ["assumes", lines(f.assumptions)],
    ["see", f.related.map((r, i) => [i ? h("br") : "", r.message + (r.location ? ` (${at(r.location)})` : "")]).flat()],
    ["also", f.resource && f.resource.instances.length > 1 ? lines(f.resource.instances.slice(1, 30).map(i => i.address)) : ""],
    ["implies", f.includes ? lines(f.includes.map(i => `${i.id}: ${i.message}`)) : ""],
  ]),
  f.witness ? copy(evalLine(f.witness), "request") : "",
  f.fixes.map(x => [h("h3", {}, `${x.grade === "draft" ? "Draft" : "Fix"}: ${x.message}`), x.grade === "draft" ? "" : h("p", { class: "faint" }, `${x.grade}: verified`), diffOf(x.diff), copy(x.diff, "diff")]).flat());
const item = f => {
  const d = h("details", { class: "finding", id: "finding-" + f.index }, h("summary", {}, h("span", { class: "badge " + sevClass[f.shown] }, `${sevSign[f.shown]} ${f.shown}`), " ", h("code", {}, f.id), " ", f.message, " ", h("span", { class: "place" }, place(f))));
  d.addEventListener("toggle", () => { if (d.open && d.children.length === 1) d.append(body(f)); });
  return d;
};
let showFinding = () => {};
const findings = where => {
  const options = (name, values) => h("select", { "data-filter": name, onchange: () => draw() }, h("option", { value: "" }, "all"), values.map(v => h("option", { value: v }, v)));
  const unique = of => [...new Set(all.map(of).filter(Boolean))].sort();
  const sevs = ["critical", "high", "medium", "low", "note", "undetermined"].filter(x => all.some(f => f.shown === x));
  const rule = options("rule", unique(f => `${f.id} ${f.rule}`)), account = options("account", unique(f => f.account));
  const path = h("input", { type: "search", "data-filter": "path", oninput: () => draw() }), text = h("input", { type: "search", "data-filter": "text", oninput: () => draw() });
  const boxes = sevs.map(x => h("input", { type: "checkbox", checked: true, value: x, "data-filter": "severity", onchange: () => draw() }));
  const said = h("p", { role: "status", id: "shown" }), list = h("div", {});
  where.append(h("form", { class: "filters", "aria-label": "Filter findings", onsubmit: e => e.preventDefault() },
    h("label", {}, "Search", text), h("label", {}, "Rule", rule), h("label", {}, "Path", path), h("label", {}, "Account", account),
    h("fieldset", {}, h("legend", {}, "Severity"), boxes.map((b, i) => h("label", {}, b, ` ${sevSign[sevs[i]]} ${sevs[i]}`)))), said, list);
  const draw = () => {
    const wanted = new Set(boxes.filter(b => b.checked).map(b => b.value)), p = path.value.toLowerCase(), t = text.value.toLowerCase();
    const found = all.filter(f => wanted.has(f.shown) && (!rule.value || rule.value === `${f.id} ${f.rule}`) && (!account.value || account.value === f.account) &&
      (!p || place(f).toLowerCase().includes(p)) && (!t || (f.message + (f.resource ? f.resource.address : "") + f.id + f.rule).toLowerCase().includes(t)));
    said.textContent = all.length ? `${count(found.length, "finding", "findings")} of ${all.length.toLocaleString("en")} shown` : "Nothing was found.";
    list.replaceChildren();
    const items = h("div", {});
    list.append(items, some(found, 100, item, items, "finding"));
  };
  showFinding = i => {
    let d = document.getElementById("finding-" + i);
    if (!d) {
      for (const b of boxes) b.checked = true;
      rule.value = account.value = path.value = ""; text.value = all[i].resource ? all[i].resource.address : ""; draw();
      d = document.getElementById("finding-" + i) || list.firstChild.appendChild(item(all[i]));
    }
    d.open = true; d.scrollIntoView({ block: "start" }); d.firstChild.focus();
  };
  draw();
};
const about = (address, root) => all.filter(f => f.resource && (f.resource.address === address && (!root || f.resource.root === root) || f.resource.instances.some(i => i.address === address && (!root || i.root === root))));
const linksTo = list => list.length ? h("ul", {}, list.slice(0, 12).map(f => h("li", {}, h("a", { href: "#finding-" + f.index, onclick: e => { e.preventDefault(); showFinding(f.index); } }, `${f.shown} ${f.id}`), " ", f.message))) : null;

// The organization.
const rankOf = { denied: 0, enforced: 0, confined: 0, "no root": 0, unknown: 1, lockout: 1, partial: 2, contradicts: 2, open: 3 };
const classOf = c => ["held", "none", "part", "free"][rankOf[c] ?? 1];
const signOf = c => ["✓", "?", "◐", "✕"][rankOf[c] ?? 1];
const organization = (org, where) => {
  const nodes = [];
  const walk = (n, parent, depth) => {
    const x = { n, parent, depth, kids: [], accounts: n.kind === "account" ? 1 : 0, worst: rankOf[n.rootMFA.class] ?? 1, uniform: true, open: false };
    nodes.push(x);
    for (const c of n.children) {
      const k = walk(c, x, depth + 1);
      x.kids.push(k); x.accounts += k.accounts;
      x.worst = Math.max(x.worst, k.worst);
      x.uniform = x.uniform && k.uniform && c.rootMFA.class === n.rootMFA.class && c.rootIPAllowlist.class === n.rootIPAllowlist.class;
    }
    return x;
  };
  const root = walk(org.tree, null, 0);
  const path = x => { const out = []; for (let y = x; y && y.parent; y = y.parent) out.unshift(y.n.name); return out.join(" / ") || x.n.name; };
  for (const x of nodes) x.open = !x.uniform || x === root;
  const accounts = nodes.filter(x => x.n.kind === "account"), leaves = accounts.length ? accounts : nodes;
  const bad = leaves.filter(x => (rankOf[x.n.rootMFA.class] ?? 1) > 1).sort((a, b) => rankOf[b.n.rootMFA.class] - rankOf[a.n.rootMFA.class]);
  const noun = accounts.length ? ["account", "accounts"] : ["unit", "units"];
  const title = org.address || "An organization that is declared elsewhere";
  const panel = h("div", { "aria-live": "polite" }), picture = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Tree of " + title });
  where.append(h("h3", {}, h("code", {}, title), " ", h("span", { class: "place" }, at(org.location))));
  if (org.disabled) where.append(h("p", {}, h("span", { class: "badge free" }, "✕ disabled"), " " + org.disabled));
  where.append(h("p", {}, bad.length ? [h("strong", {}, `Root may act without MFA in ${count(bad.length, noun[0], noun[1])} of ${leaves.length.toLocaleString("en")}`), bad.length > 8 ? ", among them: " : ": ",
    bad.slice(0, 8).map((x, i) => [i ? ", " : "", h("a", { href: "#organization", onclick: e => { e.preventDefault(); for (let y = x.parent; y; y = y.parent) { y.open = true; y.every = true; } choose(x); } }, path(x))]).flat()] : `Root is held in each of ${count(leaves.length, noun[0], noun[1])}, as far as this scan decides.`));
  let chosen = null;
  const badge = (d, what) => h("span", { class: "badge " + classOf(d.class) }, `${signOf(d.class)} ${what}: ${d.class}`);
  const choose = x => {
    chosen = x; draw();
    const n = x.n, policies = [];
    for (let y = x; y; y = y.parent) for (const p of y.n.attached) policies.push(`${p.name}${p.certain ? "" : " (perhaps)"}, attached to ${y.n.name}${p.location ? ` (${at(p.location)})` : ""}`);
    const facts = (d, what) => [[what, badge(d, what)], ["gets through", d.witness], ["near miss", d.nearMiss ? `${d.nearMiss.words}${d.nearMiss.mend ? "; mend: " + d.nearMiss.mend : ""}` : ""], ["depends on", d.needs ? lines(d.needs) : ""]];
    panel.replaceChildren(h("div", { class: "panel" }, h("h3", {}, `${n.kind} ${path(x)}`),
      definitions([["id", n.id], ["place", at(n.location)], ...facts(n.rootMFA, "root-mfa"), ...facts(n.rootIPAllowlist, "root-ip-allowlist"), ["bound by", lines(policies)]]),
      n.rootMFA.witness ? copy(n.rootMFA.witness, "witness") : "", linksTo(all.filter(f => f.resource && policies.length && [n.address, org.address, ...n.attached.map(p => p.address)].includes(f.resource.address)))));
    picture.querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
  };
  const ROW = 30, STEP = 26;
  // Rows are the nodes that are open. Of many that are all alike and held one row tells.
  const rows = () => {
    const out = [];
    const add = x => {
      out.push({ x });
      if (!x.open) return;
      const folded = x.every ? [] : x.kids.filter(k => k.uniform && k.worst === 0 && !(chosen === k));
      const fold = folded.length > 6 ? new Set(folded) : new Set();
      for (const k of x.kids) if (!fold.has(k)) add(k);
      if (fold.size) out.push({ fold: [...fold], of: x });
    };
    add(root);
    return out;
  };
  const draw = () => {
    const list = rows(), shown = list.slice(0, 1500), width = 1080;
    const g = s("svg", { width, height: shown.length * ROW + 8, viewBox: `0 0 ${width} ${shown.length * ROW + 8}`, role: "group", "aria-label": `Tree of ${title}: ${count(nodes.length, "node", "nodes")}; the table below says the same` });
    const rowOf = new Map();
    shown.forEach((r, i) => { if (r.x) rowOf.set(r.x, i); });
    shown.forEach((r, i) => {
      const depth = r.x ? r.x.depth : r.of.depth + 1, parent = r.x ? r.x.parent : r.of, x = 14 + depth * STEP, y = i * ROW + 4;
      if (parent) { const from = rowOf.get(parent) * ROW + 4 + 22; g.append(s("path", { class: "tie", d: `M${14 + parent.depth * STEP + 8} ${from}V${y + 12}H${x}` })); }
      if (r.fold) {
        const accounts = r.fold.reduce((n, k) => n + k.accounts, 0), units = r.fold.filter(k => k.n.kind !== "account").length;
        const label = `${units ? count(units, "unit", "units") + " with " : ""}${count(accounts, "account", "accounts")} where root is held: show`;
        g.append(s("g", { ...press(() => { r.of.every = true; draw(); }), class: "fold" }, s("rect", { class: "box", x, y, width: Math.min(620, label.length * 7.2 + 40), height: 24, rx: 4 }), s("text", { x: x + 12, y: y + 17 }, "✓ " + label)));
        return;
      }
      const n = r.x.n, name = short((n.kind === "root" ? "" : n.kind + " ") + n.name + (n.somewhere ? " (somewhere below)" : ""), 46), kids = r.x.kids.length, cls = classOf(n.rootMFA.class), wide = name.length * (cls === "free" ? 8.2 : 7.4) + 34;
      const beneath = r.x.worst > (rankOf[n.rootMFA.class] ?? 1) && !r.x.open ? "; worse below" : "";
      if (kids) g.append(s("g", { ...press(() => { r.x.open = !r.x.open; draw(); }), "aria-expanded": String(r.x.open), "aria-label": `${r.x.open ? "Fold" : "Open"} ${n.name}, ${count(r.x.accounts, "account", "accounts")}` },
        s("rect", { class: "box", x, y: y + 3, width: 18, height: 18, rx: 3 }), s("text", { x: x + 5, y: y + 17, "aria-hidden": "true" }, r.x.open ? "−" : "+")));
      const left = x + 24, badges = [[n.rootMFA, "root-mfa"], [n.rootIPAllowlist, "network"]];
      const node = s("g", { ...press(() => choose(r.x)), class: r.x === chosen ? "chosen" : "" },
        s("rect", { class: "box " + (cls === "free" ? "free" : ""), x: left, y, width: wide, height: 24, rx: n.kind === "account" ? 12 : n.kind === "unit" ? 2 : 6 }), s("text", { x: left + 14, y: y + 17, class: cls === "free" ? "free" : "" }, name));
      let bx = left + wide + 8;
      for (const [d, what] of badges) {
        const t = `${signOf(d.class)} ${what} ${d.class}`, w = t.length * 7.9 + 14;
        node.append(s("rect", { class: classOf(d.class), x: bx, y: y + 2, width: w, height: 20, rx: 3 }), s("text", { class: classOf(d.class), x: bx + 8, y: y + 17 }, t));
        bx += w + 6;
      }
      const rest = [n.rootMFA.nearMiss ? "≈ near miss" : "", n.attached.length ? "⊖ " + n.attached.map(p => p.name + (p.certain ? "" : "?")).join(", ") : "", kids && !r.x.open ? count(r.x.accounts, "account", "accounts") + beneath : ""].filter(Boolean).join(" · ");
      node.append(s("text", { class: "faint", x: bx + 4, y: y + 17 }, short(rest, 90)));
      g.append(node);
    });
    picture.replaceChildren(g);
  };
  draw();
  where.append(h("p", { class: "controls" }, h("button", { type: "button", onclick: () => { for (const x of nodes) x.open = x.every = true; draw(); } }, "Open all"), " ", h("button", { type: "button", onclick: () => { for (const x of nodes) { x.open = !x.uniform || x === root; x.every = false; } draw(); } }, "Only where root is free")), picture, panel,
    lazily("The tree as a table", () => table("Table of units and accounts", ["Node", "Kind", "root-mfa", "root-ip-allowlist", "Near miss", "Attached here"],
      [...nodes].sort((a, b) => (rankOf[b.n.rootMFA.class] ?? 1) - (rankOf[a.n.rootMFA.class] ?? 1)).map(x => [path(x), x.n.kind, badge(x.n.rootMFA, "root-mfa"), badge(x.n.rootIPAllowlist, "network"), x.n.rootMFA.nearMiss ? x.n.rootMFA.nearMiss.words + "; " + (x.n.rootMFA.nearMiss.mend || "") : "", x.n.attached.map(p => p.name).join(", ")]))));
  const notes = [...org.unattached.map(p => `${p.name} is attached to ${p.attachment ? "the management account, where it has no effect" : "nothing"}`), ...org.unplaced.map(p => `${p.name} is attached to what is not known: ${p.needs.join("; ")}`), ...org.unread.map(u => `${u} is not at hand, and may attach policies`), ...(org.managed ? ["No policy binds the management account: its root user needs a hardware key, and no access keys."] : [])];
  where.append(h("ul", { class: "faint" }, notes.map(t => h("li", {}, t))));
};

// The trust graph.
const trust = (graph, where) => {
  const byID = new Map(graph.nodes.map(n => [n.id, n])), into = new Map(), from = new Map();
  const push = (m, k, v) => m.has(k) ? m.get(k).push(v) : m.set(k, [v]);
  for (const e of graph.edges) { push(into, e.to, e); push(from, e.from, e); }
  const members = new Map();
  for (const n of graph.nodes) for (const g of n.groups) push(members, g, n.id);
  const used = graph.nodes.filter(n => into.has(n.id) || from.has(n.id));
  const label = n => n.root && n.root !== "." ? `${n.name} in ${n.root}` : n.name;
  const names = new Map();
  for (const n of used) names.set(names.has(label(n)) ? n.id : label(n), n.id);
  for (const [g, list] of members) if (list.some(m => from.has(m))) names.set(label(byID.get(g)), g);
  const panel = h("div", { "aria-live": "polite" }), picture = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Trust graph" }), said = h("p", { role: "status", class: "faint" });
  let focus = null, depth = 2, opened = new Set(), chosen = "";
  const session = { bound: "the name says who it is", "source-identity": "any name, with a source identity that says who it is", constant: "one name", free: "any name", none: "given by who issues the credentials", unknown: "not known" };
  const edgeFacts = e => definitions([["verdict", e.verdict], ["action", e.action], ["conditions", lines(e.conditions)], ["session name", session[e.sessionName]], ["MFA", e.mfa], ["permission", e.permission ? `${e.permission.name} ${at(e.permission.location)}` : ""],
    ["lets it in", lines(e.statements.map(x => `statement ${x.number}${x.sid ? ` (${x.sid})` : ""} ${at(x.location)}`))], ["request", e.request ? requestWords(e.request) : ""], ["depends on", lines(e.needs)]]);
  const go = (id, text) => h("a", { href: "#trust", onclick: e => { e.preventDefault(); look(id); } }, text);
  const edgePanel = list => h("div", { class: "panel" }, list.slice(0, 20).map(e => [h("h3", {}, go(e.from, label(byID.get(e.from))), " → ", go(e.to, label(byID.get(e.to)))), edgeFacts(e), e.request ? copy(evalLine(e.request), "request") : "", linksTo(about(byID.get(e.to).address, byID.get(e.to).root))]).flat(), list.length > 20 ? h("p", {}, `and ${list.length - 20} more: the table below has them`) : "");
  const nodePanel = n => {
    const li = (e, id) => h("li", {}, go(id, label(byID.get(id))), ` ${e.verdict}`, e.conditions.length ? `: ${e.conditions.join("; ")}` : "");
    const part = (title, list, end) => { if (!list.length) return ""; const ul = h("ul", {}); const more = some(list, 25, e => li(e, e[end]), ul, "edge"); return [h("h3", {}, title), ul, more]; };
    return h("div", { class: "panel" }, h("h3", {}, label(n)), definitions([["kind", n.kind], ["place", at(n.location)], ["account", n.account], ["in groups", n.groups.map(g => byID.get(g) ? byID.get(g).name : g).join(", ")], ["members", (members.get(n.id) || []).map(m => byID.get(m).name).join(", ")], ["policies not seen", n.unseen.join(", ")]]),
      part("Who can become it", into.get(n.id) || [], "from"), part("What it can become", from.get(n.id) || [], "to"), linksTo(about(n.address, n.root)));
  };
  const look = id => { focus = id; pick.value = label(byID.get(id)); panel.replaceChildren(nodePanel(byID.get(id))); draw(); picture.scrollIntoView({ block: "nearest" }); };
  // What is drawn: all, or who reaches the one that is looked at and what it reaches.
  const visible = () => {
    if (!focus) return { nodes: new Set(used.map(n => n.id)), edges: graph.edges };
    const begin = byID.get(focus).kind === "group" ? members.get(focus) || [] : [focus], nodes = new Set(begin), edges = new Set();
    for (const [next, end] of [[into, "from"], [from, "to"]]) {
      let level = new Set(begin);
      for (let d = 0; d < depth; d++) { const wider = new Set(); for (const id of level) for (const e of next.get(id) || []) { edges.add(e); nodes.add(e[end]); wider.add(e[end]); } level = wider; }
    }
    return { nodes, edges: [...edges] };
  };
  // Boxes: nodes, or many of one kind (roles and users: of one root) as one.
  const boxes = v => {
    const groups = new Map(), boxOf = new Map(), out = [];
    for (const id of v.nodes) { const n = byID.get(id); push(groups, n.kind + (n.kind === "role" || n.kind === "user" ? ` ${n.root || ""}` : ""), n); }
    for (const [key, list] of groups) {
      if (v.nodes.size <= 36 || list.length < 4 || opened.has(key)) for (const n of list) { if (n.id === focus && boxOf.has(n.id)) continue; boxOf.set(n.id, out.length); out.push({ n, text: label(n), kind: n.kind }); }
      else {
        const kept = list.filter(n => n.id === focus), rest = list.filter(n => n.id !== focus), k = list[0].kind;
        for (const n of kept) { boxOf.set(n.id, out.length); out.push({ n, text: label(n), kind: n.kind }); }
        for (const n of rest) boxOf.set(n.id, out.length);
        out.push({ fold: key, size: rest.length, kind: k, text: `${rest.length} ${k}s${list[0].root && list[0].root !== "." && (k === "role" || k === "user") ? " in " + list[0].root : ""}` });
      }
    }
    const lines = new Map();
    for (const e of v.edges) { const a = boxOf.get(e.from), b = boxOf.get(e.to); push(lines, a + ">" + b, e); }
    return { out, lines: [...lines].map(([k, edges]) => { const [a, b] = k.split(">").map(Number); return { a, b, edges }; }).filter(l => l.a !== l.b) };
  };
  const lay = ({ out, lines }) => {
    const next = out.map(() => []), state = out.map(() => 0), order = [];
    lines.forEach(l => next[l.a].push(l));
    out.forEach((_, start) => {
      if (state[start]) return;
      const stack = [[start, 0]]; state[start] = 1;
      while (stack.length) {
        const top = stack[stack.length - 1];
        if (top[1] === next[top[0]].length) { state[top[0]] = 2; order.push(top[0]); stack.pop(); continue; }
        const l = next[top[0]][top[1]++];
        if (state[l.b] === 1) l.back = true; else if (!state[l.b]) { state[l.b] = 1; stack.push([l.b, 0]); }
      }
    });
    out.forEach(b => { b.layer = 0; });
    for (const i of order.reverse()) for (const l of next[i]) if (!l.back) out[l.b].layer = Math.max(out[l.b].layer, out[i].layer + 1);
    const columns = [];
    out.forEach((b, i) => { (columns[b.layer] ||= []).push(i); });
    columns.forEach(c => c.forEach((i, k) => { out[i].at = k; }));
    for (let sweep = 0; sweep < 6; sweep++) {
      const sums = out.map(() => [0, 0]);
      for (const l of lines) if (!l.back) { const [x, y] = sweep % 2 ? [l.a, l.b] : [l.b, l.a]; sums[x][0] += out[y].at; sums[x][1]++; }
      for (const c of columns) { const weight = i => sums[i][1] ? sums[i][0] / sums[i][1] : out[i].at; c.sort((p, q) => weight(p) - weight(q) || p - q); c.forEach((i, k) => { out[i].at = k; }); }
    }
    let x = 12, height = 0;
    for (const c of columns) height = Math.max(height, c.length * 48);
    for (const c of columns) {
      let wide = 0, y = 10 + (height - c.length * 48) / 2;
      for (const i of c) { const b = out[i]; b.shown = short(b.text, 52); b.w = Math.max(110, b.shown.length * 7.5 + 38); b.x = x; b.y = y; y += 48; wide = Math.max(wide, b.w); }
      x += wide + 120;
    }
    return { width: Math.max(320, x - 100), height: height + 40 };
  };
  const shape = (kind, w) => {
    const points = p => s("polygon", { class: "box", points: p });
    if (kind === "user") return s("rect", { class: "box", width: w, height: 38, rx: 19 });
    if (kind === "provider") return points(`10,0 ${w - 10},0 ${w},19 ${w - 10},38 10,38 0,19`);
    if (kind === "account" || kind === "anyone") return points(`0,0 ${w - 10},0 ${w},19 ${w - 10},38 0,38`);
    if (kind === "group") return points(`0,0 ${w - 12},0 ${w},12 ${w},38 0,38`);
    if (kind === "service") return s("g", {}, s("rect", { class: "box", width: w, height: 38 }), s("path", { class: "box", d: `M6 0v38M${w - 6} 0v38` }));
    return s("rect", { class: "box", width: w, height: 38, rx: 4 });
  };
  const mostBoxes = 600;
  const draw = () => {
    const v = visible(), b = boxes(v);
    said.textContent = `${count(v.nodes.size, "node", "nodes")}, ${count(v.edges.length, "edge", "edges")}${focus ? "" : " in all"}${b.out.some(x => x.fold) ? "; boxes with a broken line stand for several: open them" : ""}.`;
    if (b.out.length > mostBoxes) { picture.replaceChildren(h("p", {}, "Too many boxes to draw: look at one role or principal, or fold some.")); return; }
    const size = lay(b);
    const g = s("svg", { width: size.width, height: size.height, viewBox: `0 0 ${size.width} ${size.height}`, role: "group", "aria-label": "Trust graph; the table below says the same" },
      s("defs", {}, s("marker", { id: "head", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto" }, s("path", { d: "M0 0 10 5 0 10z" }))));
    const rank = { certain: 2, possible: 1, unknown: 0 };
    for (const l of b.lines) {
      const p = b.out[l.a], q = b.out[l.b], x1 = p.x + p.w, y1 = p.y + 19, x2 = q.x, y2 = q.y + 19, mid = (x1 + x2) / 2, low = Math.max(p.y, q.y) + 58;
      const d = l.back ? `M${x1} ${y1}C${x1 + 40} ${y1} ${x1 + 40} ${low} ${mid} ${low}S${x2 - 40} ${y2} ${x2} ${y2}` : `M${x1} ${y1}C${mid} ${y1} ${mid} ${y2} ${x2} ${y2}`;
      const verdict = l.edges.map(e => e.verdict).sort((x, y) => rank[y] - rank[x])[0], loose = l.edges.some(e => e.sessionName === "free" && e.verdict !== "unknown"), mfa = l.edges.every(e => e.mfa === "required");
      const key = l.a + ">" + l.b, text = [l.edges.length > 1 ? `×${l.edges.length}` : "", mfa ? "MFA" : "", loose ? "≠" : ""].filter(Boolean).join(" ");
      const act = () => { chosen = key; panel.replaceChildren(edgePanel(l.edges)); draw(); };
      g.append(s("g", { ...press(act), class: `${verdict}${loose ? " freename" : ""}${chosen === key ? " chosen" : ""}`, "aria-label": `${p.text} can become ${q.text}: ${verdict}${mfa ? ", with MFA" : ""}${loose ? ", under any session name" : ""}` },
        s("path", { class: "hit", d }), s("path", { class: "edge", d, "marker-end": "url(#head)" })), text ? s("text", { class: "faint", x: x2 - 14, y: y2 - 6, "text-anchor": "end", "aria-hidden": "true" }, text) : "");
    }
    for (const x of b.out) {
      const act = x.fold ? () => { opened.add(x.fold); draw(); } : () => look(x.n.id);
      g.append(s("g", { ...press(act), class: `${x.kind}${x.fold ? " fold" : ""}${x.n && x.n.id === focus ? " chosen" : ""}`, transform: `translate(${x.x} ${x.y})` },
        shape(x.kind, x.w), s("text", { class: "faint", x: 14, y: 15 }, x.fold ? x.kind + "s, folded: " : x.kind + " "), s("text", { x: 14, y: 31 }, x.shown), x.shown === x.text ? "" : s("title", {}, x.text)));
    }
    picture.replaceChildren(g);
  };
  const list = h("datalist", { id: "names" });
  const pick = h("input", { type: "search", list: "names", autocomplete: "off", onfocus: () => { if (!list.children.length) for (const n of [...names.keys()].slice(0, 3000)) list.append(h("option", { value: n })); },
    oninput: () => { const id = names.get(pick.value); if (id) look(id); else if (!pick.value && focus) { focus = null; panel.replaceChildren(); draw(); } } });
  const steps = h("select", { onchange: () => { depth = Number(steps.value); draw(); } }, [1, 2, 3, 4].map(n => h("option", { value: n, selected: n === depth }, n)));
  where.append(h("div", { class: "filters" }, h("label", {}, "Role or principal", pick, list), h("label", {}, "Steps", steps),
    h("button", { type: "button", onclick: () => { focus = null; opened = new Set(); pick.value = ""; panel.replaceChildren(); draw(); } }, "All"), h("button", { type: "button", onclick: () => { opened = new Set(); draw(); } }, "Fold")),
    said, picture, panel, lazily("The graph as a table", () => table("Table of who can become whom", ["Who", "Role", "Verdict", "Conditions", "Session name", "MFA", "Statement"], graph.edges.map(e => [label(byID.get(e.from)), label(byID.get(e.to)), e.verdict, e.conditions.join("; "), session[e.sessionName], e.mfa, e.statements.map(x => at(x.location)).join(", ")]))));
  draw();
};

if (data.organizations) for (const o of data.organizations.organizations) organization(o, document.getElementById("organizations"));
if (data.graph) trust(data.graph, document.getElementById("graph"));
if (data.report) findings(document.getElementById("list"));
for (const a of document.querySelectorAll("a[data-finding]")) a.addEventListener("click", e => { e.preventDefault(); showFinding(Number(a.dataset.finding)); });
// On paper what is shown is open.
addEventListener("beforeprint", () => { for (const d of [...document.querySelectorAll("details.finding")].slice(0, 200)) d.open = true; });
})();

// Opens pages of iamvet in headless Chromium and says what is wrong with them:
//   node scripts/page-check.mjs PAGE.html… [--shots DIR]
// A console error, a request that leaves, a filter that filters nothing, a violation that
// axe-core finds, in light and dark; with --shots also pictures, and what it prints. It needs playwright-core and axe-core (npm),
// found from the working directory, and Debian's chromium.
import { createRequire } from "node:module";
import { readFileSync, mkdirSync } from "node:fs";
import { basename, resolve, join } from "node:path";
const require = createRequire(join(process.cwd(), "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const args = process.argv.slice(2), at = args.indexOf("--shots");
const shots = at < 0 ? "" : args.splice(at, 2)[1];
if (shots) mkdirSync(shots, { recursive: true });
let wrong = 0, pages = 0;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
const check = async (page, axePage, name, what) => {
  const found = await axePage();
  for (const v of found) { wrong++; console.log(`${name}: ${what}: axe: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " | " + (n.any[0]?.message || n.all[0]?.message || "")).join("\n    ")} (${v.nodes.length})`); }
};
for (const file of args) {
  const name = basename(file, ".html");
  for (const scheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 1280, height: 1000 }, bypassCSP: false });
    const page = await context.newPage();
    const fault = text => { wrong++; console.log(`${name}: ${scheme}: ${text}`); };
    page.on("console", m => { if (m.type() === "error" || m.type() === "warning") fault("console: " + m.text()); });
    page.on("pageerror", e => fault("error: " + e.message));
    page.on("request", r => { if (!r.url().startsWith("file://" + resolve(file)) && !r.url().startsWith("data:")) fault("request: " + r.url()); });
    const t0 = Date.now();
    await page.goto("file://" + resolve(file));
    const opened = Date.now() - t0;
    pages++;
    const axePage = async () => (await page.evaluate(async source => { (0, eval)(source); const r = await globalThis.axe.run(document, { resultTypes: ["violations"] }); return r.violations; }, axe).catch(async () => {
      // The page's own policy lets no script in: axe comes in through the debugger.
      const session = await context.newCDPSession(page);
      await session.send("Runtime.evaluate", { expression: axe + ";0" });
      const r = await session.send("Runtime.evaluate", { expression: "axe.run(document,{resultTypes:['violations']}).then(r=>JSON.stringify(r.violations))", awaitPromise: true, returnByValue: true });
      return JSON.parse(r.result.value);
    }));
    const shot = async what => { if (shots) await page.screenshot({ path: join(shots, `${name}-${scheme}-${what}.png`), fullPage: what === "page" && await page.evaluate(() => document.body.scrollHeight < 6000) }); };
    await shot("page");
    await check(page, axePage, name, scheme);
    // Filters: what is shown is what the boxes say.
    const shown = page.locator("#shown");
    if (await shown.count()) {
      const before = await shown.textContent();
      for (const box of await page.locator("input[data-filter=severity]").all()) await box.uncheck();
      if (!/^0 findings|Nothing/.test(await shown.textContent())) fault("no severity, and " + await shown.textContent());
      for (const box of await page.locator("input[data-filter=severity]").all()) await box.check();
      if (await shown.textContent() !== before) fault("filters do not come back");
      for (const filter of ["rule", "account"]) {
        const select = page.locator(`select[data-filter=${filter}]`);
        if (await select.locator("option").count() > 1) {
          await select.selectOption({ index: 1 });
          const n = Number((await shown.textContent()).split(" ")[0].replaceAll(",", "")), drawn = await page.locator("details.finding").count();
          if (!n || drawn !== Math.min(n, 100)) fault(`filter ${filter}: ${n} said, ${drawn} drawn`);
          await select.selectOption("");
        }
      }
      await page.locator("input[data-filter=path]").fill("no/such/path");
      if (!/^0 findings|Nothing/.test(await shown.textContent())) fault("a path that is nowhere, and " + await shown.textContent());
      await page.locator("input[data-filter=path]").fill("");
      // By keyboard: the first finding opens, and has what it says.
      const first = page.locator("details.finding summary").first();
      if (await first.count()) {
        await first.focus(); await page.keyboard.press("Enter");
        if (!await page.locator("details.finding[open] dl").first().waitFor({ timeout: 5000 }).then(() => true, () => false)) fault("a finding does not open by keyboard");
      }
    }
    for (const [part, label] of [["#organizations", "tree"], ["#graph", "graph"]]) {
      const nodes = page.locator(`${part} svg [role=button]`);
      if (!await nodes.count()) continue;
      await nodes.last().focus(); await page.keyboard.press("Enter");
      const details = page.locator(`${part} details`).first();
      await details.evaluate(d => { d.open = true; });
      await page.waitForTimeout(300);
      if (!await page.locator(`${part} details tbody tr`).count()) fault(`the ${label} has no table`);
      await page.locator(part).scrollIntoViewIfNeeded();
      await shot(label);
    }
    await check(page, axePage, name, scheme + ", opened");
    if (scheme === "light" && shots) {
      await page.emulateMedia({ media: "print" });
      await page.pdf({ path: join(shots, name + ".pdf"), format: "A4", pageRanges: "1-6" }).catch(e => fault("print: " + e.message));
    }
    console.log(`${name}: ${scheme}: opened in ${opened} ms`);
    await context.close();
  }
}
await browser.close();
console.log(`${pages} pages opened, ${wrong} faults`);
process.exit(wrong ? 1 : 0);

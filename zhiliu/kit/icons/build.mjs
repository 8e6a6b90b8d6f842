/**
 * Builds build/static/icons.svg: one sprite with the lucide icons named in icons.json and our own glyphs in own/.
 * Beside it go the two files pages name directly: the favicon and early.js.
 * Ends with status 1 when a name is unknown, so that a typing error never ships as a blank square.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const lucide = join(root, "node_modules/lucide-static/icons");
const out = join(root, "build/static/icons.svg");

/** The drawing inside an SVG file, without comments, classes and line breaks. */
function drawing(file) {
  const svg = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "");
  return svg.replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
}

const names = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));
const missing = names.filter((name) => !existsSync(join(lucide, `${name}.svg`)));
if (missing.length) {
  console.error(`icons.json names icons lucide-static does not have: ${missing.join(", ")}`);
  process.exit(1);
}
const files = names.map((name) => join(lucide, `${name}.svg`));
for (const own of readdirSync(join(here, "own"))) files.push(join(here, "own", own));

const symbols = files.map((file) => `<symbol id="${basename(file, ".svg")}" viewBox="0 0 24 24">${drawing(file)}</symbol>`);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
copyFileSync(join(here, "favicon.svg"), join(root, "build/static/favicon.svg"));
copyFileSync(join(here, "../islands/early.js"), join(root, "build/static/early.js"));
console.log(`icons: ${symbols.length} in build/static/icons.svg`);

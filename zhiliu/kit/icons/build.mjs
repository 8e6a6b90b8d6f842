/**
 * Builds icons.svg: one sprite with the lucide icons named in icons.json and our own glyphs in own/.
 * Beside it go the two files pages name directly, the favicon and early.js, and the icons of the installed app as PNG.
 * The first three carry a hash in their names, like what Vite builds, and stand in its manifest.
 * Ends with status 1 when a name is unknown, so that a typing error never ships as a blank square.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const lucide = join(root, "node_modules/lucide-static/icons");
const built = join(root, "build/static");
const manifestFile = join(built, "manifest.json");

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
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
mkdirSync(join(built, "assets"), { recursive: true });
const manifest = existsSync(manifestFile) ? JSON.parse(readFileSync(manifestFile, "utf8")) : {};
put("icons.svg", sprite);
put("favicon.svg", readFileSync(join(here, "favicon.svg")));
put("early.js", readFileSync(join(here, "../islands/early.js")));
writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));

/** Write a file under a name that changes with its content, and enter it in the manifest. */
function put(name, content) {
  const hash = createHash("sha256").update(content).digest("base64url").slice(0, 8);
  const ending = extname(name);
  const file = `assets/${basename(name, ending)}-${hash}${ending}`;
  writeFileSync(join(built, file), content);
  manifest[name] = { file };
}

/** The logo as a PNG: `share` of the side is the logo, the rest its ground (none for the mark in a phone's status bar). */
function png(name, side, { share, ink, ground }) {
  const logo = drawing(join(here, "favicon.svg")).replace(/<style>[\s\S]*?<\/style>/, "");
  const place = `translate(${16 - 16 * share} ${16 - 16 * share}) scale(${share})`;
  const style = `<style>path{fill:none;stroke:${ink};stroke-width:2.6;stroke-linecap:round}circle{fill:${ink}}</style>`;
  const square = ground ? `<rect width="32" height="32" fill="${ground}"/>` : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${style}${square}<g transform="${place}">${logo}</g></svg>`;
  writeFileSync(join(built, `${name}.png`), new Resvg(svg, { fitTo: { mode: "width", value: side } }).render().asPng());
}

const app = { ink: "#ffffff", ground: "#0b6a6e" };
png("app-180", 180, { ...app, share: 0.7 });
png("app-192", 192, { ...app, share: 0.7 });
png("app-512", 512, { ...app, share: 0.7 });
png("app-maskable", 512, { ...app, share: 0.55 });
png("badge-96", 96, { ink: "#ffffff", share: 1 });
console.log(`icons: ${symbols.length}`);

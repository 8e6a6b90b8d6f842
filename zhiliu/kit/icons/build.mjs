/**
 * Builds build/static/icons.svg: one sprite with the lucide icons named in icons.json and our own glyphs in own/.
 * Beside it go the two files pages name directly, the favicon and early.js, and the icons of the installed app as PNG.
 * Ends with status 1 when a name is unknown, so that a typing error never ships as a blank square.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";

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

/** The logo as a PNG: `share` of the side is the logo, the rest its ground (none for the mark in a phone's status bar). */
function png(name, side, { share, ink, ground }) {
  const logo = drawing(join(here, "favicon.svg")).replace(/<style>[\s\S]*?<\/style>/, "");
  const place = `translate(${16 - 16 * share} ${16 - 16 * share}) scale(${share})`;
  const style = `<style>path{fill:none;stroke:${ink};stroke-width:2.6;stroke-linecap:round}circle{fill:${ink}}</style>`;
  const square = ground ? `<rect width="32" height="32" fill="${ground}"/>` : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${style}${square}<g transform="${place}">${logo}</g></svg>`;
  writeFileSync(join(root, `build/static/${name}.png`), new Resvg(svg, { fitTo: { mode: "width", value: side } }).render().asPng());
}

const app = { ink: "#ffffff", ground: "#0b6a6e" };
png("app-180", 180, { ...app, share: 0.7 });
png("app-192", 192, { ...app, share: 0.7 });
png("app-512", 512, { ...app, share: 0.7 });
png("app-maskable", 512, { ...app, share: 0.55 });
png("badge-96", 96, { ink: "#ffffff", share: 1 });
console.log(`icons: ${symbols.length} in build/static/icons.svg`);

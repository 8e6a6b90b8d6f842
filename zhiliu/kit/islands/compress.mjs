/**
 * Writes each built text a second and third time, compressed by Brotli and gzip: whoever serves the folder sends what the
 * browser takes, and compresses nothing itself.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const built = join(dirname(fileURLToPath(import.meta.url)), "../../../build/static");
const TEXTS = new Set([".js", ".css", ".svg"]);
/** Of what one packet carries anyway, nothing is saved. */
const LEAST = 1000;

let before = 0;
let after = 0;
for (const name of readdirSync(built, { recursive: true })) {
  if (!TEXTS.has(extname(name))) continue;
  const content = readFileSync(join(built, name));
  if (content.length < LEAST) continue;
  const compressed = brotliCompressSync(content);
  writeFileSync(join(built, `${name}.br`), compressed);
  writeFileSync(join(built, `${name}.gz`), gzipSync(content, { level: 9 }));
  before += content.length;
  after += compressed.length;
}
console.log(`compressed: ${Math.round(before / 1000)} kB to ${Math.round(after / 1000)} kB`);

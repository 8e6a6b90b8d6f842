// Bundles the script beside it for Node: node bundle.mjs <output>
import { build } from "rolldown";
import { fileURLToPath } from "node:url";

const input = fileURLToPath(new URL("roundtrip.ts", import.meta.url));
await build({ input, platform: "node", output: { file: process.argv[2], format: "esm", codeSplitting: false }, logLevel: "warn" });

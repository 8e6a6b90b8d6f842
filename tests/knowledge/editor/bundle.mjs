// Bundles a script beside it for Node: node bundle.mjs <script> <output> [browser]
import { build } from "rolldown";
import { fileURLToPath } from "node:url";

const input = fileURLToPath(new URL(process.argv[2], import.meta.url));
await build({ input, platform: process.argv[4] ?? "node", output: { file: process.argv[3], format: "esm", codeSplitting: false }, logLevel: "warn" });

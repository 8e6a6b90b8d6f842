import { defineConfig } from "vite";

/** One entry; Django serves what is built here under STATIC_URL (see docs/subsystems/kit-ui.md). */
export default defineConfig({
  base: "/static/",
  publicDir: false,
  build: {
    outDir: "build/static",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: ["chrome111", "firefox114", "safari16.4"],
    // Fonts and pictures stay files: `data:` addresses are not in our content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "zhiliu/kit/islands/main.ts" },
  },
});

import { defineConfig } from "vite";
import { emojiModule } from "./zhiliu/conversations/islands/vite/emoji-module.ts";

/**
 * Two entries: the front end, which Django serves under STATIC_URL (see docs/subsystems/kit-ui.md), and the service worker, which
 * has one address for good.
 */
export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [emojiModule()],
  build: {
    outDir: "build/static",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: ["chrome111", "firefox114", "safari16.4"],
    // Fonts and pictures stay files: `data:` addresses are not in our content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["zhiliu/kit/islands/main.ts", "zhiliu/kit/islands/worker/service-worker.ts"],
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});

import { defineConfig } from "vitest/config";
import { emojiModule } from "./zhiliu/conversations/islands/vite/emoji-module.ts";

/** Tests of the islands, beside those of their app: `tests/<app>/islands/`. What they share stands in `tests/islands.ts`. */
export default defineConfig({
  plugins: [emojiModule()],
  test: {
    environment: "jsdom",
    // One window for all files of a worker, which each test leaves empty: a window of its own for each file takes longer than its tests.
    isolate: false,
    include: ["tests/*/islands/*.test.ts"],
    setupFiles: ["tests/islands.ts"],
    // Machines are busy at times; a test that hangs is still found.
    testTimeout: 30_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});

import { defineConfig } from 'vitest/config'

// Figures of the app in Chromium, and Lighthouse's; they print tables and are run alone.
export default defineConfig({
  test: {
    include: ['e2e/bench/**/*.bench.ts'],
    environment: 'node',
    testTimeout: 1_800_000,
    hookTimeout: 180_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
})

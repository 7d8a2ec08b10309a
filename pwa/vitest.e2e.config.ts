import { defineConfig } from 'vitest/config'

// Browser tests share one server and one Chromium at a time: two cores do not carry more.
export default defineConfig({
  test: {
    include: ['e2e/cases/**/*.test.ts'],
    environment: 'node',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
})

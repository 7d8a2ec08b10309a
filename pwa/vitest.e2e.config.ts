import { defineConfig } from 'vitest/config'

// Every file has its own server and every phone its own profile, so two files run side by side: one alone leaves half of
// two cores free. The limits are for a machine that has other things to do as well.
export default defineConfig({
  test: {
    include: ['e2e/cases/**/*.test.ts'],
    environment: 'node',
    testTimeout: 300_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
})

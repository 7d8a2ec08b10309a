import { defineConfig } from 'vitest/config'

// Every file has its own server and every phone its own profile, so three files run side by side: on two cores, two leave
// half of them free, since much of a story is waiting. The limits are for a machine that has other things to do as well.
export default defineConfig({
  test: {
    include: ['e2e/cases/**/*.test.ts'],
    environment: 'node',
    testTimeout: 300_000,
    hookTimeout: 180_000,
    maxWorkers: 3,
    // What is asked again until it holds has as long as what is waited for on a page, and not vitest's one second.
    expect: { poll: { timeout: 30_000, interval: 100 } },
  },
})

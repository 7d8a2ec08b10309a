/** Runs when the page has nothing else to do; where the browser cannot tell (Safari), a moment later. */
export function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 3000 })
  else setTimeout(run, 300)
}

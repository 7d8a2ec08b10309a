/** Runs when the page has nothing else to do; where the browser cannot tell (Safari), a moment later. */
export function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 3000 })
  else setTimeout(run, 300)
}

/** Runs in a turn of its own: what stands is drawn before it, and a finger heard. */
export function soon(run: () => void): void {
  setTimeout(run)
}

/** Runs when the page has stood for some seconds and has nothing else to do. */
export function atRest(run: () => void): void {
  setTimeout(() => whenIdle(run), 4000)
}

/** Until what was just made stands on the screen, or half a second has passed. */
export function standing(): Promise<void> {
  return new Promise((done) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => done(), { timeout: 500 })
    else setTimeout(done, 100)
  })
}

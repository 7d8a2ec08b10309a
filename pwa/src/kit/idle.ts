/** Runs when the page has nothing else to do; where the browser cannot tell (Safari), a moment later. */
export function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 3000 })
  else setTimeout(run, 300)
}

/** Runs in a turn of its own: what stands is drawn before it, and a finger heard. */
export function soon(run: () => void): void {
  setTimeout(run)
}

/** Runs when what stands has been drawn; a page that nobody sees is not drawn. */
export function whenDrawn(run: () => void): void {
  if (document.hidden) soon(run)
  else requestAnimationFrame(() => soon(run))
}

/** Runs when the page has stood for some seconds and has nothing else to do. */
export function atRest(run: () => void): void {
  setTimeout(() => whenIdle(run), 4000)
}

/**
 * Until what was just made stands on the screen, or half a second has passed. Who taps or types goes on already, and
 * what was put off may be what she goes on to.
 */
export function standing(): Promise<void> {
  return new Promise((done) => {
    const touches = ['pointerdown', 'keydown'] as const
    const over = () => {
      for (const one of touches) removeEventListener(one, over, true)
      done()
    }
    for (const one of touches) addEventListener(one, over, { capture: true, passive: true })
    if (typeof requestIdleCallback === 'function') requestIdleCallback(over, { timeout: 500 })
    else setTimeout(over, 100)
  })
}

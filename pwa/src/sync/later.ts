/**
 * The exchange is no part of the first page: it comes once that stands, from the service worker or the network. Where
 * it does not come, because the signal went in that moment, it is asked for again.
 */
type Schedule = typeof import('./schedule')
let come: Promise<Schedule> | undefined
const again = 10_000

export function schedule(): Promise<Schedule> {
  come ??= import('./schedule')
    .then((one) => {
      one.listen()
      return one
    })
    .catch(async () => {
      await new Promise((done) => setTimeout(done, again))
      come = undefined
      return schedule()
    })
  return come
}

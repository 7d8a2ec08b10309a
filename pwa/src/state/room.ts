/** The phone's storage, told before it hurts: a photo is refused while a form can still be saved. */

/** So much is left alone: a year of records of a village, and what the browser itself needs to move. */
const reserve = 40 << 20
const little = 100 << 20

async function free(): Promise<number | undefined> {
  try {
    const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {}
    return quota === undefined || usage === undefined ? undefined : quota - usage
  } catch {
    return undefined // browsers that do not tell
  }
}

export type Room = 'enough' | 'little' | 'none'

/** Whether something of so many bytes may be kept. */
export async function roomFor(bytes: number): Promise<Room> {
  const left = await free()
  if (left === undefined) return 'enough'
  if (left - bytes < reserve) return 'none'
  return left - bytes < little ? 'little' : 'enough'
}

export const isShort = async (): Promise<boolean> => (await roomFor(0)) !== 'enough'

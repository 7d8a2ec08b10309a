import { test } from 'vitest'
import { Phone } from './phone'
import type { Server } from './server'

export interface Stage {
  /** A new phone (or desk) at the server, already open. */
  phone(size?: { width: number; height: number }): Promise<Phone>
}

/** A test with phones: where it fails, what stood on their screens is told; at the end none has thrown an error. */
export function story(name: string, server: () => Server, play: (stage: Stage) => Promise<void>): void {
  test(name, async () => {
    const phones: Phone[] = []
    try {
      await play({
        async phone(size) {
          const phone = new Phone(server(), size)
          phones.push(phone)
          return phone.open()
        },
      })
      await server().verify()
      const faults = phones.flatMap((phone) => phone.faults)
      if (faults.length) throw new Error(faults.join('\n'))
    } catch (error) {
      for (const [i, phone] of phones.entries()) await phone.tell(`${name} ${i}`)
      throw error
    } finally {
      await Promise.all(phones.map((phone) => phone.dispose()))
    }
  })
}

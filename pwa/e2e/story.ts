import { afterAll, beforeAll, test } from 'vitest'
import { Volunteer } from './pages/volunteer'
import { Phone } from './phone'
import { Server, type ServerOptions } from './server'

export interface Stage {
  /** A new phone (or desk) at the server, already open. */
  phone(size?: { width: number; height: number }, agent?: string): Promise<Phone>
  /** A phone on which a volunteer is in, with everything sent and fetched. */
  volunteer(account?: string): Promise<{ phone: Phone; her: Volunteer }>
}

/** One server for all stories of a file. */
export function served(options?: ServerOptions): Server {
  const server = new Server(options)
  beforeAll(() => server.start())
  afterAll(() => server.stop())
  return server
}

/** A test with phones: where it fails, what stood on their screens is told; at the end none has thrown an error. */
export function story(name: string, server: () => Server, play: (stage: Stage) => Promise<void>): void {
  test(name, async () => {
    const phones: Phone[] = []
    const open = (size?: { width: number; height: number }, agent?: string) => {
      const phone = new Phone(server(), size, agent)
      phones.push(phone)
      return phone.open()
    }
    try {
      await play({
        phone: open,
        async volunteer(account = 'cun1') {
          const phone = await open()
          const her = new Volunteer(phone.page)
          await her.login(account)
          await her.waiting(0)
          await phone.installed() // a story may go on without signal
          return { phone, her }
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

import { computed, shallowRef } from 'vue'
import { ApiError, client, ok, type Schemas } from '@/api/client'
import * as device from '@/db/device'
import { useAccount } from '@/db/open'
import { freshId, now } from './edge'
import { forgetUnread } from './unread'

export type Role = 'volunteer' | 'reviewer' | 'manager' | 'auditor'
export interface Seat {
  role: Role
  unit: string
}

/** Who is in; `undefined` until it is read, `null` when nobody is. */
export const account = shallowRef<device.KnownAccount | null>()
/** The server does not accept the session any more. Recording goes on; sending waits for a log-in. */
export const needsLogin = shallowRef(false)

export const seats = computed<Seat[]>(() => (account.value?.seats ?? []) as Seat[])
export const hasRole = (role: Role): boolean => seats.value.some((seat) => seat.role === role)
export const accountId = computed(() => account.value?.id ?? '')

/** Reads who was in when the app was closed: needs no network. */
export async function restore(): Promise<void> {
  const known = await device.activeAccount()
  if (known) useAccount(known.id)
  account.value = known ?? null
  needsLogin.value = !!known && !known.refresh
}

const thisDevice = () => device.deviceId(freshId)

function deviceName(): string {
  const agent = navigator.userAgent
  const model = /\(([^)]*)\)/.exec(agent)?.[1]?.split(';').pop()?.trim()
  return (model || 'browser').slice(0, 100)
}

export async function login(name: string, password: string): Promise<void> {
  await begin(
    await ok(
      client.POST('/api/v1/login', {
        body: { account: name, password, device: { id: await thisDevice(), name: deviceName() } },
      }),
    ),
  )
}

/** An enrolment code as it was handed over: the token of a link, or the account with six digits. */
export type Proof = { token: string } | { account: string; digits: string }

/** Whose a code is. */
export const codeOwner = async (proof: Proof): Promise<Schemas['CodeOwner']> =>
  ok(client.POST('/api/v1/enrol/check', { body: { ...proof, device: await thisDevice() } }))

/** Uses a code: sets the password and begins a session on this phone. Whoever was in is locked, with all she recorded. */
export async function enrol(proof: Proof, password: string): Promise<void> {
  const session = await ok(
    client.POST('/api/v1/enrol', {
      body: { ...proof, password, device: { id: await thisDevice(), name: deviceName() } },
    }),
  )
  if (account.value && account.value.id !== session.account.id) await logout()
  await begin(session)
}

async function begin(session: Schemas['Session']): Promise<void> {
  const known: device.KnownAccount = {
    id: session.account.id,
    login: session.account.login,
    name: session.account.name,
    seats: session.seats,
    access: session.access,
    refresh: session.refresh,
    accessUntil: now() + session.expires_in * 1000,
    mustChange: session.account.must_change,
  }
  await device.rememberAccount(known)
  useAccount(known.id)
  account.value = known
  needsLogin.value = false
}

/** Ends the session on this phone. Records and unsent changes stay in the account's database. */
export async function logout(): Promise<void> {
  const known = account.value
  if (!known) return
  await device.forgetSession(known.id)
  account.value = null
  needsLogin.value = false
  // Whoever comes next is told nothing of hers.
  forgetUnread()
  void import('./push')
    .then((one) => one.leave(known))
    .catch(() => undefined)
    // Best effort: without a network the token simply ends by itself.
    .then(() => known.refresh && ok(client.POST('/api/v1/logout', { body: { refresh: known.refresh } })))
    .catch(() => undefined)
}

let renewing: Promise<string> | undefined

/** A token that will last for the next request. Only one renewal runs at a time, also across tabs. */
export async function accessToken(): Promise<string> {
  const known = account.value
  if (!known) throw new ApiError('unauthenticated', 401)
  if (known.access && known.accessUntil - now() > 30_000) return known.access
  renewing ??= renew(known.id).finally(() => (renewing = undefined))
  return renewing
}

/** Another tab may have logged in again since this one was refused: then its session is taken over. */
export async function loggedInElsewhere(): Promise<boolean> {
  const known = account.value
  const stored = known && (await device.accountById(known.id))
  if (!stored?.refresh || stored.refresh === known?.refresh) return false
  account.value = stored
  needsLogin.value = false
  return true
}

/** Asks for a new token although the old one looked good: the server has refused it. */
export function discardAccess(): void {
  if (account.value) account.value = { ...account.value, access: '', accessUntil: 0 }
}

async function exclusive<T>(name: string, run: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(name, run) : run()
}

function renew(id: string): Promise<string> {
  return exclusive(`niangjia-refresh-${id}`, async () => {
    // Another tab may have renewed meanwhile: what is stored is the truth.
    const stored = await device.accountById(id)
    if (!stored?.refresh) {
      needsLogin.value = true
      throw new ApiError('session_ended', 401)
    }
    if (
      stored.access &&
      stored.accessUntil - now() > 30_000 &&
      stored.access !== account.value?.access &&
      account.value?.access !== ''
    ) {
      account.value = stored
      return stored.access
    }
    try {
      // The same token gets the same successor until that one is used: a lost answer is simply asked for again.
      const tokens = await ok(
        client.POST('/api/v1/refresh', { body: { refresh: stored.refresh, device: await thisDevice() } }),
      )
      const change = {
        access: tokens.access,
        refresh: tokens.refresh,
        accessUntil: now() + tokens.expires_in * 1000,
      }
      await device.changeAccount(id, change)
      if (account.value?.id === id) account.value = { ...account.value, ...change }
      needsLogin.value = false
      return tokens.access
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) needsLogin.value = true
      throw error
    }
  })
}

/** Sets one's own password; the old one is the proof. */
export async function changePassword(old: string, fresh: string): Promise<void> {
  const known = account.value
  if (!known) return
  // This phone's session goes on; other phones ask for the new password.
  await ok(
    client.POST('/api/v1/password', {
      body: { account: known.login, password: old, new_password: fresh, device: await thisDevice() },
    }),
  )
  await device.changeAccount(known.id, { mustChange: false })
  account.value = { ...known, mustChange: false }
}

export async function storeSeats(next: Seat[], name: string): Promise<void> {
  const known = account.value
  if (!known) return
  await device.changeAccount(known.id, { seats: next, name })
  account.value = { ...known, seats: next, name }
}

/** Runs an authorised request; a refused token is renewed once. */
export async function authorised<T>(request: (headers: { Authorization: string }) => Promise<T>): Promise<T> {
  try {
    return await request({ Authorization: `Bearer ${await accessToken()}` })
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401 || needsLogin.value) throw error
    discardAccess()
    return request({ Authorization: `Bearer ${await accessToken()}` })
  }
}

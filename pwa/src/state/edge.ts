import { sha256 as noble } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** The app's clock, randomness and hash; the core takes them from here as arguments. */
export const now = (): number => Date.now()

/** 128 random bits as 32 hex digits. `crypto.randomUUID` would need Chrome 92. */
export const freshId = (): string => bytesToHex(crypto.getRandomValues(new Uint8Array(16)))

export const sha256 = (text: string): string => bytesToHex(noble(utf8ToBytes(text)))

export const edge = { now, freshId, sha256 }

import { hkdfSync } from 'node:crypto'
import { SpellError } from '@llmspell/sdk'
import type { Secrets } from '@llmspell/sdk'
import type { StateConfig } from '../generated/config.ts'

const LEAST = 16

export interface SealKey {
  /** Says which key it is and nothing of it. */
  readonly id: string
  readonly key: Buffer
  /** Signs the mark of a store. */
  readonly sign: Buffer
}

/** The first seals; all of them open. */
export type SealKeys = readonly [SealKey, ...SealKey[]]

/** @throws SECRET_UNKNOWN, STATE_SEALED where a secret is too short to be a key */
export async function keysOf(
  { key, old = [] }: NonNullable<StateConfig['encryption']>,
  secrets: Secrets,
  root: string,
): Promise<SealKeys> {
  const reveal = async (name: string): Promise<SealKey> => {
    const grants = [{ holder: 'plugin state', allow: { secret: [name] } }]
    const text = await secrets.reveal(name, { subject: 'The store', grants, root })
    if (text.length < LEAST) throw tooShort(name, text.length)
    return keyFrom(text)
  }
  return [await reveal(key), ...(await Promise.all(old.map(reveal)))]
}

export function keyFrom(secret: string): SealKey {
  const derive = (info: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, 'llmspell state', info, bytes))
  const [id, key, sign] = [derive('id', 8), derive('key', 32), derive('mark', 32)]
  return { id: id.toString('hex'), key, sign }
}

function tooShort(name: string, found: number): SpellError {
  return new SpellError(
    'STATE_SEALED',
    `The secret '${name}' cannot be the key of the store: expected at least ${LEAST} characters, found ${found}.`,
    { hint: 'Make one with: openssl rand -hex 32' },
  )
}

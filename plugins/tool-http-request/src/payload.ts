import { inputInvalid } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import type { HttpRequestInput } from './generated/input.ts'

const WAYS = ['body', 'json', 'form', 'base64'] as const
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/

export interface Payload {
  readonly body?: string | Uint8Array
  readonly type?: string
}

/** What is sent, and its type where the caller names none. @throws INPUT_INVALID */
export function payloadOf(input: HttpRequestInput): Payload {
  const given = WAYS.filter((way) => input[way] !== undefined)
  if (given.length > 1) throw refused(given[1]!, `one of ${WAYS.join(', ')}`, given.join(' and '))
  if (given.length > 0 && (input.method === 'GET' || input.method === 'HEAD'))
    throw refused(given[0]!, 'a method that sends a body', `'${input.method}'`)
  if (input.json !== undefined)
    return { body: JSON.stringify(input.json), type: 'application/json' }
  if (input.form) {
    const body = new URLSearchParams(Object.entries(input.form)).toString()
    return { body, type: 'application/x-www-form-urlencoded' }
  }
  if (input.base64 !== undefined)
    return { body: bytesOf(input.base64), type: 'application/octet-stream' }
  return input.body === undefined ? {} : { body: input.body, type: 'text/plain; charset=utf-8' }
}

function bytesOf(base64: string): Uint8Array {
  if (BASE64.test(base64)) return Buffer.from(base64, 'base64')
  throw refused('base64', 'base64', 'other characters, or a part of it')
}

export function refused(path: string, expected: string, found: string): SpellError {
  return inputInvalid("Tool 'http-request'", [{ path, expected, found }])
}

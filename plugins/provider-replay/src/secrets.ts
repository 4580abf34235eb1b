import { SpellError } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import type { Sidecar } from './bytes.ts'
import type { Interaction, TapedRequest, TapedResponse } from './cassette.ts'
import { isList, isTable } from './json.ts'
import type { Json } from './json.ts'

const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\bsk-[\w-]{16,}/, "a key that begins with 'sk-'"],
  [/\b[rs]k_(?:live|test)_\w{10,}/, 'a key of Stripe'],
  [/\bAIza[\w-]{30,}/, 'a key of Google'],
  [/\bgh[opusr]_\w{20,}|\bgithub_pat_\w{20,}/, 'a token of GitHub'],
  [/\bglpat-[\w-]{16,}/, 'a token of GitLab'],
  [/\bxox[abeoprs]-[\w-]{10,}/, 'a token of Slack'],
  [/\b(?:AKIA|ASIA)[A-Z\d]{16}\b/, 'a key of AWS'],
  [/\b(?:hf|gsk|npm)_[A-Za-z\d]{30,}/, 'a token of a service'],
  [/\bBearer\s+[\w.~+/-]{12,}/i, 'a bearer token'],
  [/\bauthorization["']?\s*:\s*["']?\w+\s+\S{8,}/i, 'an authorization header'],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./, 'a JSON web token'],
  [/-----BEGIN [A-Z\d ]*PRIVATE KEY-----/, 'a private key'],
]
const SECRET_NAME = /^(?:.*[_-])?(?:api[_-]?key|authorization|password|passphrase|secret|token)$/i
const REFERENCE = /^(?:env|secret):/

/** Finds what may not be written down. */
export class SecretScan {
  readonly #redact: (text: string) => string

  constructor(context: Pick<CallContext, 'redact'> | undefined) {
    this.#redact = (text) => context?.redact?.(text) ?? text
  }

  /** @throws CASSETTE_SECRET naming the place, never the value */
  request(request: TapedRequest, place: string): void {
    this.#walk(request, `${place}.request`)
    this.#named(request['settings'], `${place}.request.settings`)
  }

  /** @throws CASSETTE_SECRET */
  response(response: TapedResponse, place: string): void {
    const { chunks = [] } = response
    this.#walk(response as Json, `${place}.response`)
    for (const type of ['text', 'reasoning']) {
      const said = chunks
        .filter((chunk) => chunk['type'] === type)
        .map((chunk) => chunk['text'] as string)
      this.#text(said.join(''), `${place}.response.chunks`)
    }
  }

  /** @throws CASSETTE_SECRET */
  all(interactions: readonly Interaction[]): void {
    for (const [i, { request, response }] of interactions.entries()) {
      this.request(request, `interactions[${i}]`)
      this.response(response, `interactions[${i}]`)
    }
  }

  /** @throws CASSETTE_SECRET */
  files(sidecar: Sidecar): void {
    for (const [name, bytes] of sidecar)
      this.#text(Buffer.from(bytes).toString('latin1'), `the file ${name}`)
  }

  #walk(value: Json | undefined, place: string): void {
    if (typeof value === 'string') return this.#text(value, place)
    if (typeof value === 'number') return this.#text(String(value), place)
    if (isList(value)) {
      for (const [i, item] of value.entries()) this.#walk(item, `${place}[${i}]`)
    } else if (isTable(value)) {
      for (const key of Object.keys(value)) this.#text(key, `${place}, the name of a key`)
      for (const [key, item] of Object.entries(value)) this.#walk(item, `${place}.${key}`)
    }
  }

  /** By their names, however deep. */
  #named(value: Json | undefined, place: string): void {
    if (isList(value)) for (const [i, item] of value.entries()) this.#named(item, `${place}[${i}]`)
    if (!isTable(value)) return
    for (const [name, item] of Object.entries(value)) {
      const isSecret = typeof item === 'string' && SECRET_NAME.test(name) && !REFERENCE.test(item)
      if (isSecret) throw found(`${place}.${name}`, 'the value of a secret setting')
      this.#named(item, `${place}.${name}`)
    }
  }

  #text(text: string, place: string): void {
    if (this.#redact(text) !== text) throw found(place, 'a value that the run keeps secret')
    const shape = SHAPES.find(([pattern]) => pattern.test(text))
    if (shape) throw found(place, shape[1])
  }
}

function found(place: string, what: string): SpellError {
  const text = `The cassette would hold ${what} at '${place}': nothing is written.`
  return new SpellError('CASSETTE_SECRET', text, {
    hint: 'Keep it out of what models are sent, or replace it by a pattern of plugins.provider-replay.volatile.',
    details: { path: place },
  })
}

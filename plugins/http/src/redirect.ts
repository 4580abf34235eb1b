import { isSpellError } from '@llmspell/sdk'
import { redirectRefused } from './errors.ts'
import type { Question } from './exchange.ts'
import { withoutSecrets } from './headers.ts'
import { targetOf, type Target } from './target.ts'

const MOST_HOPS = 5
const STATUSES = new Set([301, 302, 303, 307, 308])

/** The address that an answer sends on to; undefined for any other answer. */
export function locationOf(status: number, location: string | undefined): string | undefined {
  return STATUSES.has(status) ? location : undefined
}

/** The next question after a redirect, by the rules of fetch. @throws HTTP_REDIRECT */
export function redirected(
  from: Target,
  location: string,
  status: number,
  question: Question,
  hops: number,
): { readonly target: Target; readonly question: Question } {
  if (hops >= MOST_HOPS) throw redirectRefused(from.host, `it is the ${MOST_HOPS + 1}th in a row`)
  const target = placeOf(from, location)
  if (from.secure && !target.secure) throw redirectRefused(from.host, 'it leads from https to http')
  const next = methodAfter(status, question)
  if (
    next.body !== undefined &&
    typeof next.body !== 'string' &&
    !(next.body instanceof Uint8Array)
  )
    throw redirectRefused(from.host, 'the body was a stream and cannot be sent again')
  const headers = target.origin === from.origin ? next.headers : withoutSecrets(next.headers)
  return { target, question: { ...next, headers } }
}

function placeOf(from: Target, location: string): Target {
  try {
    // A relative address keeps the origin; anything absolute is parsed like the first address was.
    return targetOf(/^[a-z][a-z0-9+.-]*:/i.test(location) ? location : joined(from, location))
  } catch (error) {
    const reason = isSpellError(error) ? error.message.replace(/^.*?: /, '').replace(/\.$/, '') : ''
    throw redirectRefused(from.host, `its address cannot be used (${reason})`)
  }
}

function joined({ url }: Target, location: string): string {
  const next = URL.parse(location, url.href)
  if (!next || /[\\\p{Cc}]/u.test(location)) throw new TypeError('no URL')
  return next.href
}

/** 303 asks for a GET, 301 and 302 do after a POST; the rest repeat the question. */
function methodAfter(status: number, question: Question): Question {
  const { method } = question
  const get =
    status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST'
  if (!get) return question
  const kept = Object.entries(question.headers).filter(([name]) => !name.startsWith('content-'))
  return { method: 'GET', headers: Object.fromEntries(kept), body: undefined }
}

import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { isSpellError } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import type { Deadline } from './deadline.ts'
import { failed, failureOf, tooLarge } from './errors.ts'
import type { Pool } from './pool.ts'
import type { Checked } from './resolve.ts'
import type { Target } from './target.ts'

type Body = string | Uint8Array | AsyncIterable<Uint8Array>

/** One question, ready to be sent. */
export interface Question {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body | undefined
}

/** Whether the connection was one that had been used before: then its loss may mean nothing. */
export class Lost extends Error {
  readonly error: SpellError
  readonly reused: boolean

  constructor(error: SpellError, reused: boolean) {
    super(error.message)
    this.error = error
    this.reused = reused
  }
}

const MOST_HEADERS = 1000
const CONNECTION_LOST = 'ECONNRESET'

/** Sends one question and waits for the headers of its answer. @throws Lost; the reason of the deadline */
export async function exchange(
  pool: Pool,
  target: Target,
  addresses: readonly Checked[],
  question: Question,
  deadline: Deadline,
): Promise<IncomingMessage> {
  deadline.check()
  const { method } = question
  const request = pool.open(target, addresses, { method, headers: headersOf(target, question) })
  const stop = watchConnection(request, deadline)
  const leave = (): void => void request.destroy(deadline.signal.reason as Error)
  deadline.signal.addEventListener('abort', leave)
  try {
    const answer = answerOf(request)
    // The answer may come before all is sent, and its failure belongs to whoever waits for it.
    answer.catch(() => undefined)
    await Promise.race([send(request, question.body), answer])
    const waiting = deadline.limit('headersMs', 'no answer came')
    const response = await answer.finally(waiting)
    return checkedResponse(response, target, pool.proxied ? undefined : addresses)
  } catch (error) {
    request.destroy()
    deadline.check()
    throw isSpellError(error) ? error : new Lost(lossOf(target.host, error), request.reusedSocket)
  } finally {
    stop()
    deadline.signal.removeEventListener('abort', leave)
  }
}

function lossOf(host: string, error: unknown): SpellError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'HPE_HEADER_OVERFLOW') return tooLarge(host, 'headers', 'their limit', 'headerBytes')
  return failureOf(host, error)
}

function headersOf({ url }: Target, { headers, body }: Question): Record<string, string> {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : undefined
  const known = body instanceof Uint8Array ? body.byteLength : length
  return {
    host: url.host,
    ...headers,
    ...(known === undefined ? {} : { 'content-length': String(known) }),
  }
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.maxHeadersCount = 0
    request.once('response', resolve)
    request.on('error', reject)
    request.once('close', () =>
      reject(Object.assign(new Error('closed'), { code: CONNECTION_LOST })),
    )
    // An answer that leaves HTTP is none that was asked for.
    request.once('upgrade', (_, socket) => socket.destroy())
  })
}

/** The time to connect counts from when there is a socket to connect: before, the request waits for its turn. */
function watchConnection(request: ClientRequest, deadline: Deadline): () => void {
  let stop = (): void => undefined
  request.once('socket', (socket: Socket) => {
    if (!socket.connecting) return
    stop = deadline.limit('connectMs', 'no connection was made')
    socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', () => stop())
  })
  return () => stop()
}

async function send(request: ClientRequest, body: Body | undefined): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    request.end(body)
    return
  }
  for await (const piece of body) {
    if (request.destroyed) return
    if (!request.write(piece)) await drained(request)
  }
  request.end()
}

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      request.off('drain', done).off('close', done)
      resolve()
    }
    request.on('drain', done).on('close', done)
  })
}

/** The last look: what was connected to is what was checked. */
function checkedResponse(
  response: IncomingMessage,
  { host }: Target,
  addresses: readonly Checked[] | undefined,
): IncomingMessage {
  const refuse = (error: SpellError): never => {
    response.destroy()
    throw error
  }
  const real = response.socket.remoteAddress?.replace(/%.*$/, '')
  if (real !== undefined && addresses?.every((each) => !sameAddress(each.address, real)))
    return refuse(failed(host, 'another address answered than the one that was checked'))
  if (response.rawHeaders.length > MOST_HEADERS * 2)
    return refuse(tooLarge(host, 'headers', `${MOST_HEADERS} lines`, 'headerBytes'))
  return response
}

function sameAddress(one: string, other: string): boolean {
  const form = (text: string): string | undefined =>
    URL.parse(`http://${text.includes(':') ? `[${text.replace(/%.*$/, '')}]` : text}`)?.hostname
  return form(one) === form(other)
}

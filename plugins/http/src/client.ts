import type { IncomingMessage } from 'node:http'
import { SpellError, sleep } from '@llmspell/sdk'
import type { Access, HttpLimits, HttpRequest, HttpResponse, Permissions } from '@llmspell/sdk'
import { Answer } from './answer.ts'
import { loadClassify, type Classify } from './address.ts'
import { Deadline, type Limits } from './deadline.ts'
import { headerRefused, redirectRefused } from './errors.ts'
import { exchange, Lost, type Question } from './exchange.ts'
import type { HttpConfig } from './generated/config.ts'
import { checkHeaders } from './headers.ts'
import { permitAddresses, permitLookup, type Sent } from './permit.ts'
import { Pool } from './pool.ts'
import { locationOf, redirected } from './redirect.ts'
import { isClosed, resolve, systemLookup, type Checked, type Lookup } from './resolve.ts'
import { sentOf } from './sent.ts'
import { isLoss, isPassing, isRepeatable, pauseAfter } from './retry.ts'
import { targetOf, type Target } from './target.ts'

export interface Means {
  readonly permissions: Permissions
  readonly config: HttpConfig
  /** Default: the system's. */
  readonly lookup?: Lookup
}

interface Trip {
  readonly access: Access
  readonly deadline: Deadline
  retries: number
}

const CODINGS = 'gzip, deflate, br, zstd'

/** Makes requests: decides, connects, follows, repeats, all within one deadline. */
export class Client {
  readonly #means: Means
  readonly #pool: Pool
  readonly #open = new Set<Deadline>()
  #classify: Promise<Classify> | undefined

  constructor(means: Means) {
    this.#means = means
    this.#pool = new Pool(means.config)
  }

  /** @throws see Http */
  async request(request: HttpRequest, access: Access): Promise<HttpResponse> {
    const target = targetOf(request.url)
    const question = this.#question(request)
    const deadline = new Deadline(target.host, this.#limits(request.limits), access.signal)
    this.#open.add(deadline)
    deadline.onEnd(() => this.#open.delete(deadline))
    try {
      deadline.check()
      const trip = { access, deadline, retries: request.retries ?? 0 }
      return await this.#follow(target, question, request.redirect ?? 'follow', trip)
    } catch (error) {
      deadline.end()
      throw error
    }
  }

  /** Ends what is under way. */
  close(): void {
    for (const deadline of this.#open) {
      deadline.fail(new SpellError('CANCELLED', 'The request was cancelled: the client is closed.'))
    }
    this.#pool.close()
  }

  #limits(asked: HttpLimits = {}): Limits {
    const { connectMs, headersMs, idleMs, totalMs, maxBytes } = this.#means.config
    return { connectMs, headersMs, idleMs, totalMs, maxBytes, ...asked }
  }

  #question({ method = 'GET', headers = {}, body }: HttpRequest): Question {
    const { headerBytes, userAgent } = this.#means.config
    const own = { 'accept-encoding': CODINGS, 'user-agent': userAgent }
    const checked = checkHeaders(headers, headerBytes)
    return { method: methodOf(method), headers: { ...own, ...checked }, body }
  }

  async #follow(
    target: Target,
    question: Question,
    how: NonNullable<HttpRequest['redirect']>,
    trip: Trip,
  ): Promise<HttpResponse> {
    const passed: string[] = []
    for (let hop = { target, question }; ;) {
      const addresses = await this.#permitted(hop.target, sentOf(hop.question), trip)
      const message = await this.#tries(hop.target, addresses, hop.question, trip)
      const status = message.statusCode ?? 0
      const location = locationOf(status, message.headers.location)
      if (location === undefined || how === 'manual')
        return new Answer(message, hop.target, passed, trip.deadline, this.#means.config)
      message.destroy()
      if (how === 'error') throw redirectRefused(hop.target.host, 'none is to be followed')
      passed.push(hop.target.url.href)
      hop = redirected(hop.target, location, status, hop.question, passed.length - 1)
    }
  }

  async #permitted(
    target: Target,
    sent: Sent,
    { access, deadline }: Trip,
  ): Promise<readonly Checked[]> {
    const { permissions, lookup = systemLookup } = this.#means
    const classify = await (this.#classify ??= loadClassify())
    const what = { sent, closed: isClosed(target, classify) }
    const asked = await deadline.race(permitLookup(permissions, target, access, what))
    const found = await resolve(target, classify, lookup, deadline)
    await deadline.race(permitAddresses(permissions, target, found, access, asked, sent))
    return found
  }

  /** The same question until it is answered for good. The addresses stay: a retry is no new decision. */
  async #tries(
    target: Target,
    addresses: readonly Checked[],
    question: Question,
    trip: Trip,
  ): Promise<IncomingMessage> {
    const again = isRepeatable(question.method) && isKept(question.body)
    for (let attempt = 1, spare = 1; ; attempt++) {
      const outcome = await exchange(this.#pool, target, addresses, question, trip.deadline).catch(
        (error: unknown) => (error instanceof Lost ? error : Promise.reject(error as Error)),
      )
      const lost = outcome instanceof Lost
      // A kept connection that the server closed meanwhile is no failure yet.
      if (lost && outcome.reused && again && spare-- > 0) continue
      if (!again || trip.retries < 1 || !isWorthRepeating(outcome)) {
        if (lost) throw outcome.error
        return outcome
      }
      trip.retries--
      const asked = lost ? undefined : outcome.headers['retry-after']
      if (!lost) outcome.destroy()
      await sleep(pauseAfter(attempt, asked), trip.deadline.signal)
      trip.deadline.check()
    }
  }
}

function isWorthRepeating(outcome: IncomingMessage | Lost): boolean {
  if (!(outcome instanceof Lost)) return isPassing(outcome.statusCode ?? 0)
  const { details } = outcome.error
  return isLoss((details as { system?: unknown } | undefined)?.system)
}

function isKept(body: HttpRequest['body']): boolean {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array
}

function methodOf(method: string): string {
  const name = method.toUpperCase()
  if (/^[A-Z][A-Z-]{1,19}$/.test(name) && !/^(?:CONNECT|TRACE|TRACK)$/.test(name)) return name
  throw headerRefused(method, 'a method such as GET or POST', 'another')
}

import type { Http, HttpResponse, ToolCall, Workers } from '@llmspell/sdk'
import { answered, lost, notAPage } from './errors.ts'
import type { WebScrapeInput } from './generated/input.ts'
import type { Page, Reading } from './page.ts'
import type { Rate } from './rate.ts'
import { AGENT, Robots } from './robots.ts'
import { inThread } from './thread.ts'

const MAX_HOPS = 5
const MAX_BYTES = 5 * 1024 * 1024
const TYPE = /^(?:text\/|application\/(?:xhtml\+xml|xml|json|[\w.-]+\+json))/i

export interface Means {
  readonly http: Http
  readonly workers: Workers
  readonly rate: Rate
}

/** One page that was read, and where it was in the end. */
export interface Visited extends Page {
  readonly url: string
  readonly status: number
  readonly bytes: number
}

/** Visits pages for one call: by the site's wishes, at the host's pace, each redirect a visit of its own. */
export class Visitor {
  readonly #means: Means
  readonly #input: WebScrapeInput
  readonly #call: ToolCall
  readonly #robots: Robots

  constructor(means: Means, input: WebScrapeInput, call: ToolCall) {
    this.#means = means
    this.#input = input
    this.#call = call
    this.#robots = new Robots(means.http, means.workers, call)
  }

  /** @throws what http throws; WEB_ROBOTS, WEB_STATUS, WEB_NO_PAGE, WEB_TOO_COMPLEX */
  async visit(address: string): Promise<Visited> {
    await using response = await this.#arrive(address)
    const { status, url, headers } = response
    if (status < 200 || status > 299) throw answered(url, status)
    const type = headers['content-type']
    if (type !== undefined && !TYPE.test(type.trim())) throw notAPage(url, type)
    const bytes = await response.bytes()
    if (bytes.subarray(0, 1024).includes(0) && !isWide(bytes, type))
      throw notAPage(url, 'other bytes')
    const page = await this.#read(bytes, url, type)
    return { ...page, url, status, bytes: bytes.byteLength }
  }

  async #arrive(address: string): Promise<HttpResponse> {
    let url = address
    for (let hops = 0; ; hops++) {
      const response = await this.#request(url)
      const location =
        response.status >= 300 && response.status < 400 && response.headers['location']
      if (!location) return response
      await response.close()
      url = nextOf(new URL(response.url), location, hops)
    }
  }

  async #request(address: string): Promise<HttpResponse> {
    const { http, rate } = this.#means
    const url = URL.parse(address)
    // What is no address the client refuses, with its reason.
    if (url && /^https?:$/.test(url.protocol)) {
      const asked = this.#input.robots ? await this.#robots.check(url) : 0
      await rate.turn(url.host, Math.max(asked, 1000 / this.#input.rate), this.#call.signal)
    }
    const headers = { 'user-agent': AGENT, accept: 'text/html,application/xhtml+xml,text/*;q=0.8' }
    const limits = { maxBytes: MAX_BYTES }
    return http.request({ url: address, headers, limits, redirect: 'manual' }, this.#call)
  }

  #read(bytes: Uint8Array, url: string, type: string | undefined): Promise<Page> {
    const { as, selectors = {}, readable } = this.#input
    const reading: Reading = { url, type, as, selectors, readable }
    return inThread<Page>(this.#means.workers, 'readPage', [bytes, reading], this.#call)
  }
}

function nextOf(from: URL, location: string, hops: number): string {
  const next = URL.parse(location, from.href)
  if (hops >= MAX_HOPS) throw lost(from, `its redirect is the ${MAX_HOPS + 1}th in a row`)
  if (!next || !/^https?:$/.test(next.protocol))
    throw lost(from, 'its redirect leads out of the web')
  if (from.protocol === 'https:' && next.protocol === 'http:')
    throw lost(from, 'its redirect leads from https to http')
  next.hash = ''
  return next.href
}

function isWide([a, b]: Uint8Array, type: string | undefined): boolean {
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || /utf-?16/i.test(type ?? '')
}

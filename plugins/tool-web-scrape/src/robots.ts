import { isSpellError } from '@llmspell/sdk'
import type { Http, HttpResponse, ToolCall, Workers } from '@llmspell/sdk'
import { robotsRefuse } from './errors.ts'
import { inThread } from './thread.ts'

export const AGENT = 'llmspell'
/** What the standard asks to be read at least. */
const MAX_BYTES = 500 * 1024
const MAX_DELAY = 30_000
const CLOSED = 'User-agent: *\nDisallow: /'

/** The wishes of the sites of one call, each asked for once. */
export class Robots {
  readonly #http: Http
  readonly #workers: Workers
  readonly #call: ToolCall
  readonly #texts = new Map<string, Promise<string>>()

  constructor(http: Http, workers: Workers, call: ToolCall) {
    this.#http = http
    this.#workers = workers
    this.#call = call
  }

  /** @returns ms that the site wants between visits. @throws WEB_ROBOTS; what the request for robots.txt throws */
  async check(url: URL): Promise<number> {
    const { origin } = url
    let text = this.#texts.get(origin)
    if (!text) this.#texts.set(origin, (text = this.#fetch(`${origin}/robots.txt`)))
    const args = [await text, `${origin}/robots.txt`, AGENT, url.href]
    const said = await inThread<{ allowed: boolean; delay?: number }>(
      this.#workers,
      'askRobots',
      args,
      this.#call,
    )
    if (!said.allowed) throw robotsRefuse(url)
    return Math.min((said.delay ?? 0) * 1000, MAX_DELAY)
  }

  /** Where there is none all is open; where the site cannot say, nothing is (RFC 9309). */
  async #fetch(url: string): Promise<string> {
    try {
      await using response = await this.#http.request(
        { url, limits: { totalMs: 15_000 } },
        this.#call,
      )
      if (response.status >= 500 || response.status === 429) return CLOSED
      return response.status === 200 ? await startOf(response) : ''
    } catch (error) {
      const unreachable =
        isSpellError(error) && /^HTTP_(?:FAILED|TIMEOUT|REDIRECT)$/.test(error.code)
      // A site that is not there at all is for the visit itself to report.
      if (unreachable && error.code !== 'HTTP_FAILED') return CLOSED
      if (unreachable) return ''
      throw error
    }
  }
}

async function startOf({ body }: HttpResponse): Promise<string> {
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for await (const piece of body) {
    text += decoder.decode(piece, { stream: true })
    bytes += piece.byteLength
    if (bytes >= MAX_BYTES) break
  }
  return text
}

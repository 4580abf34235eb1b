import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { ModelSettings } from '@llmspell/sdk'
import { DRIP } from '@llmspell/sdk/testing'
import type { ProviderBehaviour, ProviderFault, SeenByServer } from '@llmspell/sdk/testing'

/** Status and code of each failure that the service has words for. */
const FAILURES: Readonly<Partial<Record<ProviderFault, readonly [number, string]>>> = {
  auth: [401, 'key_refused'],
  quota: [403, 'account_empty'],
  rate_limit: [429, 'too_fast'],
  rate_limit_seconds: [429, 'too_fast'],
  rate_limit_date: [429, 'too_fast'],
  context: [400, 'verse_too_long'],
  safety: [400, 'held_back'],
  request: [400, 'odd_metre'],
  model: [404, 'no_such_poet'],
  server_error: [500, 'overloaded'],
}

type Event = readonly [name: string, data: object]

/** The service Stanza on the loopback, which behaves as a test wishes. */
export class StanzaServer {
  #events: readonly Event[] = []
  #fault: ProviderFault | undefined
  #gate: Promise<void> | undefined
  #seen = { body: '', authorization: '', closed: false }
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  static async start(): Promise<StanzaServer> {
    const server = new StanzaServer()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  /** Sends these events: name and data in turn. */
  events(...parts: readonly (string | object)[]): ModelSettings {
    this.#fault = undefined
    this.#events = parts.flatMap((part, i) => (i % 2 ? [[parts[i - 1], part] as Event] : []))
    return this.#model(true)
  }

  behave(behaviour: ProviderBehaviour): ModelSettings {
    if ('fail' in behaviour) {
      this.#fault = behaviour.fail
      return this.#model(behaviour.fail !== 'refused')
    }
    if ('say' in behaviour) return this.events(...said(behaviour).flat())
    const calls = 'call' in behaviour ? behaviour.call : [{ name: 'sum', input: behaviour.broken }]
    return this.events(...calls.flatMap(callOf).flat(), 'end', {
      reason: 'tool_calls',
      tokens: TOKENS,
    })
  }

  seen(): SeenByServer {
    return this.#seen
  }

  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return () => {
      this.#gate = undefined
      resolve()
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #model(listens: boolean): ModelSettings {
    const { port } = this.#server.address() as AddressInfo
    // Nobody listens at port 1.
    const baseUrl = `http://127.0.0.1:${listens ? port : 1}`
    return { provider: 'stanza', model: 'keats', baseUrl, apiKey: 'key-under-test' }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = String(request.headers['x-stanza-key'] ?? '')
    const seen = { body: '', authorization: key, closed: false }
    this.#seen = seen
    response.on('close', () => (seen.closed = true))
    for await (const chunk of request.setEncoding('utf8')) seen.body += String(chunk)
    if (request.url === '/poets')
      return void response.end('{"poets":[{"name":"keats","window":8000}]}')
    if (this.#fault) return this.#fail(this.#fault, response)
    for (const [index, event] of this.#events.entries()) {
      response.write(textOf(event))
      if (index === 0) await this.#gate
    }
    response.end()
  }

  async #fail(fault: ProviderFault, response: ServerResponse): Promise<void> {
    const failure = FAILURES[fault]
    if (failure) return refuse(response, failure, retryAfter(fault))
    if (fault === 'cut') {
      response.write(textOf(['line', { text: 'one two ' }]))
      await pause(20)
      response.destroy()
    }
    if (fault === 'garbage') response.end('event: line\ndata: {"half\n\n')
    if (fault === 'page') response.end('<html>Log in</html>')
    if (fault === 'drip') await drip(response)
  }
}

const TOKENS = { in: 3, out: 5 }

function said({ say, usage }: Extract<ProviderBehaviour, { say: string }>): Event[] {
  const { input, output, cached, thought } = usage ?? { input: 3, output: 5 }
  const lines = (say.match(/\S+\s*/g) ?? []).map((text): Event => ['line', { text }])
  return [...lines, ['end', { tokens: { in: input, out: output, kept: cached, thought } }]]
}

/** The arguments in two pieces. */
function callOf({ name, input }: { name: string; input: unknown }, index: number): Event[] {
  const id = `c${index}`
  const json = typeof input === 'string' ? input : JSON.stringify(input)
  const half = json.length >> 1
  return [
    ['call.open', { id, name }],
    ['call.piece', { id, json: json.slice(0, half) }],
    ['call.piece', { id, json: json.slice(half) }],
    ['call.close', { id }],
  ]
}

const textOf = ([name, data]: Event): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

function retryAfter(fault: ProviderFault): string | undefined {
  if (fault === 'rate_limit') return '1.5'
  if (fault === 'rate_limit_seconds') return '2'
  return fault === 'rate_limit_date' ? new Date(Date.now() + 10_000).toUTCString() : undefined
}

function refuse(
  response: ServerResponse,
  [status, code]: readonly [number, string],
  wait: string | undefined,
): void {
  const headers = {
    'x-stanza-request': 'r1',
    ...(wait === undefined ? {} : { 'retry-after': wait }),
  }
  response.writeHead(status, headers)
  response.end(JSON.stringify({ error: { code, message: `It is ${code}` } }))
}

async function drip(response: ServerResponse): Promise<void> {
  const text = [textOf(['line', { text: DRIP }]), ':wait\n\n', textOf(['end', { tokens: TOKENS }])]
  for (const byte of Buffer.from(text.join(''))) {
    response.write(Buffer.of(byte))
    await pause(1)
  }
  response.end()
}

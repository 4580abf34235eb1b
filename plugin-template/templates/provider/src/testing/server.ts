import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { ModelSettings } from '@llmspell/sdk'
import { DRIP } from '@llmspell/sdk/testing'
import type { ProviderBehaviour, ProviderFault, SeenByServer } from '@llmspell/sdk/testing'

const STATUS: Readonly<Partial<Record<ProviderFault, number>>> = {
  auth: 401,
  rate_limit: 429,
  rate_limit_seconds: 429,
  request: 400,
  context: 413,
  model: 404,
  server_error: 500,
}
const WAIT: Readonly<Partial<Record<ProviderFault, string>>> = {
  rate_limit: '1.5',
  rate_limit_seconds: '2',
}
const RAW: Readonly<Partial<Record<ProviderFault, string>>> = {
  garbage: '{"half',
  page: '<html>Log in</html>',
}

/** A server on the loopback that behaves as the suite wishes. */
export class TestServer {
  #behaviour: ProviderBehaviour = { say: '' }
  #gate: Promise<void> | undefined
  #seen = { body: '', authorization: '', closed: false }
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  behave(behaviour: ProviderBehaviour): ModelSettings {
    this.#behaviour = behaviour
    const refused = 'fail' in behaviour && behaviour.fail === 'refused'
    const { port } = this.#server.address() as AddressInfo
    // Nobody listens at port 1.
    const baseUrl = `http://127.0.0.1:${refused ? 1 : port}`
    return { provider: 'my-plugin', model: 'tiny', baseUrl, apiKey: 'key-under-test' }
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = { body: '', authorization: request.headers.authorization ?? '', closed: false }
    this.#seen = seen
    response.on('close', () => (seen.closed = true))
    for await (const chunk of request.setEncoding('utf8')) seen.body += String(chunk)
    const behaviour = this.#behaviour
    if ('fail' in behaviour) return this.#fail(behaviour.fail, response)
    const pieces = 'say' in behaviour ? (behaviour.say.match(/\S+\s*/g) ?? []) : []
    const calls = 'call' in behaviour ? behaviour.call : []
    for (const [index, text] of pieces.entries()) {
      response.write(`${JSON.stringify({ text })}\n`)
      if (index === 0) await this.#gate
    }
    for (const call of calls) response.write(`${JSON.stringify({ call })}\n`)
    const done = calls.length > 0 ? 'tool_calls' : 'stop'
    response.end(JSON.stringify({ done, usage: { input: 3, output: 5 } }))
  }

  async #fail(fault: ProviderFault, response: ServerResponse): Promise<void> {
    if (fault === 'hang') return
    if (fault === 'cut') return cut(response)
    if (fault === 'drip') return drip(response)
    const wait = WAIT[fault]
    response.writeHead(STATUS[fault] ?? 200, wait === undefined ? {} : { 'retry-after': wait })
    response.end(RAW[fault] ?? fault)
  }
}

async function cut(response: ServerResponse): Promise<void> {
  response.write(`${JSON.stringify({ text: 'one two ' })}\n`)
  await pause(20)
  response.destroy()
}

async function drip(response: ServerResponse): Promise<void> {
  const lines = [{ text: DRIP }, { done: 'stop', usage: { input: 1, output: 1 } }]
  for (const byte of Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))) {
    response.write(Buffer.of(byte))
    await pause(1)
  }
  response.end()
}

import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { ModelSettings, Provider } from '@llmspell/sdk'
import { DRIP } from '@llmspell/sdk/testing'
import type { ProviderBehaviour, ProviderFault, ProviderUnderTest } from '@llmspell/sdk/testing'
import type { WireReply, WireServer } from './wire-server.ts'

/** One provider before its loopback server. */
export interface Stand<R extends WireReply> {
  readonly provider: Provider
  readonly server: WireServer<R>
  /** Without address and key. */
  readonly model: ModelSettings
  /** Header that carries the key; default `authorization`. */
  readonly keyHeader?: string
  /** What its server says of each failure, in its protocol. */
  readonly failures: Readonly<Partial<Record<ProviderFault, R>>>
}

const COMMON: Readonly<Partial<Record<ProviderFault, WireReply>>> = {
  rate_limit: { status: 429, headers: { 'retry-after': '1.5' } },
  rate_limit_seconds: { status: 429, headers: { 'retry-after': '2' } },
  server_error: { status: 500 },
  cut: { text: 'one two three four five six seven', delayMs: 5, cutAfter: 6 },
  garbage: { raw: '{"half' },
  page: { raw: '<html>Log in</html>', contentType: 'text/html' },
  drip: { text: DRIP, dripMs: 1 },
  hang: { hang: true },
}

/** Makes a server behave as the suite of providers wishes. */
export async function underTest<R extends WireReply>(stand: Stand<R>): Promise<ProviderUnderTest> {
  const { provider, server, model, keyHeader = 'authorization' } = stand
  const gone = await closedPort()
  let gate: Promise<void> | undefined
  return {
    provider,
    behave(behaviour) {
      const reply = { ...replyTo(behaviour, stand), ...(gate ? { hold: gate } : {}) } as R
      gate = undefined
      server.reset(() => reply)
      const refused = 'fail' in behaviour && behaviour.fail === 'refused'
      return { ...model, baseUrl: refused ? gone : server.baseUrl, apiKey: 'key-under-test' }
    },
    seen() {
      const { headers, body, path, closed } = server.last
      const authorization = String(headers[keyHeader] ?? '')
      return { body: path + JSON.stringify(body), closed, authorization }
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return () => resolve()
    },
    close: () => server.close(),
  }
}

function replyTo<R extends WireReply>(behaviour: ProviderBehaviour, stand: Stand<R>): WireReply {
  if ('say' in behaviour)
    return {
      text: behaviour.say,
      bytewise: true,
      ...(behaviour.usage && { usage: behaviour.usage }),
    }
  if ('broken' in behaviour) return { toolCalls: [{ name: 'sum', arguments: behaviour.broken }] }
  if ('fail' in behaviour) return failing(behaviour.fail, stand)
  return {
    toolCalls: behaviour.call.map(({ name, input }) => ({ name, arguments: input as object })),
  }
}

function failing<R extends WireReply>(fault: ProviderFault, { failures }: Stand<R>): WireReply {
  if (fault === 'rate_limit_date')
    return { status: 429, headers: { 'retry-after': new Date(Date.now() + 10_000).toUTCString() } }
  return { ...COMMON[fault], ...failures[fault] }
}

/** An address at which nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return `http://127.0.0.1:${port}/v1`
}

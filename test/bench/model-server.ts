// A model on the loopback, in a process of its own, so that what it costs is nobody's. It calls the calculator until it
// has read five results, and streams as many pieces as the name of the model says: `stream-10000`.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { OpenAIServer } from '../support/openai-server.ts'
import type { ServerReply } from '../support/openai-server.ts'
import type { Json } from '../support/wire-answer.ts'

export const CALLS = 5

export interface ModelServer extends Disposable {
  readonly baseUrl: string
  readonly origin: string
}

/** Starts it. */
export async function modelServer(): Promise<ModelServer> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: [] })
  const [{ baseUrl, origin }] = (await once(child, 'message')) as [ModelServer]
  return { baseUrl, origin, [Symbol.dispose]: () => void child.kill() }
}

const WORDS = new Map<number, readonly string[]>()

function words(count: number): readonly string[] {
  const known = WORDS.get(count) ?? Array.from({ length: count }, () => 'word ')
  WORDS.set(count, known)
  return known
}

function replyTo({ model, messages }: Json): ServerReply {
  const pieces = /^stream-(\d+)$/.exec(String(model))?.[1]
  if (pieces !== undefined) return { text: words(Number(pieces)) }
  const read = (messages as readonly Json[]).filter(({ role }) => role === 'tool').length
  if (read >= CALLS) return { text: 'Done.' }
  return {
    toolCalls: [
      {
        id: `call_${read}`,
        name: 'calculator',
        arguments: { expression: `${read} + 1`, mode: 'auto' },
      },
    ],
  }
}

if (process.argv[2] === 'serve') {
  const server = await OpenAIServer.start((_index, body) => {
    server.requests.length = 0
    return replyTo(body)
  })
  process.send!({ baseUrl: server.baseUrl, origin: server.origin })
  process.on('disconnect', () => process.exit())
}

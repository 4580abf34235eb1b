import fastify, { type FastifyInstance } from 'fastify'
import { isSpellError, type Runtime } from '@llmspell/runtime'
import { answerEvents } from './sse.ts'

interface RunBody {
  readonly source: string
  readonly engine?: 'lua' | 'javascript'
}

const RUN = {
  body: {
    type: 'object',
    required: ['source'],
    additionalProperties: false,
    properties: {
      source: { type: 'string', maxLength: 100_000 },
      engine: { enum: ['lua', 'javascript'] },
    },
  },
}
const ASK = {
  querystring: {
    type: 'object',
    required: ['question'],
    properties: { question: { type: 'string', maxLength: 4_000 } },
  },
}
/** Of one request. In a thread, a script that computes without end holds up nobody else. */
const LIMITS = { timeMs: 5_000, memoryBytes: 32 * 1024 * 1024, calls: 1_000, outputBytes: 65_536 }

/** A server over one runtime, which outlives it. */
export function serverOf(runtime: Runtime): FastifyInstance {
  const server = fastify()
  server.setErrorHandler(async (error, _request, reply) => {
    if (!isSpellError(error)) return reply.send(error)
    const { code, message, hint } = error
    return reply.status(statusOf(code)).send({ code, message, hint })
  })
  server.post<{ Body: RunBody }>('/run', { schema: RUN }, async ({ body, signal }) => {
    const call = { limits: LIMITS, isolation: 'worker', signal } as const
    const { value, output, calls } = await runtime.run({ ...body, ...call })
    return { value: value ?? null, output, calls }
  })
  server.get<{ Querystring: { question: string } }>('/ask', { schema: ASK }, (request, reply) => {
    const events = answerEvents(runtime, request.query.question, request.signal)
    return reply.header('content-type', 'text/event-stream').send(events)
  })
  return server
}

const statusOf = (code: string): number =>
  code === 'PERMISSION_DENIED' ? 403 : code === 'TIMEOUT' ? 408 : code === 'INTERNAL' ? 500 : 422

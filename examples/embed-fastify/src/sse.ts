import { Readable } from 'node:stream'
import { isSpellError, type Runtime } from '@llmspell/runtime'

/** The answer of an agent as server-sent events. It ends when the signal does, so that nothing is paid for that nobody reads. */
export function answerEvents(runtime: Runtime, question: string, signal: AbortSignal): Readable {
  return Readable.from(events(runtime, question, signal))
}

async function* events(
  runtime: Runtime,
  question: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await using agent = await runtime.agent({ tools: ['calculator'], budget: { max_steps: 5 } })
  try {
    for await (const chunk of agent.stream(question, { signal, timeoutMs: 30_000 })) {
      if (chunk.type === 'text') yield event('text', { text: chunk.text })
      if (chunk.type === 'finish') yield event('done', { usage: chunk.result.metadata.usage })
    }
  } catch (error) {
    yield event('failed', { code: isSpellError(error) ? error.code : 'INTERNAL' })
  }
}

const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

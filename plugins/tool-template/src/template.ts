import { SpellError, isSpellError } from '@llmspell/sdk'
import type { Tool, ToolCall, Workers } from '@llmspell/sdk'
import type { TemplateInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'

const module = new URL('./work.js', import.meta.url)
const LIMITS = { timeoutMs: 2000, memoryBytes: 64 * 1024 * 1024 }

/** The tool. Every template runs in a thread that can be ended: loops in it are loops. */
export function template(workers: Workers): Tool<TemplateInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      const text = await rendered(input, call, workers)
      return { result: { text }, text, operation: 'render' }
    },
  }
}

async function rendered(input: TemplateInput, call: ToolCall, workers: Workers): Promise<string> {
  const { template: source, values, escape } = input
  const strict = {
    strictVariables: input.strict_variables,
    strictFilters: input.strict_filters,
  }
  const args = [source, values, { escape, ...strict }]
  const { subject, signal } = call
  try {
    return await workers.run<string>({
      module,
      function: 'render',
      args,
      subject,
      signal,
      ...LIMITS,
    })
  } catch (error) {
    throw asLimit(error, call)
  }
}

const ENDED: Readonly<Record<string, string>> = {
  TIMEOUT: '2 seconds',
  MEMORY_LIMIT: '64 MiB',
}

/** What the template asked for was too much: that is judged, not raised. */
function asLimit(error: unknown, { signal }: ToolCall): unknown {
  const limit = isSpellError(error) ? ENDED[error.code] : undefined
  if (limit === undefined || signal.aborted) return error
  const message = `The template was stopped: filling it took more than ${limit}.`
  const hint = 'Fill a smaller template, or with fewer values.'
  return new SpellError('TEMPLATE_LIMIT', message, { hint, cause: error })
}

import {
  fromErrorRecord,
  isSpellError,
  toErrorRecord,
  type ErrorRecord,
  type ToolResult,
  type Value,
} from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { toJson } from '../print/envelope.ts'
import { printable } from '../print/escape.ts'
import { failureText } from '../print/failure.ts'
import { err, out } from '../print/output.ts'
import { ProgressLine } from '../print/progress.ts'
import { painter } from '../print/style.ts'
import { asking } from '../run/ask.ts'
import { Interrupt } from '../run/interrupt.ts'
import { runOptions, text } from '../run/options.ts'
import { policyChain } from '../run/policy.ts'
import type { Stage } from '../stage.ts'
import { findTool } from './find.ts'
import { toolInput } from './input.ts'
import { inputSchema } from './schema.ts'

/**
 * Calls a tool through the door, with the grants of the flags, as a script would.
 * @returns the exit code: that of a failed tool where it reports a failure
 */
export async function invokeTool(stage: Stage): Promise<number> {
  const options = runOptions({ ...stage.parsed, rest: [] })
  const config = await stage.config()
  const kernel = await stage.open(config)
  const entry = findTool(kernel.extensions, stage.parsed.args[0]!)
  const schema = inputSchema(kernel.extensions, entry)
  const input = toolInput(entry.name, schema, text(stage.parsed, 'input'), stage.parsed.rest)
  const runtime = await kernel.use('script-runtime')
  const line = new ProgressLine({ quiet: stage.json || stage.quiet })
  using interrupt = new Interrupt()
  await using run = runtime.open({
    ...options,
    ...(await policyChain(stage, kernel, config, options)),
    ...asking(stage.parsed, line),
    signal: interrupt.signal,
    onProgress: (progress) => line.report(progress),
  })
  const result = await called(run, entry.name, input)
  line.clear()
  print(stage, result)
  return result.success ? 0 : EXIT_CODES.tool
}

interface Caller {
  call(module: string, fn: string, args: readonly Value[]): Promise<unknown>
}

async function called(
  run: Caller,
  name: string,
  input: Record<string, Value>,
): Promise<ToolResult> {
  try {
    return (await run.call('Tool', 'execute', [name, input, {}])) as ToolResult
  } catch (error) {
    throw withHint(error, `See its parameters with: llmspell tool info ${name}`)
  }
}

function withHint(error: unknown, hint: string): unknown {
  const bare = isSpellError(error) && error.code === 'INPUT_INVALID' && error.hint === undefined
  return bare ? fromErrorRecord({ ...toErrorRecord(error), hint }) : error
}

function print({ json }: Stage, result: ToolResult): void {
  if (json) {
    out(`${toJson({ ok: result.success, ...result })}\n`)
    return
  }
  const fault = result.success ? undefined : (result.error as ErrorRecord | undefined)
  if (fault) err(failureText(fromErrorRecord(fault), painter(process.stderr.isTTY)))
  else if (result.success) out(lineOf(printable(result.text)))
  else err(lineOf(printable(result.text, () => process.stderr.isTTY)))
}

const lineOf = (text: string): string => (text.endsWith('\n') || text === '' ? text : `${text}\n`)

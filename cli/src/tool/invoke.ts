import type { RunOptions, ToolResult } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { toJson } from '../print/envelope.ts'
import { harmless } from '../print/escape.ts'
import { err, out } from '../print/output.ts'
import { ProgressLine } from '../print/progress.ts'
import { Interrupt } from '../run/interrupt.ts'
import { runOptions, text } from '../run/options.ts'
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
  const kernel = await stage.open(await stage.config())
  const entry = findTool(kernel.extensions, stage.parsed.args[0]!)
  const schema = inputSchema(kernel.extensions, entry)
  const input = toolInput(entry.name, schema, text(stage.parsed, 'input'), stage.parsed.rest)
  const runtime = await kernel.use('script-runtime')
  const line = new ProgressLine({ quiet: stage.json || stage.quiet })
  await using run = runtime.open({ ...options, ...wires(line) })
  const result = (await run.call('Tool', 'execute', [entry.name, input, {}])) as ToolResult
  line.clear()
  print(stage, result)
  return result.success ? 0 : EXIT_CODES.tool
}

function wires(line: ProgressLine): Pick<RunOptions, 'signal' | 'onProgress'> {
  const interrupt = new Interrupt()
  return {
    signal: interrupt.signal,
    onProgress: (progress) => {
      interrupt.report(progress)
      line.report(progress)
    },
  }
}

function print({ json }: Stage, result: ToolResult): void {
  if (json) {
    out(`${toJson({ ok: result.success, ...result })}\n`)
    return
  }
  const shown = harmless(result.text)
  const line = shown.endsWith('\n') || shown === '' ? shown : `${shown}\n`
  if (result.success) out(line)
  else err(line)
}

import { writeFileSync } from 'node:fs'
import type { Kernel } from '@llmspell/kernel'
import { SpellError } from '@llmspell/sdk'
import { err } from '../print/output.ts'
import { painter } from '../print/style.ts'
import type { Stage } from '../stage.ts'
import { tracesOf, type Trace } from './service.ts'
import { traceTree } from './tree.ts'

/** Shows the trace of what `run` does, also where it fails. */
export async function withTrace(
  stage: Stage,
  kernel: Kernel,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run()
  } finally {
    const { trace: flag } = stage.parsed.flags
    const trace = (await tracesOf(kernel)).recent().at(-1)
    if (trace) show(stage, trace, typeof flag === 'string' ? flag : undefined)
  }
}

function show({ quiet }: Stage, trace: Trace, file: string | undefined): void {
  if (file !== undefined) write(trace, file)
  else if (!quiet) err(traceTree(trace, painter(process.stderr.isTTY)))
}

/** @throws OUTPUT_FAILED */
function write({ events, ...facts }: Trace, file: string): void {
  const lines = [facts, ...events].map((line) => `${JSON.stringify(line)}\n`)
  try {
    writeFileSync(file, lines.join(''), { mode: 0o600 })
  } catch (cause) {
    const text = `The trace cannot be written to '${file}': ${(cause as Error).message}.`
    throw new SpellError('OUTPUT_FAILED', text, {
      hint: 'Name a file in a folder that you may write to: --trace=trace.jsonl',
      cause,
    })
  }
}

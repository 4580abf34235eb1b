import {
  fromErrorRecord,
  isSpellError,
  SpellError,
  toErrorRecord,
  type ArtifactInfo,
  type ErrorRecord,
  type ToolResult,
  type Value,
} from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { toJson } from '../print/envelope.ts'
import { printable } from '../print/escape.ts'
import { failureText } from '../print/failure.ts'
import { err, out, outBytes } from '../print/output.ts'
import { ProgressLine } from '../print/progress.ts'
import { painter } from '../print/style.ts'
import { asking } from '../run/ask.ts'
import { Interrupt } from '../run/interrupt.ts'
import { isOn, runOptions, text } from '../run/options.ts'
import { policyChain } from '../run/policy.ts'
import { withTape } from '../run/tape.ts'
import type { Parsed } from '../parse.ts'
import type { Stage } from '../stage.ts'
import { findTool } from './find.ts'
import { toolInput } from './input.ts'
import { inputSchema } from './schema.ts'
import { flagText } from './stdin.ts'
import { writeStream, type StreamChunk } from './stream.ts'

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
  const input = toolInput(entry.name, schema, paramsOf(stage.parsed), stage.parsed.rest)
  const runtime = await kernel.use('script-runtime')
  const line = new ProgressLine({ quiet: stage.json || stage.quiet })
  using interrupt = new Interrupt()
  const chain = await policyChain(stage, kernel, config, options)
  const { result, written } = await withTape(stage, kernel, `tool-${entry.name}`, async (tape) => {
    await using run = runtime.open({
      ...options,
      ...chain,
      ...asking(stage.parsed, line),
      settings: { ...options.settings, ...tape },
      signal: interrupt.signal,
      onProgress: (progress) => line.report(progress),
    })
    return await called(run, entry.name, input, isOn(stage.parsed, 'stream'))
  })
  line.clear()
  print(stage, result, written)
  return result.success ? 0 : EXIT_CODES.tool
}

/** @throws FLAG_INVALID where two flags say the same, or exclude each other */
function paramsOf(parsed: Parsed): string | undefined {
  if (isOn(parsed, 'stream') && isOn(parsed, 'json'))
    throw exclusive('stream', 'json', 'A stream is no one document: leave one of them out.')
  const [params, input] = [text(parsed, 'params'), text(parsed, 'input')]
  if (params !== undefined && input !== undefined)
    throw exclusive('params', 'input', 'They mean the same: write --params alone.')
  const given = params ?? input
  return given === undefined ? undefined : flagText('params', given)
}

function exclusive(one: string, other: string, hint: string): SpellError {
  return new SpellError('FLAG_INVALID', `Flags '--${one}' and '--${other}' exclude each other.`, {
    hint,
  })
}

interface Caller {
  call(module: string, fn: string, args: readonly Value[]): Promise<unknown>
}

interface Called {
  readonly result: ToolResult
  /** Whether chunks went to stdout before it. */
  readonly written: boolean
}

async function called(
  run: Caller,
  name: string,
  input: Record<string, Value>,
  stream: boolean,
): Promise<Called> {
  try {
    const answer = await run.call('Tool', stream ? 'stream' : 'execute', [name, input, {}])
    if (stream) return await writeStream(answer as AsyncIterable<StreamChunk>)
    return { result: answer as ToolResult, written: false }
  } catch (error) {
    throw withHint(error, `See its parameters with: llmspell tool info ${name}`)
  }
}

function withHint(error: unknown, hint: string): unknown {
  const bare = isSpellError(error) && error.code === 'INPUT_INVALID' && error.hint === undefined
  return bare ? fromErrorRecord({ ...toErrorRecord(error), hint }) : error
}

function print({ json, quiet, parsed }: Stage, result: ToolResult, written: boolean): void {
  if (json) {
    out(`${toJson({ ok: result.success, ...result })}\n`)
    return
  }
  const fault = result.success ? undefined : (result.error as ErrorRecord | undefined)
  if (fault) err(failureText(fromErrorRecord(fault), painter(process.stderr.isTTY)))
  else if (!result.success) err(lineOf(printable(result.text, () => process.stderr.isTTY)))
  else if (isOn(parsed, 'stream') && result.result instanceof Uint8Array) outBytes(result.result)
  else if (!written) out(lineOf(printable(result.text)))
  if (!quiet && result.metadata.artifact) err(cutNote(result.metadata.artifact))
}

function cutNote({ id, bytes }: ArtifactInfo): string {
  return `note: this is a part of ${bytes} bytes; the rest: llmspell artifact export ${id} FILE\n`
}

const lineOf = (text: string): string => (text.endsWith('\n') || text === '' ? text : `${text}\n`)

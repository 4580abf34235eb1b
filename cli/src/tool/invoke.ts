import {
  bytesText,
  fromErrorRecord,
  SpellError,
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
import { toolInput, type Asked } from './input.ts'
import { withHint } from './hint.ts'
import { inputSchema } from './schema.ts'
import { stdinText } from './stdin.ts'
import { writeStream, type StreamChunk } from './stream.ts'

/**
 * Calls a tool through the door, with the grants of the flags, as a script would.
 * @param flags names of the flags of the command
 * @returns the exit code: that of a failed tool where it reports a failure, or its result says `ok = false`
 */
export async function invokeTool(stage: Stage, flags: readonly string[]): Promise<number> {
  const options = runOptions({ ...stage.parsed, rest: [] })
  const config = await stage.config()
  const kernel = await stage.open(config)
  const entry = findTool(kernel.extensions, stage.parsed.args[0]!)
  const schema = inputSchema(kernel.extensions, entry)
  const asked = { tool: entry.name, schema, flags }
  const input = toolInput(asked, paramsOf(stage.parsed), stage.parsed.rest)
  const runtime = await kernel.use('script-runtime')
  const line = new ProgressLine({ quiet: stage.json || stage.quiet })
  using interrupt = new Interrupt()
  const chain = await policyChain(stage, kernel, config, options)
  const { result, written } = await withTape(stage, kernel, `tool-${entry.name}`, async (tape) => {
    await using run = runtime.open({
      ...options,
      ...chain,
      ...asking(stage.parsed, line, 'you, by tool invoke'),
      settings: { ...options.settings, ...tape },
      signal: interrupt.signal,
      onProgress: (progress) => line.report(progress),
    })
    return await called(run, asked, input, isOn(stage.parsed, 'stream'))
  })
  line.clear()
  print(stage, result, written)
  return result.success && !isRefusal(result) ? 0 : EXIT_CODES.tool
}

/** @throws FLAG_INVALID where two flags say the same, or exclude each other */
function paramsOf(parsed: Parsed): string | undefined {
  if (isOn(parsed, 'stream') && isOn(parsed, 'json'))
    throw exclusive('stream', 'json', 'A stream is no one document: leave one of them out.')
  const [params, input] = [text(parsed, 'params'), text(parsed, 'input')]
  if (params !== undefined && input !== undefined)
    throw exclusive('params', 'input', 'They mean the same: write --params alone.')
  const given = params ?? input
  return given === undefined ? undefined : stdinText('params', given)
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
  { tool, schema, flags }: Asked,
  input: Record<string, Value>,
  stream: boolean,
): Promise<Called> {
  try {
    const answer = await run.call('Tool', stream ? 'stream' : 'execute', [tool, input, {}])
    if (stream) return await writeStream(answer as AsyncIterable<StreamChunk>)
    return { result: answer as ToolResult, written: false }
  } catch (error) {
    throw withHint(error, schema, flags, `See its parameters with: llmspell tool info ${tool}`)
  }
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
  if (result.message !== undefined)
    err(lineOf(printable(result.message, () => process.stderr.isTTY)))
  if (!quiet && result.metadata.artifact) err(cutNote(result.metadata.artifact))
}

/** What ran, and said itself that it did not go well: a program's code, the status of an answer. */
function isRefusal({ result }: ToolResult): boolean {
  return (result as { readonly ok?: unknown } | null | undefined)?.ok === false
}

function cutNote({ id, bytes, mime, metadata }: ArtifactInfo): string {
  const { field } = (metadata ?? {}) as { readonly field?: string }
  const form = mime === 'application/json' ? 'all of it as JSON' : 'all of it'
  const what = field === undefined ? form : `the whole text of ${field}`
  return `note: this is a part of ${bytesText(bytes)}; ${what}: llmspell artifact export ${id} FILE\n`
}

const lineOf = (text: string): string => (text.endsWith('\n') || text === '' ? text : `${text}\n`)

import { SpellError, inputDuration, isSpellError, printable } from '@llmspell/sdk'
import type {
  FileFacts,
  Files,
  Permissions,
  Tool,
  ToolCall,
  ToolOutput,
  Value,
} from '@llmspell/sdk'
import { Changes } from './changes.ts'
import type { Change } from './changes.ts'
import type { FileWatchInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { FileWatchResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'
import { Scope } from './scope.ts'
import { watch } from './watch.ts'

export interface Means {
  readonly files: Files
  readonly permissions: Permissions
}

/** The tool. The folder is granted once, then each name that something happens to is looked at. */
export function fileWatch({ files, permissions }: Means): Tool<FileWatchInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      const facts = await files.stat(input.path, call)
      if (facts.kind !== 'folder' && facts.kind !== 'file') throw notWatched(facts)
      const scope = new Scope(permissions, facts, input, call)
      return output(await follow(facts, scope, input, call))
    },
  }
}

/** Until the time is over, enough came, or the call is cancelled: nothing watches on after that. */
async function follow(
  facts: FileFacts,
  scope: Scope,
  input: FileWatchInput,
  call: ToolCall,
): Promise<FileWatchResult> {
  const times = timesOf(input)
  const changes = new Changes(times.debounce, input.limit)
  const end = (): void => changes.end()
  call.signal.addEventListener('abort', end, { once: true })
  let timer: NodeJS.Timeout | undefined
  try {
    await using watching = await watch(facts, scope, input, changes, call.signal)
    timer = setTimeout(end, times.duration)
    await call.emit(readyChunk(facts))
    const events = await collect(changes, call)
    watching.check()
    if (call.signal.aborted) throw cancelled(call)
    return resultOf(facts, events, input)
  } finally {
    clearTimeout(timer)
    call.signal.removeEventListener('abort', end)
    changes.end()
  }
}

function timesOf({ duration, debounce }: FileWatchInput) {
  const tool = "Tool 'file-watch'"
  return {
    duration: inputDuration(tool, 'duration', duration, [1, 3_600_000]),
    debounce: inputDuration(tool, 'debounce', debounce, [0, 10_000]),
  }
}

interface Collected {
  readonly kept: Change[]
  readonly count: number
}

async function collect(changes: Changes, call: ToolCall): Promise<Collected> {
  const kept: Change[] = []
  let count = 0
  for await (const change of changes.read()) {
    count++
    if (call.streamed) await call.emit({ type: 'data', data: { ...change }, text: lineOf(change) })
    else kept.push(change)
  }
  return { kept, count }
}

function resultOf(
  { path }: FileFacts,
  { kept, count }: Collected,
  { limit }: FileWatchInput,
): FileWatchResult {
  return { path, events: kept, count, ended: count >= limit ? 'events' : 'time' }
}

/** From here on nothing is missed. */
function readyChunk({ path }: FileFacts) {
  return { type: 'progress', text: `Watching ${printable(path)}.`, done: 0 } as const
}

function output(result: FileWatchResult): ToolOutput {
  const text = result.events.map(lineOf).join('\n')
  return { result: result as unknown as Value, text, operation: 'watch' }
}

function lineOf({ event, path, kind }: Change): string {
  return `${event} ${printable(path, 8192)}${kind === 'folder' ? '/' : ''}`
}

function cancelled({ signal }: ToolCall): Error {
  if (isSpellError(signal.reason)) return signal.reason
  return new SpellError('CANCELLED', 'Watching was cancelled.', { cause: signal.reason })
}

function notWatched({ path, kind }: FileFacts): SpellError {
  const found = kind === 'link' ? 'a symbolic link' : 'a device, a pipe or a socket'
  const message = `'${printable(path)}' cannot be watched: expected a folder or a file, found ${found}.`
  return new SpellError('FOLDER_EXPECTED', message, { hint: 'Name the folder that it leads to.' })
}

import { SpellError, printable } from '@llmspell/sdk'
import type { FileFacts } from '@llmspell/sdk'
import type { FSWatcher } from 'chokidar'
import type { Change, Changes } from './changes.ts'
import type { FileWatchInput } from './generated/input.ts'
import type { Scope } from './scope.ts'

const MAX_DEPTH = 64
const MAX_NAMES = 100_000
/** What the watcher calls it, and what that is for us. */
const EVENTS: Readonly<Record<string, Pick<Change, 'event' | 'kind'>>> = {
  add: { event: 'added', kind: 'file' },
  addDir: { event: 'added', kind: 'folder' },
  change: { event: 'changed', kind: 'file' },
  unlink: { event: 'removed', kind: 'file' },
  unlinkDir: { event: 'removed', kind: 'folder' },
}

/** A watcher that is ended by disposing it. */
export interface Watching extends AsyncDisposable {
  /** @throws WATCH_FAILED for what has ended it early */
  check(): void
}

/**
 * Resolves when nothing is missed any more, or when the signal ends it before.
 * @throws WATCH_FAILED
 */
export async function watch(
  facts: FileFacts,
  scope: Scope,
  { recursive }: FileWatchInput,
  changes: Changes,
  signal: AbortSignal,
): Promise<Watching> {
  const chokidar = await import('chokidar')
  const names = new Set<string>()
  const fail = (reason: string): void => {
    failure ??= failed(facts, reason)
    changes.end()
    ready.resolve()
  }
  let failure: SpellError | undefined
  const ready = Promise.withResolvers<void>()
  const ignored = (place: string): boolean => {
    if (scope.ignores(place)) return true
    if (names.size < MAX_NAMES) names.add(place)
    else fail(`more than ${MAX_NAMES} names`)
    return false
  }
  const depth = recursive ? MAX_DEPTH : 0
  const options = { ignored, depth, ignoreInitial: true, followSymlinks: false }
  const watcher = chokidar.watch(facts.place, { ...options, ignorePermissionErrors: true })
  const stop = (): void => ready.resolve()
  signal.addEventListener('abort', stop, { once: true })
  watcher.on('ready', ready.resolve)
  watcher.on('error', (error) => fail((error as NodeJS.ErrnoException).code ?? 'UNKNOWN'))
  listen(watcher, scope, changes)
  if (!signal.aborted) await ready.promise
  signal.removeEventListener('abort', stop)
  const check = (): void => {
    if (failure) throw failure
  }
  return { check, [Symbol.asyncDispose]: () => watcher.close() }
}

/** One after the other: their order is the one they came in. */
function listen(watcher: FSWatcher, scope: Scope, changes: Changes): void {
  let last = Promise.resolve()
  watcher.on('all', (name, place) => {
    const found = EVENTS[name]
    if (!found) return
    last = last.then(async () => {
      const path = await scope.shown(place)
      if (path !== undefined) changes.push({ ...found, path })
    })
  })
}

function failed({ path }: FileFacts, reason: string): SpellError {
  const message = `'${printable(path)}' cannot be watched: ${reason}.`
  return new SpellError('WATCH_FAILED', message, {
    hint: 'Watch a smaller folder, or raise the limits of the system for watches.',
    details: { system: reason },
  })
}

import type { Awaitable, Logger, PluginContext, PluginError, TapOptions } from '@llmspell/sdk'
import { failure, type KernelCode } from './codes.ts'
import { oldContext } from './compat/contract-0.1.ts'
import type { ExtensionCatalogue } from './extensions.ts'
import { note } from './guarded.ts'
import type { TapEntry } from './hook-point.ts'
import type { HookCatalogue } from './hooks.ts'
import type { PluginRecord } from './record.ts'
import type { ServiceRegistry } from './services.ts'
import type { UndoList } from './undo.ts'

/** What a context stands on. */
export interface ContextParts {
  readonly record: PluginRecord
  readonly config: object
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly undo: UndoList
  readonly services: ServiceRegistry
  readonly extensions: ExtensionCatalogue
  readonly hooks: HookCatalogue
  /** The service as this plugin sees it, or undefined while nobody provides it. */
  resolve(name: string): unknown
  /** Whether the plan gives this plugin the service that it provides. */
  owns(service: string): boolean
  /** Whether the plan has a provider in the range that the manifest asks for. */
  available(service: string): boolean
}

/** The context of one plugin: each verb checks the manifest and leaves an undo. */
export function createContext(parts: ContextParts): PluginContext {
  const { record, config, logger, signal } = parts
  const context: PluginContext = {
    id: record.id,
    config,
    logger,
    signal,
    use: (name) => use(parts, name) as never,
    find: (name) => find(parts, name) as never,
    provide: (name, service) => provide(parts, name, service),
    contribute: (point, name, value) => contribute(parts, point, name, value),
    tap: (point, fn, options) => tap(parts, point, fn, options),
    defer: (dispose) => defer(parts, dispose),
  }
  if (record.contract !== '0.1') return context
  return oldContext(context, (point) => declare(parts, point))
}

function use(parts: ContextParts, name: string): unknown {
  begin(parts, `use '${name}'`)
  const { id, manifest } = parts.record
  if (manifest.requires?.[name] === undefined) throw undeclaredUse(parts, name)
  const service = parts.resolve(name)
  if (service !== undefined) return service
  const text = `Plugin '${id}' uses the service '${name}', which its provider did not provide.`
  throw failure('SERVICE_MISSING', id, 'setup', text, {
    hint: "It is a fault of the provider's setup.",
  })
}

function find(parts: ContextParts, name: string): unknown {
  begin(parts, `find '${name}'`)
  if (parts.record.manifest.optional?.[name] === undefined) {
    throw undeclared(
      parts,
      'SERVICE_UNDECLARED',
      `finds the service '${name}'`,
      `"optional": { "${name}": "^1" }`,
    )
  }
  return parts.available(name) ? parts.resolve(name) : undefined
}

function provide(parts: ContextParts, name: string, service: unknown): void {
  begin(parts, `provide '${name}'`)
  if (parts.record.manifest.provides?.[name] === undefined) {
    throw undeclared(
      parts,
      'SERVICE_UNDECLARED',
      `provides the service '${name}'`,
      `"provides": { "${name}": "1.0.0" }`,
    )
  }
  if (parts.owns(name)) parts.undo.add(`provide ${name}`, parts.services.set(name, service))
}

function contribute(parts: ContextParts, point: string, name: string, value: unknown): void {
  begin(parts, `contribute '${name}' to '${point}'`)
  const { id, contributions } = parts.record
  if (!contributions.items.get(point)?.some((item) => item.name === name)) {
    throw undeclared(
      parts,
      'CONTRIBUTION_UNDECLARED',
      `contributes '${name}' to '${point}'`,
      `"contributes": { "${point}": [{ "name": "${name}" }] }`,
    )
  }
  parts.undo.add(`contribute ${point}/${name}`, parts.extensions.set(id, point, name, value))
}

function tap(parts: ContextParts, point: string, fn: unknown, options?: TapOptions): void {
  declared(parts, point)
  const { id } = parts.record
  if (typeof fn !== 'function') throw noFunction(id, point)
  const undo = parts.hooks.tap(id, point, fn as TapEntry['fn'], options)
  parts.undo.add(`tap ${point}`, undo)
}

/** A point of the manifest that is dealt with, though not tapped. */
function declare(parts: ContextParts, point: string): void {
  declared(parts, point)
  parts.undo.add(`tap ${point}`, () => undefined)
}

function declared(parts: ContextParts, point: string): void {
  begin(parts, `tap '${point}'`)
  if (parts.record.contributions.hooks.includes(point)) return
  throw undeclared(
    parts,
    'HOOK_UNDECLARED',
    `taps '${point}'`,
    `"contributes": { "hooks": ["${point}"] }`,
  )
}

function noFunction(id: string, point: string): PluginError {
  const text = `Plugin '${id}' taps '${point}' with something that is no function.`
  const hint = `Leave the tap out where it is not wanted, and write in the manifest: { "point": "${point}", "with": "<key of the config>" }`
  return failure('TAP_INVALID', id, 'setup', text, { hint })
}

function defer(parts: ContextParts, dispose: () => Awaitable<void>): void {
  begin(parts, 'defer')
  parts.undo.add('defer', dispose)
}

/** @throws PLUGIN_DISPOSED */
function begin({ record: { id }, signal }: ContextParts, action: string): void {
  note(action)
  if (!signal.aborted) return
  const text = `Plugin '${id}' called ${action} after it was disposed.`
  throw failure('PLUGIN_DISPOSED', id, 'call', text, {
    hint: 'Stop such work when ctx.signal aborts.',
  })
}

function undeclaredUse(parts: ContextParts, name: string): PluginError {
  if (parts.record.manifest.optional?.[name] === undefined) {
    return undeclared(
      parts,
      'SERVICE_UNDECLARED',
      `uses the service '${name}'`,
      `"requires": { "${name}": "^1" }`,
    )
  }
  const text = `Plugin '${parts.record.id}' uses the service '${name}', which its manifest lists as optional.`
  const hint = `Write ctx.find('${name}') and handle its absence.`
  return failure('SERVICE_UNDECLARED', parts.record.id, 'setup', text, { hint })
}

function undeclared(
  parts: ContextParts,
  code: KernelCode,
  does: string,
  write: string,
): PluginError {
  const { id } = parts.record
  const text = `Plugin '${id}' ${does}, but its manifest does not say so.`
  return failure(code, id, 'setup', text, { hint: `Add to its manifest: ${write}` })
}

import { readFile } from 'node:fs/promises'
import { extname, relative } from 'node:path'
import { definePlugin, SpellError, tappedPoint } from '@llmspell/sdk'
import type {
  DefinedPlugin,
  EngineItem,
  ExtensionRegistry,
  HookFunctions,
  HostedPlugin,
  Manifest,
  PermissionSet,
  PluginContext,
  PluginHost,
  ScriptRuntime,
  TappedPoint,
  Value,
} from '@llmspell/sdk'
import type { Declared } from './functions.ts'
import type { ScriptPluginsConfig } from './generated/config.ts'
import { globals } from './globals.ts'
import { scriptCommand } from './command.ts'
import { scriptTap } from './hook.ts'
import { Script } from './script.ts'
import { PluginSession } from './session.ts'
import { Sessions } from './sessions.ts'
import { scriptTool } from './tool.ts'

/** Bytes of a script plugin. */
const LARGEST = 1024 * 1024

export interface HostParts {
  readonly runtime: ScriptRuntime
  readonly extensions: ExtensionRegistry
  readonly functions: HookFunctions | undefined
  readonly config: Readonly<ScriptPluginsConfig>
}

/** The host `script`: plugins that are one file of a script language. */
export function scriptHost(parts: HostParts): PluginHost {
  return {
    load: async (plugin): Promise<DefinedPlugin> => {
      const source = await sourceOf(plugin.main)
      return definePlugin({ setup: (ctx) => setUp(ctx, plugin, source, parts) })
    },
  }
}

function setUp(ctx: PluginContext, plugin: HostedPlugin, source: string, parts: HostParts): void {
  const { manifest, main } = plugin
  const file = shown(main)
  const log = (level: string, message: string): void =>
    ctx.logger[LEVELS.has(level) ? (level as 'info') : 'info'](message, { file })
  const declared = declaredBy(manifest)
  const engine = parts.config.engines[extname(main)]
  const sessions = new Sessions(file, parts.config.sessions, (loading) =>
    PluginSession.open({
      runtime: parts.runtime,
      modules: globals(parts.extensions, Object.keys(manifest.requires ?? {})),
      memoryBytes: parts.config.memory_mib * 1024 * 1024,
      signal: ctx.signal,
      loading,
      config: ctx.config as Value,
      source,
      file,
      engine,
      declared,
      log,
    }),
  )
  ctx.defer(() => sessions.close())
  const script = new Script(manifest.id, manifest.permissions ?? {}, sessions, log)
  for (const { name, permissions } of toolsOf(manifest)) {
    ctx.contribute('tools', name, scriptTool(script, name, permissions) as never)
  }
  for (const name of declared.commands) {
    ctx.contribute('commands', name, scriptCommand(script, name, parts.runtime))
  }
  const language = languageOf(parts.extensions, main)
  for (const item of manifest.contributes?.hooks ?? []) {
    const point = tappedPoint(item)
    if (!isWanted(item, ctx.config)) continue
    const tap = scriptTap(script, point, { name: file, language }, hooksOf(parts), ctx.signal)
    ctx.tap(point as never, tap as never)
  }
}

/** Some taps are made with a key of the config only. */
function isWanted(item: TappedPoint, config: object): boolean {
  return typeof item === 'string' || (config as Record<string, unknown>)[item.with] !== undefined
}

const LEVELS: ReadonlySet<string> = new Set(['trace', 'debug', 'info', 'warn', 'error'])

interface Named {
  readonly name: string
  readonly permissions?: PermissionSet
}

function toolsOf({ contributes }: Manifest): readonly Named[] {
  return (contributes?.['tools'] as readonly Named[] | undefined) ?? []
}

function declaredBy(manifest: Manifest): Declared {
  const commands = (manifest.contributes?.['commands'] as readonly Named[] | undefined) ?? []
  return {
    tools: toolsOf(manifest).map(({ name }) => name),
    hooks: (manifest.contributes?.hooks ?? []).map(tappedPoint),
    commands: commands.map(({ name }) => name),
  }
}

function languageOf(extensions: ExtensionRegistry, main: string): string {
  const engines = extensions.list<EngineItem & Record<string, unknown>>('engines')
  const found = engines.find(({ item }) => item.extensions.includes(extname(main)))
  return found?.item.language ?? 'unknown'
}

/** @throws NOT_AVAILABLE */
function hooksOf({ functions }: HostParts): HookFunctions {
  if (functions) return functions
  throw new SpellError('NOT_AVAILABLE', 'Hooks of script plugins need the plugin `hooks`.', {
    hint: 'Install @llmspell/hooks, or take the hooks out of the header.',
  })
}

/** @throws SCRIPT_PLUGIN_INVALID */
async function sourceOf(main: string): Promise<string> {
  const bytes = await readFile(main)
  if (bytes.length > LARGEST) throw unreadable(main, `at most ${LARGEST} bytes`, `${bytes.length}`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^#![^\n]*/, '')
  } catch {
    throw unreadable(main, 'text in UTF-8', 'other bytes')
  }
}

function unreadable(main: string, expected: string, found: string): SpellError {
  const text = `The script plugin '${shown(main)}' is not usable: expected ${expected}, found ${found}.`
  return new SpellError('SCRIPT_PLUGIN_INVALID', text, { hint: 'Correct the file.' })
}

/** As texts name it. */
function shown(main: string): string {
  const near = relative(process.cwd(), main)
  return near.startsWith('..') ? main : near
}

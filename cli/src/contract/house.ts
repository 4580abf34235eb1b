import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKernel, StartupError, type Kernel, type Problem } from '@llmspell/kernel'
import type { EngineItem, Extensions, Services, StoreFactory, ToolItem } from '@llmspell/sdk'
import type { ModulePlace, StoreSuite } from '@llmspell/sdk/testing'
import type { Fault } from './start.ts'
import { storePlace, type Place } from './store-place.ts'
import { toolPlace } from './tool-place.ts'

const quiet = (): void => undefined
const SILENT = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet }

/** What a contract test gets of the program: the plugins that come with it, and the one under test. */
export interface ContractHouse {
  /** The services of these names that there are. */
  services(names: readonly string[]): Promise<Partial<Services>>
  contribution(point: string, name: string): Promise<unknown>
  place(module: string): Promise<ModulePlace>
  storePlace(store: string): Promise<Place<StoreSuite>>
  toolPlace(tool: string): Place<object>
  close(): Promise<unknown>
}

/** Opens a kernel over what llmspell brings and one plugin. What is kept in it lives as long as it. */
export async function openContractHouse(folder: string): Promise<ContractHouse> {
  const place = mkdtempSync(join(tmpdir(), 'llmspell-house-'))
  const kernel = kernelOf(folder, place)
  await kernel.start()
  const get = (point: string, name: string): Promise<unknown> =>
    kernel.extensions.get(point as keyof Extensions, name)
  return {
    contribution: get,
    storePlace: async (name) => storePlace(name, (await get('stores', name)) as StoreFactory),
    toolPlace: (name) => {
      const listed = kernel.extensions.list<ToolItem>('tools')
      const { item } = listed.find((one) => one.item.name === name)!
      if (Object.keys(item.permissions ?? {}).length === 0) return {}
      return toolPlace(folder, item, realpathSync(mkdtempSync(join(place, 'tool-'))))
    },
    close: async () => {
      await kernel.stop()
      rmSync(place, { recursive: true, force: true })
    },
    services: async (names) => {
      const found = await Promise.all(
        names.map(async (name) => {
          const service: unknown = await kernel.use(name as keyof Services).catch(() => undefined)
          return service === undefined ? [] : [[name, service] as const]
        }),
      )
      return Object.fromEntries(found.flat())
    },
    place: async (module) => {
      const listed = kernel.extensions.list<EngineItem & Record<string, unknown>>('engines')
      const engines = listed.map(({ item: { name, language } }) => ({ name, language }))
      return {
        runtime: await kernel.use('script-runtime'),
        engines: engines.filter(({ name }) => name === 'lua' || name === 'javascript'),
        handlers: () => get('script-modules', module) as never,
        request: { root: place, settings: { model: 'mock/demo' }, limits: { timeMs: 20_000 } },
      }
    },
  }
}

/** Sets a plugin up, disposes of it, and sends what went wrong to the parent process. */
export async function tellStart(folder: string, id: string): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'llmspell-house-'))
  const kernel = kernelOf(folder, place, [id])
  const started = await startOf(kernel, folder, id)
  const left = (await kernel.stop()).map((error) => ({ text: (error as Error).message }))
  process.send?.([...started, ...left])
}

async function startOf(kernel: Kernel, folder: string, id: string): Promise<readonly Fault[]> {
  const failed: unknown = await kernel.start().catch((error: unknown) => error)
  const row = (failed instanceof StartupError ? failed.report : kernel.report()).plugins.find(
    (one) => one.id === id,
  )
  if (row?.failure) return [faultOf(row.failure.message, row.failure.hint)]
  if (failed instanceof Error) return [faultOf(failed.message)]
  const problems = await kernel.check()
  const same = row?.root !== undefined && realpathSync(row.root) === folder
  const own = problems.filter((one) => one.plugin === id && isFault(one, same))
  const missing = (row?.missing ?? []).map((name) => `Its setup did not register the ${name}.`)
  return [...missing.map((text) => ({ text })), ...own.map(({ text, hint }) => faultOf(text, hint))]
}

/**
 * A point that nobody owns may belong to a plugin that is not here; one that looks like another is a slip.
 * @param same whether the plugin under test is in use; one that comes with llmspell is there twice then
 */
function isFault({ severity, code, hint = '' }: Problem, same: boolean): boolean {
  if (code === 'PLUGIN_DUPLICATE') return !same
  return (
    severity === 'error' || (code === 'CONTRIBUTION_UNKNOWN' && hint.startsWith('Did you mean'))
  )
}

const faultOf = (text: string, hint?: string): Fault => ({ text, ...(hint ? { hint } : {}) })

function kernelOf(folder: string, place: string, required: readonly string[] = []): Kernel {
  const file = join(import.meta.dirname, '..', '..', 'package.json')
  const state = { store: 'memory', backup_folder: join(place, 'backups') }
  const config = { plugins: { state } }
  const packages = { file }
  return createKernel({ packages, linked: [folder], config, required, logger: SILENT })
}

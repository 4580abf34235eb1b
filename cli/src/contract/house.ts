import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import type { EngineItem, Extensions, Services, StoreFactory, ToolItem } from '@llmspell/sdk'
import type { ModulePlace, StoreSuite } from '@llmspell/sdk/testing'
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
  const file = join(import.meta.dirname, '..', '..', 'package.json')
  const place = mkdtempSync(join(tmpdir(), 'llmspell-house-'))
  const state = { store: 'memory', backup_folder: join(place, 'backups') }
  const config = { plugins: { state } }
  const kernel = createKernel({ packages: { file }, linked: [folder], config, logger: SILENT })
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

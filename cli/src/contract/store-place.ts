import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StateBackend, StoreFactory } from '@llmspell/sdk'
import type { StoreSuite } from '@llmspell/sdk/testing'

/** Options of a suite, or why there are none. */
export type Place<Options> = Options | { readonly why: string }

/** What `storeSuite` needs of a kind of store: stores in folders of their own, by the clock of the suite. */
export async function storePlace(name: string, factory: StoreFactory): Promise<Place<StoreSuite>> {
  const folders = new Folders()
  try {
    const { multiProcess, durability } = await tried(factory, folders.make())
    const suite = suiteOf(name, factory, folders)
    return {
      name,
      create: suite.create,
      clean: suite.clean,
      ...(durability.some((kind) => kind !== 'none') ? { again: suite.again } : {}),
      ...(multiProcess ? { beside: suite.again } : {}),
    }
  } catch (error) {
    const why = `in its own tests: without a config it says: ${(error as Error).message}`
    return { why }
  } finally {
    folders.clean()
  }
}

async function tried(factory: StoreFactory, folder: string): Promise<StateBackend['capabilities']> {
  const store = factory.create({ folder })
  const leave = new AbortController()
  await store.open({ signal: leave.signal })
  const { capabilities } = store
  await store.close()
  return capabilities
}

function suiteOf(
  name: string,
  factory: StoreFactory,
  folders: Folders,
): Required<Pick<StoreSuite, 'create' | 'again' | 'clean'>> {
  const { now } = Date
  let folder = ''
  return {
    create(clock) {
      // A store of somebody else has no other clock that could be set.
      Date.now = clock
      folder = folders.make()
      return factory.create({ folder })
    },
    again: () => factory.create({ folder }),
    clean() {
      Date.now = now
      folders.clean()
    },
  }
}

class Folders {
  readonly #all: string[] = []

  make(): string {
    const folder = mkdtempSync(join(tmpdir(), 'llmspell-store-'))
    this.#all.push(folder)
    return folder
  }

  clean(): void {
    for (const folder of this.#all.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
}

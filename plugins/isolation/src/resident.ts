import { dirname } from 'node:path'
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Resident } from '@llmspell/sdk'
import type { Place } from './place.ts'

const MIB = 1024 * 1024
/** What Node reserves beside its heap, and what buffers may hold. */
const BESIDE_HEAP = 1280 * MIB
/** Threads of Node among them. */
const PROCESSES = 64

const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const MAIN = new URL(`./child/main.${ending}`, import.meta.url)

/** How the process of a plugin is started: what it may see, and what Node lets it do. */
export function residentFor(
  plugin: string,
  place: Place,
  memoryMib: number,
  jailed: boolean,
): Resident {
  const main = realpathSync(fileURLToPath(MAIN))
  const seen = [...place.folders, dirname(main)]
  const shown = [...seen.map((folder) => `${folder}/`), ...Object.keys(place.links).flatMap(both)]
  return {
    program: realpathSync(process.execPath),
    args: [
      '--permission',
      ...shown.map((path) => `--allow-fs-read=${path}`),
      `--max-old-space-size=${memoryMib}`,
      '--no-addons',
      // Else a plugin could switch on what V8 writes into files, and write any file with it.
      '--freeze-flags-after-init',
      // Its files are read and written whatever the permission model says.
      '--no-experimental-sqlite',
      '--no-warnings',
      main,
    ],
    env: {},
    folder: '/tmp',
    read: seen,
    links: place.links,
    limits: { memoryBytes: BESIDE_HEAP + memoryMib * MIB, processes: PROCESSES },
    jailed,
    subject: `Plugin '${plugin}'`,
  }
}

function both(path: string): readonly string[] {
  return [path, `${path}/`]
}

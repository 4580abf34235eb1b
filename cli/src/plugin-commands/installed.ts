import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Entry {
  readonly package: string
  readonly root?: string
}

/**
 * Whether an installed or linked plugin could have a command. It only looks for the word: most have none, and the first page of
 * the help need not open a kernel to say so. What cannot be read may have one.
 */
export function mayHaveCommands(folder: string | undefined): boolean {
  if (folder === undefined) return false
  // Those under development are few, and anywhere.
  if (existsSync(join(folder, 'plugins.json'))) return true
  const lock = join(folder, 'plugins.lock.json')
  if (!existsSync(lock)) return existsSync(join(folder, 'package.json'))
  try {
    const { plugins } = JSON.parse(readFileSync(lock, 'utf8')) as {
      readonly plugins: readonly Entry[]
    }
    return plugins.some(({ package: name, root = join('node_modules', name) }) =>
      readFileSync(join(folder, root, 'package.json'), 'utf8').includes('"commands"'),
    )
  } catch {
    return true
  }
}

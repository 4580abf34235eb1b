import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Variables that say where programs keep what they trust. */
const VARIABLES = ['LLMSPELL_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME']
const BELOW_HOME = ['.config', '.local', 'Library']

/**
 * Whether a folder has the user's home in it, or lies where settings are kept. What is not there yet, such as a policy
 * file, could be made in it.
 */
export function holdsSettings(folder: string): boolean {
  const home = real(homedir())
  const given = VARIABLES.map((name) => process.env[name] ?? '').filter((path) => isAbsolute(path))
  const places = [...given.map(real), ...BELOW_HOME.map((name) => join(home, name))]
  return (
    isWithin(folder, home) ||
    places.some((place) => isWithin(folder, place) || isWithin(place, folder))
  )
}

/** True for the folder itself and for all below it. */
function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`)
}

function real(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}

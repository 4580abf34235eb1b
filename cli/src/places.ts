import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Folder for what can be made again. `LLMSPELL_HOME` moves it, and all else, below one folder. */
export function cacheFolder(env: Env, platform: string): string {
  if (env['LLMSPELL_HOME']) return join(env['LLMSPELL_HOME'], 'cache')
  return join(base(env, platform, CACHE), 'llmspell')
}

/** Folder for what must be kept: the user's plugins are an npm project in `plugins` below it. */
export function dataFolder(env: Env, platform: string): string {
  if (env['LLMSPELL_HOME']) return env['LLMSPELL_HOME']
  return join(base(env, platform, DATA), 'llmspell')
}

interface Place {
  readonly xdg: string
  readonly linux: string
  readonly darwin: string
  readonly win32: string
}

const CACHE: Place = {
  xdg: 'XDG_CACHE_HOME',
  linux: '.cache',
  darwin: 'Library/Caches',
  win32: 'AppData/Local/Cache',
}
const DATA: Place = {
  xdg: 'XDG_DATA_HOME',
  linux: '.local/share',
  darwin: 'Library/Application Support',
  win32: 'AppData/Local',
}

function base(env: Env, platform: string, place: Place): string {
  const named = env[place.xdg]
  if (named) return named
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '.'
  const folder = platform === 'darwin' || platform === 'win32' ? place[platform] : place.linux
  return join(home, folder)
}

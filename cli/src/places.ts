import { isAbsolute, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Folder for what can be made again. `LLMSPELL_HOME` moves it, and all else, below one folder.
 * Undefined without a home: the working folder, and what came with it, never stands in for one.
 */
export function cacheFolder(env: Env, platform: string): string | undefined {
  if (env['LLMSPELL_HOME']) return below(absolute(env['LLMSPELL_HOME']), 'cache')
  return below(base(env, platform, CACHE), 'llmspell')
}

/** Folder for what must be kept, or undefined as above: the user's plugins are an npm project in `plugins` below it. */
export function dataFolder(env: Env, platform: string): string | undefined {
  if (env['LLMSPELL_HOME']) return absolute(env['LLMSPELL_HOME'])
  return below(base(env, platform, DATA), 'llmspell')
}

/** Folder of the user's plugins, or undefined without a home. */
export function pluginFolder(env: Env, platform: string): string | undefined {
  return below(dataFolder(env, platform), 'plugins')
}

/** Where the plugin `permissions` finds policies and keeps what it notes; each absent without a home. */
export interface PolicyPlaces {
  /** Policy file of the system: not moved by `LLMSPELL_HOME`, since it is not the user's. */
  readonly system: string
  readonly user?: string
  readonly state?: string
  readonly audit?: string
}

/** Folder of what the user writes, or undefined without a home. */
function configFolder(env: Env, platform: string): string | undefined {
  return absolute(env['LLMSPELL_HOME']) ?? below(base(env, platform, CONFIG), 'llmspell')
}

/** The user's own settings, which may set everything; undefined without a home. */
export function ownConfigFile(env: Env, platform: string): string | undefined {
  return below(configFolder(env, platform), 'config.toml')
}

export function policyPlaces(env: Env, platform: string): PolicyPlaces {
  const config = configFolder(env, platform)
  const data = dataFolder(env, platform)
  return {
    system: platform === 'win32' ? join(programData(env), POLICY) : `/etc/llmspell/${POLICY}`,
    ...(config === undefined ? {} : { user: join(config, POLICY) }),
    ...(data === undefined ? {} : { state: data, audit: join(data, 'audit') }),
  }
}

const POLICY = 'policy.toml'

function programData(env: Env): string {
  return join(absolute(env['ProgramData']) ?? 'C:\\ProgramData', 'llmspell')
}

/** True where `LLMSPELL_HOME` is set to a folder that depends on where the program starts. */
export function homeIsRelative({ LLMSPELL_HOME: home }: Env): boolean {
  return !!home && !isAbsolute(home)
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
const CONFIG: Place = {
  xdg: 'XDG_CONFIG_HOME',
  linux: '.config',
  darwin: 'Library/Preferences',
  win32: 'AppData/Roaming',
}
const DATA: Place = {
  xdg: 'XDG_DATA_HOME',
  linux: '.local/share',
  darwin: 'Library/Application Support',
  win32: 'AppData/Local',
}

function base(env: Env, platform: string, place: Place): string | undefined {
  const folder = platform === 'darwin' || platform === 'win32' ? place[platform] : place.linux
  return absolute(env[place.xdg]) ?? below(home(env), folder)
}

function home(env: Env): string | undefined {
  return absolute(env['HOME']) ?? absolute(env['USERPROFILE']) ?? homeOnRecord()
}

function homeOnRecord(): string | undefined {
  try {
    // Not homedir(), which believes HOME again.
    return absolute(process.getBuiltinModule('node:os').userInfo().homedir)
  } catch {
    return undefined
  }
}

function absolute(folder: string | undefined): string | undefined {
  return folder !== undefined && isAbsolute(folder) ? folder : undefined
}

function below(folder: string | undefined, name: string): string | undefined {
  return folder === undefined ? undefined : join(folder, name)
}

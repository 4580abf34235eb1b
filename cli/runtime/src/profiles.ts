/** What every list of ids stands on: a runtime without these could run nothing, and no plugin that is a script. */
export const ALWAYS: readonly string[] = ['script-runtime', 'script-plugins']

const BASE = [...ALWAYS, 'engine-lua', 'engine-javascript', 'permissions', 'hooks', 'events']

const TOOLS = [
  ...BASE,
  'state',
  'store-memory',
  'files',
  'http',
  'secrets',
  'sandbox',
  'tools',
  'tool-archive',
  'tool-calculator',
  'tool-command',
  'tool-csv',
  'tool-datetime',
  'tool-directory-list',
  'tool-environment',
  'tool-file-read',
  'tool-file-search',
  'tool-file-watch',
  'tool-file-write',
  'tool-hash',
  'tool-http-request',
  'tool-json',
  'tool-system-info',
  'tool-template',
  'tool-text',
  'tool-uuid',
  'tool-web-scrape',
]

const AGENTS = [
  ...TOOLS,
  'agents',
  'models',
  'language-models',
  'media',
  'budgets',
  'code-mode',
  'workflows',
  'provider-anthropic',
  'provider-google',
  'provider-mock',
  'provider-ollama',
  'provider-openai',
  'provider-openai-compatible',
  'provider-replay',
]

/**
 * Ids by name of a profile. `tools`: scripts and tools, no model is ever asked; `agents`: these, with models, agents and
 * workflows; `full`: all that came with the package.
 */
export const PROFILES = { full: undefined, tools: TOOLS, agents: AGENTS } as const
export type ProfileName = keyof typeof PROFILES

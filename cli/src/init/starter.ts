import { TYPES_FOLDER } from './api.ts'
import type { Text } from './write.ts'

const LUA = `-- Run it: llmspell run hello.lua
-- It works without a key: an offline model answers by rules. A real one:
--   llmspell run hello.lua "Why is the sky blue?" --model openai/gpt-4o-mini
local agent = Agent.create{ system_prompt = "Answer in one line." }
local question = ARGS[1] or "What is a spell?"
print(agent:execute(question).text)
`

const JAVASCRIPT = `// Run it: llmspell run hello.js
// It works without a key: an offline model answers by rules. A real one:
//   llmspell run hello.js "Why is the sky blue?" --model openai/gpt-4o-mini
const agent = await Agent.create({ systemPrompt: 'Answer in one line.' })
const question = ARGS[1] ?? 'What is a spell?'
print((await agent.execute(question)).text)
`

const CONFIG = `# Settings of this folder. Everything here is a default and may be left out.
# What a script may do is granted by flags, never by this file: llmspell run --help

# Model of agents that name none. The key comes from the environment, such as OPENAI_API_KEY.
# model = "mock/demo"

# Engine of code that has no file name: llmspell exec, and scripts from stdin.
# engine = "lua"

# One section for each plugin, by its id. See: llmspell plugin list
# [plugins.models.aliases]
# small = "openai/gpt-4o-mini"

# [plugins.models.retry]
# max_attempts = 3
`

const TYPESCRIPT = {
  compilerOptions: {
    target: 'es2023',
    module: 'esnext',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    lib: ['es2023'],
    types: [],
    strict: true,
    allowJs: true,
    checkJs: true,
    allowImportingTsExtensions: true,
    noEmit: true,
  },
  include: ['**/*', `${TYPES_FOLDER}/llmspell.d.ts`],
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

/** What a new folder gets beside the types. */
export function starterFiles(lua: string): readonly Text[] {
  const server = {
    'runtime.version': `Lua ${lua}`,
    'workspace.library': [TYPES_FOLDER],
    'workspace.checkThirdParty': false,
  }
  return [
    { path: 'hello.lua', text: LUA },
    { path: 'hello.js', text: JAVASCRIPT },
    { path: 'llmspell.toml', text: CONFIG },
    { path: '.luarc.json', text: json(server) },
    { path: 'tsconfig.json', text: json(TYPESCRIPT) },
  ]
}

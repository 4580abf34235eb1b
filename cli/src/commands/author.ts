import { checkPlugin } from '../author/check.ts'
import { dev as develop } from '../author/dev.ts'
import { newPlugin } from '../author/new.ts'
import { CONFIG, HELP, JSON_FLAG, RUN, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'

const NEW: CommandSpec = {
  id: 'plugin new',
  flags: [
    {
      name: 'kind',
      char: 'k',
      kind: 'text',
      value: 'KIND',
      summary: 'What it brings: tool, engine, provider, store, hook, module',
    },
    {
      name: 'folder',
      kind: 'text',
      value: 'FOLDER',
      summary: 'Where to write it (default: a new folder of that name)',
    },
    { name: 'scope', kind: 'text', value: '@SCOPE', summary: 'Scope of the package: @me' },
    JSON_FLAG,
    HELP,
  ],
  args: [{ name: 'name', summary: 'Name of the package: weather, @me/weather', required: true }],
}

const CHECK: CommandSpec = {
  id: 'plugin check',
  flags: [JSON_FLAG, CONFIG, HELP],
  args: [{ name: 'folder', summary: 'Folder of the plugin (default: the working folder)' }],
}

const DEV: CommandSpec = {
  id: 'dev',
  flags: [
    {
      name: 'test',
      kind: 'switch',
      summary: "Run the plugin's tests after each change, by its vitest",
    },
    ...RUN.flags,
  ],
  args: [
    { name: 'folder', summary: 'Folder of the plugin (default: the working folder)' },
    { name: 'script', summary: 'Script to run after each change' },
  ],
  rest: 'ARGS',
}

export const pluginNew = define(
  NEW,
  {
    summary: 'Start a plugin of your own: sources, tests, licence, CI',
    description: `Writes a whole plugin that works, with the contract tests of its kind. It asks
nothing, and writes into an empty folder only.`,
    examples: [
      {
        description: 'A tool, in the new folder weather',
        command: '<%= config.bin %> plugin new weather --kind tool',
      },
      {
        description: 'A hook of your own scope, in another folder',
        command: '<%= config.bin %> plugin new guard --kind hook --scope @me --folder my-guard',
      },
    ],
  },
  newPlugin,
)

export const pluginCheck = define(
  CHECK,
  {
    summary: 'Check a plugin of your own before npm publish',
    description: `Looks at the manifest, at what npm would pack and how large it is, at entries
and types, at permissions that the code seems to use and the manifest does not
declare, at README, licence and tests. Runs none of its code. Exit code 1 where
something is wrong; warnings alone are 0.`,
    examples: [
      { description: 'The plugin of this folder', command: '<%= config.bin %> plugin check' },
      {
        description: 'Another, for programs',
        command: '<%= config.bin %> plugin check weather --json',
      },
    ],
  },
  checkPlugin,
)

export const dev = define(
  DEV,
  {
    summary: 'Work on a plugin: reload it at each change, run a script again',
    description: `Watches the folder of a plugin, and the script. At each change the plugin is
reloaded in place, from its TypeScript sources where package.json names them,
and the script runs again, in a thread of its own. A change that does not work
is shown, and the version before stays. What it says of itself is on stderr.
Ctrl-C ends it.`,
    examples: [
      { description: 'Reload only', command: '<%= config.bin %> dev weather' },
      {
        description: 'Run a script with an argument at each change',
        command: '<%= config.bin %> dev weather try.lua -- Berlin',
      },
      { description: 'Run the tests', command: '<%= config.bin %> dev weather --test' },
    ],
  },
  develop,
)

import { testPlugin } from '../contract/test.ts'
import { upgrade } from '../upgrade/check.ts'
import { CONFIG, HELP, JSON_FLAG, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'

const UPGRADE: CommandSpec = {
  id: 'upgrade',
  flags: [
    {
      name: 'check',
      kind: 'switch',
      summary: 'Try your plugins with the new version, and change nothing',
    },
    JSON_FLAG,
    CONFIG,
    HELP,
  ],
  args: [{ name: 'version', summary: 'Version or tag (default: latest)' }],
}

export const upgrading = define(
  UPGRADE,
  {
    summary: 'Say how to upgrade, or whether your plugins work with a new version',
    description:
      'It does not upgrade by itself: it cannot know who installed it. With --check the new version is fetched into a folder of its own, without running scripts of packages, and starts copies of your plugins.',
    examples: [
      { description: 'How to upgrade', command: '<%= config.bin %> upgrade' },
      {
        description: 'Whether plugins fit the newest',
        command: '<%= config.bin %> upgrade --check',
      },
      {
        description: 'Whether they fit one version, for a script',
        command: '<%= config.bin %> upgrade --check 0.3.0 --json',
      },
    ],
  },
  upgrade,
)

const TEST: CommandSpec = {
  id: 'plugin test',
  flags: [
    { name: 'own', kind: 'switch', summary: "Run the plugin's own tests too" },
    {
      name: 'with',
      kind: 'text',
      value: 'FOLDER',
      summary: 'Take vitest and @llmspell/sdk from this project (default: the plugin)',
    },
    JSON_FLAG,
    CONFIG,
    HELP,
  ],
  args: [{ name: 'folder', summary: 'Folder of the plugin (default: this folder)' }],
}

export const pluginTest = define(
  TEST,
  {
    summary: "Test a plugin's contract and show a card of what it is compatible with",
    description:
      'Each contribution is tested by the suite of its point, made from the manifest alone. Stores are opened in folders of their own; tools are granted to read and write in a folder with a copy of what the plugin has in contract/. What needs a server, programs or the network is left to the tests of the plugin.',
    examples: [
      { description: 'The plugin in this folder', command: '<%= config.bin %> plugin test' },
      {
        description: 'With its own tests, for a script',
        command: '<%= config.bin %> plugin test ./weather --own --json',
      },
    ],
  },
  testPlugin,
)

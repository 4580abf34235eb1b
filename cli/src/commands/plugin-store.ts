import type { CommandSpec, FlagSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import {
  install,
  link,
  rollback,
  search,
  switching,
  uninstall,
  unlink,
  update,
  verify,
} from '../plugin/store/acts.ts'
import { BRINGS, COMMON, YES } from '../plugin/store/flags.ts'
import { probe } from '../plugin/store/probe.ts'
import type { Body } from '../stage.ts'

const NAME = { name: 'id', summary: 'Id or package of the plugin', required: true }
const FORCE: FlagSpec = {
  name: 'force',
  kind: 'switch',
  summary: 'Also where other plugins need it',
}

interface Words {
  readonly summary: string
  readonly description?: string
  readonly hidden?: boolean
  readonly examples: readonly (readonly [description: string, words: string])[]
}

function command(verb: string, spec: Omit<CommandSpec, 'id'>, words: Words, body: Body) {
  const examples = words.examples.map(([description, rest]) => {
    return { description, command: `<%= config.bin %> plugin ${rest}` }
  })
  return define({ ...spec, id: `plugin ${verb}` }, { ...words, examples }, body)
}

export const pluginInstall = command(
  'install',
  {
    flags: BRINGS,
    args: [
      { name: 'spec', summary: 'name, name@version, ./archive.tgz or ./folder', required: true },
    ],
    rest: 'SPECS',
  },
  {
    summary: 'Install plugins, after showing what they ask for',
    description:
      'No script of a package runs. A plugin of tools alone runs in a place of its own; what taps hooks or provides services runs in the process of llmspell, and needs --trust.',
    examples: [
      ['From the registry', 'install llmspell-plugin-weather'],
      ['In a script, where nobody can be asked', 'install llmspell-plugin-weather@1.2.0 --yes'],
      ['From a folder, packed as it would be published', 'install ./weather --yes'],
    ],
  },
  install,
)

export const pluginUpdate = command(
  'update',
  { flags: BRINGS, args: [{ name: 'id', summary: 'Id or package; default: all' }], rest: 'IDS' },
  {
    summary: 'Update plugins, asking again where one wants more',
    examples: [
      ['All of them', 'update'],
      ['One', 'update weather'],
    ],
  },
  update,
)

export const pluginRollback = command(
  'rollback',
  { flags: [YES, ...COMMON], args: [NAME] },
  {
    summary: 'Bring back the version before the last update',
    examples: [['One step', 'rollback weather']],
  },
  rollback,
)

export const pluginUninstall = command(
  'uninstall',
  { flags: [FORCE, ...COMMON], args: [NAME], rest: 'IDS' },
  { summary: 'Remove plugins', examples: [['Remove one', 'uninstall weather']] },
  uninstall,
)

export const pluginSearch = command(
  'search',
  {
    flags: [
      { name: 'limit', kind: 'text', value: 'N', summary: 'At most so many (default: 20)' },
      ...COMMON,
    ],
    args: [{ name: 'text', summary: 'Words; default: all plugins' }],
    rest: 'WORDS',
  },
  {
    summary: 'Find packages with the keyword llmspell-plugin',
    examples: [['By a word', 'search weather']],
  },
  search,
)

export const pluginLink = command(
  'link',
  { flags: COMMON, args: [{ name: 'folder', summary: 'Folder of the plugin; default: this one' }] },
  {
    summary: 'Use a plugin from the folder where it is written',
    examples: [['The one in this folder', 'link']],
  },
  link,
)

export const pluginUnlink = command(
  'unlink',
  { flags: COMMON, args: [{ name: 'name', summary: 'Id or folder; default: this folder' }] },
  { summary: 'Take a linked folder off', examples: [['By its id', 'unlink weather']] },
  unlink,
)

export const pluginEnable = command(
  'enable',
  { flags: COMMON, args: [NAME] },
  { summary: 'Switch a plugin on again', examples: [['Switch on', 'enable tool-ocr']] },
  switching(true),
)

export const pluginDisable = command(
  'disable',
  { flags: COMMON, args: [NAME] },
  {
    summary: 'Switch a plugin off, for good',
    examples: [['Switch off', 'disable tool-ocr']],
  },
  switching(false),
)

export const pluginVerify = command(
  'verify',
  { flags: COMMON, args: [{ name: 'id', summary: 'Id or package; default: all' }], rest: 'IDS' },
  {
    summary: 'Compare every file with what was accepted',
    examples: [['All of them', 'verify']],
  },
  verify,
)

export const pluginProbe = command(
  'probe',
  { flags: COMMON, args: [{ name: 'lock', summary: 'Lock file', required: true }], rest: 'IDS' },
  { summary: 'Load plugins of another lock', hidden: true, examples: [] },
  probe,
)

import type { HookPointItem } from '@llmspell/sdk'

const plugin = { type: 'string', description: 'Id of the plugin.' }
const count = (description: string) => ({ type: 'integer', minimum: 0, description })

/** A payload of which every key is there. */
function payload(properties: Readonly<Record<string, object>>) {
  return { type: 'object', required: Object.keys(properties), properties }
}

/** The hook points of the kernel itself. */
export const KERNEL_POINTS: readonly HookPointItem[] = [
  {
    name: 'kernel.pluginActivated',
    kind: 'notify',
    doc: 'A plugin became active.',
    subject: 'id',
    payload: payload({ id: plugin, ms: { type: 'number', description: 'What it took.' } }),
  },
  {
    name: 'kernel.pluginFailed',
    kind: 'notify',
    doc: 'A plugin failed to activate.',
    subject: 'id',
    payload: payload({
      id: plugin,
      code: { type: 'string', description: 'Code of the failure.' },
      message: { type: 'string', description: 'Text of the failure.' },
    }),
  },
  {
    name: 'kernel.started',
    kind: 'series',
    doc: 'The phases of the start are done; a plugin that taps this is woken for it.',
    aliases: ['SystemStartup'],
    payload: payload({
      active: count('Plugins that are active.'),
      failed: count('Plugins that have failed.'),
      ms: { type: 'number', description: 'What the start took.' },
    }),
  },
  {
    name: 'kernel.configChanged',
    kind: 'series',
    doc: 'A section of the config changed.',
    aliases: ['ConfigurationChange'],
    subject: 'path',
    payload: payload({ path: { type: 'string', description: 'Dotted path of the section.' } }),
  },
  {
    name: 'kernel.shutdown',
    kind: 'series',
    doc: 'The kernel stops; plugins still work.',
    aliases: ['SystemShutdown'],
    payload: payload({ reason: { type: 'string', description: 'Why it stops.' } }),
  },
]

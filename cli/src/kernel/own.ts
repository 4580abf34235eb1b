import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin } from '@llmspell/sdk'

/** First words of the commands of this program: no plugin may have a command that begins so. */
export const OWN_WORDS: readonly string[] = [
  'artifact',
  'audit',
  'demo',
  'dev',
  'doctor',
  'events',
  'exec',
  'help',
  'hooks',
  'init',
  'metrics',
  'model',
  'plugin',
  'policy',
  'repl',
  'run',
  'secret',
  'session',
  'state',
  'test',
  'tool',
  'types',
  'upgrade',
  'version',
  'workflow',
]

/** The program as a plugin: it owns the point for commands. @param root folder of the package `llmspell` */
export function ownPlugin(root: string): InlinePlugin {
  return {
    root,
    manifest: {
      manifest: 1,
      id: 'cli',
      main: './dist/main.cjs',
      phase: 'globals',
      activation: 'startup',
      contributes: { points: { commands: './schemas/command-item.json' } },
    },
    plugin: definePlugin({ setup() {} }),
  }
}

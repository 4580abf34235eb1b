import type { CommandItem } from '@llmspell/sdk'
import type { Command } from '@oclif/core'
import { validate } from '../generated/command-item.validate.js'
import { define } from '../oclif/command.ts'
import { pluginFolder } from '../places.ts'
import { plain } from '../print/escape.ts'
import { err } from '../print/output.ts'
import { Stage } from '../stage.ts'
import { mayHaveCommands } from './installed.ts'
import { bodyOf } from './run.ts'
import { faultOf, specOf, textOf } from './spec.ts'

/** Commands of one plugin that are offered. */
const MOST = 100

/**
 * The commands that plugins bring, by the ids of oclif; from their manifests alone. Where they cannot be told a line on stderr
 * says why.
 */
export async function pluginCommands(
  root: string,
  words: readonly string[],
): Promise<Readonly<Record<string, Command.Class>>> {
  const stage = new Stage(root, { flags: flagsIn(words), args: [], rest: [] })
  try {
    const config = await stage.config()
    if (!config.files && !mayHaveCommands(pluginFolder(process.env, process.platform))) return {}
    const kernel = await stage.examine(config)
    const items = kernel.extensions.list<CommandItem & Record<string, unknown>>('commands')
    const counts = new Map<string, number>()
    const found = items.flatMap(({ item, plugin }) => {
      const count = (counts.get(plugin) ?? 0) + 1
      counts.set(plugin, count)
      return offered(item, plugin, count)
    })
    return Object.fromEntries(found)
  } catch (error) {
    err(`warning: commands of plugins are not known: ${plain((error as Error).message)}\n`)
    return {}
  } finally {
    await stage.close()
  }
}

function offered(item: CommandItem, plugin: string, count: number): [string, Command.Class][] {
  const fault = validate(item)
    ? (faultOf(item) ?? (count > MOST ? `a plugin may have ${MOST}` : undefined))
    : 'its entry in the manifest is wrong, see llmspell plugin doctor'
  if (fault === undefined)
    return [[item.name.replace(' ', ':'), define(specOf(item), textOf(item, plugin), bodyOf(item))]]
  if (count <= MOST + 1)
    err(
      `warning: command '${plain(String(item.name))}' of plugin '${plugin}' is left out: ${fault}\n`,
    )
  return []
}

/** The flags that say where plugins are: what else a word means is known when the command is. */
function flagsIn(words: readonly string[]): Stage['parsed']['flags'] {
  const config = valuesIn(words, '--config')[0]
  const plugin = valuesIn(words, '--plugin')
  return { ...(config === undefined ? {} : { config }), ...(plugin.length > 0 ? { plugin } : {}) }
}

function valuesIn(words: readonly string[], flag: string): string[] {
  return words.flatMap((word, at) => {
    if (word === flag) return words[at + 1] ?? []
    return word.startsWith(`${flag}=`) ? word.slice(flag.length + 1) : []
  })
}

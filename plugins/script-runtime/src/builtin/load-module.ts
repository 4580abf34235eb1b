import { dirname, join, relative, resolve } from 'node:path'
import { SpellError, isSpellError } from '@llmspell/sdk'
import type { CallContext, Value } from '@llmspell/sdk'

/** The most source that one script module may have, in bytes. */
const SOURCE_CAP = 256 * 1024

/**
 * The source of a script module: `lib.util` is `lib/util.lua` below the folder of the script, read under the
 * grants of the run.
 * @throws FILE_NOT_FOUND, PERMISSION_DENIED
 */
export async function loadModule(
  context: CallContext,
  script: string | undefined,
  name: string,
  endings: readonly string[],
): Promise<Value> {
  const folder = dirname(resolve(context.root, script ?? '.'))
  const base = name.includes('/') ? name : name.replaceAll('.', '/')
  for (const ending of [...endings, '']) {
    const file = join(folder, base + ending)
    try {
      const source = await context.call('Files', 'read_source', [file, SOURCE_CAP])
      return { file: relative(context.root, file), source: source as string }
    } catch (error) {
      if (!isSpellError(error) || error.code !== 'FILE_NOT_FOUND') throw error
    }
  }
  throw new SpellError(
    'FILE_NOT_FOUND',
    `Script module '${name}' was not found: expected '${base}${endings[0] ?? ''}' in the folder of the script.`,
    {
      hint: 'Check the name, or move the file beside the script.',
    },
  )
}

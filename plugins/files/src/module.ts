import { SpellError } from '@llmspell/sdk'
import type { Files, ScriptCall, ScriptModuleHandlers } from '@llmspell/sdk'
import { validators } from './generated/files.module.validate.js'

/** Handlers of the hidden module `Files`. */
export function filesModule(files: Files): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      read_source: async ({ args: [path, maxBytes], context }: ScriptCall<[string, number]>) => {
        const { grants, root, signal } = context
        await using file = await files.open(
          path,
          { subject: 'The script', grants, root, signal, run: context },
          { maxBytes },
        )
        const pieces: Uint8Array[] = []
        for await (const piece of file.read()) pieces.push(piece)
        return decode(file.path, pieces)
      },
    },
  }
}

function decode(path: string, pieces: readonly Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))
  } catch (cause) {
    throw new SpellError(
      'FILE_UNREADABLE',
      `File '${path}' is not UTF-8 text: expected a script module.`,
      {
        hint: 'Save it as UTF-8.',
        cause,
      },
    )
  }
}

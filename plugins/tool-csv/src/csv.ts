import type { Files, Tool } from '@llmspell/sdk'
import { checkFields } from './fields.ts'
import type { CsvInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { read } from './read.ts'
import { write } from './write.ts'

/** The tool, over the guarded file service: it opens nothing by itself. */
export function csv(files: Files): Tool<CsvInput> {
  return {
    validate,
    validateOutput,
    effectOf({ operation, path, mode }) {
      if (operation === 'read' || path === undefined) return 'pure'
      return mode === 'replace' ? 'idempotent' : 'unsafe'
    },
    async execute(input, call) {
      checkFields(input)
      return input.operation === 'read' ? read(input, files, call) : write(input, files, call)
    },
  }
}

import type { Tool, ToolOutput } from '@llmspell/sdk'
import type { UuidInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { make, refused } from './make.ts'
import { read } from './read.ts'

/** The tool. What it makes is taken from the journal when a run is repeated. */
export const uuid: Tool<UuidInput> = {
  validate,
  validateOutput,
  async execute(input) {
    if (input.operation === 'parse') return parsed(input)
    const uuids = await make(input)
    return { result: { uuids: [...uuids] }, text: uuids.join('\n'), operation: 'make' }
  },
}

function parsed({ uuid: text, namespace, name }: UuidInput): ToolOutput {
  if (text === undefined) throw refused('uuid', 'a text to read', 'nothing')
  if (namespace !== undefined || name !== undefined)
    throw refused(namespace === undefined ? 'name' : 'namespace', 'nothing for parse', 'a value')
  const result = read(text)
  return { result: { ...result }, operation: 'parse' }
}

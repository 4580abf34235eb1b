import { extname } from 'node:path'
import { SpellError, didYouMean } from '@llmspell/sdk'
import type { Contribution, EngineItem, ExtensionRegistry, RunRequest } from '@llmspell/sdk'

/** The engine of a request: by name, else by the ending of the file. @throws ENGINE_UNKNOWN listing what is installed */
export function chooseEngine(
  extensions: ExtensionRegistry,
  { engine, file }: Pick<RunRequest, 'engine' | 'file'>,
): Contribution<EngineItem> {
  const installed = extensions.list<EngineItem>('engines')
  const ending = extname(file)
  const found = installed.find(({ name, item }) =>
    engine === undefined ? item.extensions.includes(ending) : name === engine,
  )
  if (found) return found
  throw engine === undefined
    ? unknownEnding(file, ending, installed)
    : unknownEngine(engine, installed)
}

function unknownEngine(engine: string, installed: readonly Contribution<EngineItem>[]): SpellError {
  const names = installed.map(({ name }) => name)
  return new SpellError('ENGINE_UNKNOWN', `Engine '${engine}' is not installed.`, {
    hint: didYouMean(engine, names, `Installed: ${names.join(', ')}.`),
  })
}

function unknownEnding(
  file: string,
  ending: string,
  installed: readonly Contribution<EngineItem>[],
): SpellError {
  const known = installed
    .filter(({ item }) => item.extensions.length > 0)
    .map(({ name, item }) => `${item.extensions.join(', ')} (${name})`)
    .join('; ')
  const found = ending === '' ? 'no ending' : `the ending '${ending}'`
  return new SpellError(
    'ENGINE_UNKNOWN',
    `No installed engine runs '${file}': expected ${known}, found ${found}.`,
    {
      hint: 'Name the engine with --engine, or rename the file.',
    },
  )
}

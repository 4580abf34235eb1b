import { extname } from 'node:path'
import { didYouMean, SpellError, type Contribution, type EngineItem } from '@llmspell/sdk'

type Engine = Contribution<EngineItem>

/** What people write for a language. */
const SHORT: Readonly<Record<string, string>> = { js: 'javascript' }
/** Engine of code that comes without a file name. */
const DEFAULT_ENGINE = 'lua'

/**
 * The engine for a script: the one asked for, by name or language, or by the file's ending.
 * @throws ENGINE_UNKNOWN with the installed ones
 */
export function pickEngine(
  engines: readonly Engine[],
  file: string,
  wanted: string | undefined,
  fallback = DEFAULT_ENGINE,
): Engine {
  const ending = extname(file)
  const asked = wanted ?? (ending === '' ? fallback : undefined)
  const found = asked === undefined ? byEnding(engines, ending) : byName(engines, asked)
  if (found) return found
  throw asked === undefined ? endingUnknown(engines, file, ending) : nameUnknown(engines, asked)
}

function byName(engines: readonly Engine[], asked: string): Engine | undefined {
  return (
    engines.find((engine) => engine.name === asked) ??
    engines.find(({ item }) => item.language === asked || SHORT[asked] === item.language)
  )
}

function byEnding(engines: readonly Engine[], ending: string): Engine | undefined {
  return engines.find((engine) => engine.item.extensions.includes(ending.toLowerCase()))
}

function nameUnknown(engines: readonly Engine[], asked: string): SpellError {
  const names = engines.flatMap((engine) => [engine.name, engine.item.language])
  if (names.includes('javascript')) names.push('js')
  return new SpellError(
    'ENGINE_UNKNOWN',
    `Engine '${asked}' is not installed. Installed: ${listed(engines)}.`,
    {
      hint: didYouMean(asked, names, 'See the plugins with: llmspell plugin list'),
      details: { installed: engines.map((engine) => engine.name) },
    },
  )
}

function endingUnknown(engines: readonly Engine[], file: string, ending: string): SpellError {
  const text = `No engine takes '${ending}' files such as '${file}'. Installed: ${listed(engines)}.`
  return new SpellError('ENGINE_UNKNOWN', text, {
    hint: 'Choose one with --engine.',
    details: { installed: engines.map((engine) => engine.name) },
  })
}

function listed(engines: readonly Engine[]): string {
  const texts = engines.map(({ name, item: { extensions } }) =>
    extensions.length > 0 ? `${name} (${extensions.join(', ')})` : name,
  )
  return texts.length > 0 ? texts.join(', ') : 'none'
}

import { didYouMean, SpellError } from '@llmspell/sdk'
import type { Contribution, EngineItem, ExtensionRegistry } from '@llmspell/sdk'

const LANGUAGES: ReadonlySet<string> = new Set(['lua', 'javascript'])

/** Those of languages that have entries. */
export function enginesOf(extensions: ExtensionRegistry): readonly Contribution<EngineItem>[] {
  return extensions.list<EngineItem>('engines').filter(({ item }) => LANGUAGES.has(item.language))
}

/** The engine of a name or a language. @throws ENGINE_UNKNOWN */
export function engineOf(extensions: ExtensionRegistry, asked: string): Contribution<EngineItem> {
  const engines = enginesOf(extensions)
  const found =
    engines.find(({ name }) => name === asked) ??
    engines.find(({ item }) => item.language === asked || shortName(item.language) === asked)
  if (found) return found
  const names = engines.flatMap(({ name, item }) => [name, item.language, shortName(item.language)])
  throw new SpellError('ENGINE_UNKNOWN', `Engine '${asked}' is not installed.`, {
    hint: didYouMean(asked, names, `Installed: ${[...new Set(names)].join(', ')}.`),
  })
}

/** As prompts and files have it: `js`. */
export function shortName(language: string): string {
  return language === 'javascript' ? 'js' : language
}

/** As far as colours and blocks go. */
export function languageOf({ language }: { readonly language: string }): 'lua' | 'javascript' {
  return language === 'javascript' ? 'javascript' : 'lua'
}

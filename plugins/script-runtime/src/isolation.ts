import { didYouMean, SpellError } from '@llmspell/sdk'
import type { Contribution, EngineItem, Isolation, RunRequest } from '@llmspell/sdk'

const PLACES: readonly Isolation[] = ['inline', 'worker']

/** Where the engine of a request runs. @throws INPUT_INVALID */
export function isolationOf(
  { isolation }: RunRequest,
  { name, item }: Contribution<EngineItem>,
): Isolation {
  if (isolation !== undefined && !PLACES.includes(isolation)) {
    throw new SpellError('INPUT_INVALID', `There is no isolation '${String(isolation)}'.`, {
      hint: didYouMean(String(isolation), PLACES, `Known: ${PLACES.join(', ')}.`),
    })
  }
  if (isolation === 'inline' && !item.inline) {
    throw new SpellError(
      'INPUT_INVALID',
      `Engine '${name}' cannot run inline: it keeps its limits only in a thread of its own.`,
      {
        hint: 'Use --isolation=worker.',
      },
    )
  }
  return isolation ?? (item.inline ? 'inline' : 'worker')
}

import { SpellError } from '@llmspell/sdk'
import type { Durability, StateCapabilities } from '@llmspell/sdk'

/**
 * Refuses a run whose journal its server may lose. A store of one process alone is what it says: nobody who chooses memory
 * expects more of it.
 *
 * @throws RUN_NOT_DURABLE
 */
export function requireKept(
  { multiProcess, durability }: StateCapabilities,
  wanted: Durability,
): void {
  if (!multiProcess || wanted === 'none' || durability.includes(wanted)) return
  throw new SpellError(
    'RUN_NOT_DURABLE',
    `The store cannot keep the run: expected the durability '${wanted}', found '${durability.join("', '")}'.`,
    {
      hint: `Have the server write each change to its disk, choose another store, or start the run with the durability '${durability.at(-1)}'.`,
      details: { wanted, found: [...durability] },
    },
  )
}

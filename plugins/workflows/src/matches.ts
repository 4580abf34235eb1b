import { SpellError } from '@llmspell/sdk'

const LONGEST_MS = 100

/**
 * Whether a regular expression is found in a text. Both may come from a model: a search that would go on for ever is
 * broken off.
 * @throws WORKFLOW_CONDITION_INVALID for text that is no pattern, and for a search that takes too long
 */
export async function isMatch(text: string, pattern: string): Promise<boolean> {
  // For its clock: what is run is text of ours.
  // oxlint-disable-next-line no-restricted-imports
  const { runInNewContext } = await import('node:vm')
  const search = 'new RegExp(pattern, "u").test(text)'
  try {
    const room = Object.assign(Object.create(null) as object, { text, pattern })
    return runInNewContext(search, room, { timeout: LONGEST_MS }) as boolean
  } catch (cause) {
    const late = (cause as { readonly code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    const why = late ? 'takes too long' : 'is no regular expression'
    const said = `A condition cannot be answered: the pattern '${pattern.slice(0, 60)}' ${why}.`
    throw new SpellError('WORKFLOW_CONDITION_INVALID', said, { hint: 'Write a simpler pattern.' })
  }
}

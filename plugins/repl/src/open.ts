import type { ReplEnd, ReplOptions } from '@llmspell/sdk'
import type { House } from './house.ts'
import { Lines } from './lines.ts'
import { Session } from './session.ts'
import { Show } from './show.ts'

/** A session from its first line to its end. */
export async function openRepl(house: House, options: ReplOptions): Promise<ReplEnd> {
  const { input, ...rest } = options
  if (!rest.terminal) {
    const show = new Show(rest)
    const face = { ...rest.face, write: show.print }
    const session = await Session.open(house, { ...rest, face })
    return new Lines({ session, show }).run(input)
  }
  const { openTerminal } = await import('./terminal/open.ts')
  return openTerminal(house, { ...options, terminal: rest.terminal })
}

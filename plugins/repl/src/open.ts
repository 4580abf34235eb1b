import type { ErrorRecord, ReplEnd, ReplOptions } from '@llmspell/sdk'
import type { House } from './house.ts'
import { Lines } from './lines.ts'
import { Session } from './session.ts'
import { Show } from './show.ts'
import { Sources } from './sources.ts'

/** A session from its first line to its end. */
export async function openRepl(house: House, options: ReplOptions): Promise<ReplEnd> {
  const { input, ...rest } = options
  if (!rest.terminal) {
    const sources = new Sources()
    const show = new Show(rest, sources)
    const face = { ...rest.face, write: show.print }
    const uncaught = (error: ErrorRecord): void => lines.uncaught(error)
    const session = await Session.open(house, { ...rest, face, uncaught }, sources)
    const lines = new Lines({ session, show })
    return lines.run(input)
  }
  const { openTerminal } = await import('./terminal/open.ts')
  return openTerminal(house, { ...options, terminal: rest.terminal })
}

import type { ReplEnd, ReplOptions } from '@llmspell/sdk'
import type { House } from '../house.ts'
import { Session } from '../session.ts'
import { Show } from '../show.ts'
import { Dialogue } from './dialogue.ts'
import { History } from './history.ts'
import { Keyboard } from './keyboard.ts'

/** A session with a person. */
export async function openTerminal(
  house: House,
  options: ReplOptions & { readonly terminal: NonNullable<ReplOptions['terminal']> },
): Promise<ReplEnd> {
  const { input, asking, ...rest } = options
  const { terminal } = rest
  const history = new History(options.history)
  const show = new Show(rest, false)
  const keyboard = new Keyboard({ input, output: terminal, history: await history.read() })
  const face = { ...rest.face, write: show.print }
  try {
    const asked = asking?.((signal) => keyboard.answer(signal)) ?? {}
    const session = await Session.open(house, { ...rest, ...asked, face })
    return await new Dialogue({ session, show }, keyboard, history).run()
  } finally {
    keyboard.close()
  }
}

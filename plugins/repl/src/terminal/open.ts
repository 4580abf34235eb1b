import type { ErrorRecord, ReplEnd, ReplOptions } from '@llmspell/sdk'
import { shortName } from '../engines.ts'
import type { House } from '../house.ts'
import { Session } from '../session.ts'
import { Show } from '../show.ts'
import { Sources } from '../sources.ts'
import { TerminalInput } from './answers.ts'
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
  const sources = new Sources()
  const show = new Show(rest, sources)
  const keys = new TerminalInput(input)
  const keyboard = new Keyboard({ input: keys, output: terminal, history: await history.read() })
  const face = { ...rest.face, write: show.print }
  let dialogue: Dialogue | undefined
  const uncaught = (error: ErrorRecord): void => dialogue?.uncaught(error)
  const askTerminal = (question: string, ms: number) => keyboard.ask(question, ms)
  try {
    const asked = asking?.((signal) => keyboard.answer(signal)) ?? {}
    const given = { ...rest, ...asked, face, uncaught, askTerminal }
    const session = await Session.open(house, given, sources)
    show.say(greeting(session))
    dialogue = new Dialogue({ session, show }, keyboard, history)
    return await dialogue.run()
  } finally {
    keyboard.close()
  }
}

function greeting({ language, model, options }: Session): string {
  const facts = [
    shortName(language) === 'js' ? 'JavaScript' : 'Lua',
    `model ${model ?? 'by default'}`,
    ...(options.session === undefined ? [] : [`session ${options.session}`]),
  ]
  return `${facts.join(', ')}. .help shows the commands.`
}

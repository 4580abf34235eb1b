import { didYouMean, SpellError } from '@llmspell/sdk'
import type { Message, Value } from '@llmspell/sdk'
import type { AgentConfig, AgentInput } from './config.ts'
import type { MediaReader } from './media-input.ts'
import { fromScript, textMessage } from './messages.ts'

type Parameters = { readonly [key: string]: Value | undefined }

const shown = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Puts parameters in place of `{{name}}`; without parameters the text stays as it is. @throws INPUT_INVALID */
function fill(text: string, parameters: Parameters | undefined): string {
  if (!parameters) return text
  return text.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (value !== undefined) return shown(value)
    throw new SpellError(
      'INPUT_INVALID',
      `The prompt names the parameter '${name}': expected a value, found nothing.`,
      {
        hint: didYouMean(name, Object.keys(parameters), `Give it as parameters.${name}.`),
      },
    )
  })
}

const table = (input: AgentInput): Exclude<AgentInput, string> =>
  typeof input === 'string' ? { text: input } : input

/** The text that is asked, `data` included as JSON. */
export function question(input: AgentInput): string {
  const { text, data, parameters } = table(input)
  const parts = [
    text === undefined ? '' : fill(text, parameters),
    data === undefined ? '' : JSON.stringify(data, null, 2),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

/**
 * What is said in this turn: the messages given, then the question with its media, which are read here.
 * @throws INPUT_INVALID where there is neither, and what reading media throws
 */
export async function turnMessages(
  agent: string,
  input: AgentInput,
  reader: MediaReader,
): Promise<readonly Message[]> {
  const { messages = [], text } = table(input)
  const asked = question(input)
  const media = reader.handles(input)
  const isAsked = asked !== '' || text !== undefined || media.length > 0
  if (!isAsked && messages.length === 0) throw nothingAsked(agent)
  const said: Message[] = []
  for (const message of messages) said.push(await reader.message(fromScript(message), message))
  if (!isAsked) return said
  const parts = []
  for (const ref of media) parts.push(await reader.part(ref))
  const words = asked === '' && media.length > 0 ? [] : textMessage('user', asked).content
  return [...said, { role: 'user', content: [...words, ...parts] }]
}

function nothingAsked(agent: string): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `Agent '${agent}' was asked nothing: expected text, messages, media or data.`,
    {
      hint: "Give a text, or a table with 'text'.",
    },
  )
}

/** The system prompt of one turn; a function is asked for it with the input. @throws what that function throws */
export async function systemPrompt(config: AgentConfig, input: AgentInput): Promise<string> {
  const { system_prompt: prompt } = config
  if (prompt === undefined) return ''
  const text = typeof prompt === 'string' ? prompt : await prompt(input as Value)
  if (typeof text !== 'string') throw promptInvalid(config.name ?? '')
  return fill(text, table(input).parameters)
}

function promptInvalid(agent: string): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `The function 'system_prompt' of agent '${agent}' must give text.`,
    {
      hint: 'Return a text from it.',
    },
  )
}

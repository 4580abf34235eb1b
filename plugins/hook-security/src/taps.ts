import { cancel, modify } from '@llmspell/sdk'
import type {
  Message,
  MessagePart,
  ModelRequest,
  ToolFacts,
  ToolOutput,
  ToolOutputFacts,
  Value,
  Verdict,
} from '@llmspell/sdk'
import type { Book } from './book.ts'
import { hostsIn } from './egress.ts'
import type { EgressRules } from './egress.ts'
import { labelled, Look, notice } from './look.ts'
import type { Judge } from './verdict.ts'
import { mapTexts } from './walk.ts'

/** Payload of `llm.request`, as far as it is looked at. */
export interface RequestFacts {
  readonly runId: string
  readonly model: string
  readonly request: ModelRequest
}

/** What is known of a tool before it is called. */
export interface ToolTraits {
  /** Its results have text from outside. */
  readonly untrusted: boolean
  /** What it is given may leave the machine. */
  readonly sends: boolean
}

export interface TapParts {
  readonly judge: () => Promise<Judge>
  readonly book: Book
  readonly egress: EgressRules
  traitsOf(tool: string): ToolTraits
}

/** What is looked at, at each point. */
export class Taps {
  readonly #parts: TapParts

  constructor(parts: TapParts) {
    this.#parts = parts
  }

  async input(facts: ToolFacts): Promise<Verdict<ToolFacts> | undefined> {
    if (!this.#parts.traitsOf(facts.tool).sends) return undefined
    const refused = this.#refusedHost(facts)
    if (refused) return refused
    const look = await this.#look(facts.run_id, `tool '${facts.tool}'`)
    const params = mapTexts(facts.params, (text) => look.text(text, 'input'))
    return look.cancelled ?? (params === facts.params ? undefined : modify({ ...facts, params }))
  }

  async output(facts: ToolOutputFacts): Promise<Verdict<ToolOutputFacts> | undefined> {
    const { output } = facts
    if (!this.#parts.traitsOf(facts.tool).untrusted && output.untrusted !== true) return undefined
    const look = await this.#look(facts.run_id, `tool '${facts.tool}'`)
    const seen = (text: string): string => look.text(text, 'result')
    const result = mapTexts(output.result, seen)
    const text = output.text === undefined ? undefined : seen(output.text)
    if (look.cancelled) return look.cancelled
    const made = { ...output, result, ...(text === undefined ? {} : { text }) }
    const labelled = look.labels.size > 0 ? labelledOutput(made, look.labels) : made
    const same = labelled === made && result === output.result && text === output.text
    return same ? undefined : modify({ ...facts, output: labelled })
  }

  async request(facts: RequestFacts): Promise<Verdict<RequestFacts> | undefined> {
    const look = (): Promise<Look> => this.#look(facts.runId, `model '${facts.model}'`)
    const { messages } = facts.request
    const made: Message[] = []
    for (const message of messages) {
      const parts = await Promise.all(
        message.content.map(async (part) => partOf(part, message, await look())),
      )
      const cancelled = parts.find(({ look: { cancelled: no } }) => no)?.look.cancelled
      if (cancelled) return cancelled
      const content = parts.map(({ part }) => part)
      const same = content.every((part, i) => part === message.content[i])
      made.push(same ? message : { ...message, content })
    }
    const refused = this.#refusedFile(facts)
    if (refused) return refused
    if (made.every((message, i) => message === messages[i])) return undefined
    return modify({ ...facts, request: { ...facts.request, messages: made } })
  }

  async #look(run: string, subject: string): Promise<Look> {
    return new Look(await this.#parts.judge(), this.#parts.book, { run, subject })
  }

  #refusedHost({ tool, run_id: run, params }: ToolFacts): Verdict<never> | undefined {
    const { egress } = this.#parts
    const host = egress.some ? egress.refused(params) : undefined
    return host === undefined ? undefined : this.#egress(host, run, `tool '${tool}'`, 'input')
  }

  /** The provider fetches what an address of a file names. */
  #refusedFile({ request, model, runId: run }: RequestFacts): Verdict<never> | undefined {
    const { egress } = this.#parts
    if (!egress.some) return undefined
    const host = request.messages
      .flatMap(({ content }) => content)
      .flatMap((part) =>
        part.type === 'file' && typeof part.data === 'string' ? hostsIn(part.data, '') : [],
      )
      .find((named) => !egress.isAllowed(named))
    return host === undefined ? undefined : this.#egress(host, run, `model '${model}'`, 'message')
  }

  #egress(host: string, run: string, subject: string, place: 'input' | 'message') {
    const { book, egress } = this.#parts
    book.note({ rule: 'egress.host', action: egress.action, place, run, subject }, host)
    if (egress.action === 'warn') return undefined
    const hint = 'Name the host in plugins.hook-security.egress.allow, or take it out of deny.'
    return cancel(`the host '${host.slice(0, 253)}' is not one that may be sent to`, hint)
  }
}

/** The text is what a model reads. */
function labelledOutput(output: ToolOutput, labels: ReadonlySet<string>): ToolOutput {
  const { text, result } = output
  const shown = text ?? (typeof result === 'string' ? result : asText(result))
  return { ...output, text: `${notice(labels)}\n${shown}`, untrusted: true }
}

/** As tools are read that give no text of their own. */
function asText(result: Value): string {
  const bytes = (_key: string, item: unknown): unknown =>
    item instanceof Uint8Array ? `${item.byteLength} bytes` : item
  return JSON.stringify(result, bytes, 2)
}

interface Seen {
  readonly part: MessagePart
  readonly look: Look
}

/** What a model itself wrote is looked at for secrets alone, and so is what the host wrote. */
function partOf(part: MessagePart, { role }: Message, look: Look): Seen {
  const outside = role === 'user' || role === 'tool'
  if (part.type === 'tool_call') {
    const input = mapTexts(part.input, (text) => look.text(text, 'message', 'secret.'))
    return { part: input === part.input ? part : { ...part, input }, look }
  }
  if (part.type !== 'text' && part.type !== 'tool_result') return { part, look }
  const text = look.text(part.text, 'message', outside ? '' : 'secret.')
  const shown = labelled(text, look.labels)
  return { part: shown === part.text ? part : { ...part, text: shown }, look }
}

import { fromErrorRecord } from '@llmspell/sdk'
import type { GrantedTools, ToolResult, Value } from '@llmspell/sdk'
import { approval, overseen } from './approval.ts'
import { failsWithWords } from './bound-tool.ts'
import type { BoundTool } from './bound-tool.ts'
import { notGranted } from './toolbox.ts'
import type { Turn } from './turn.ts'

/** The agent's tools as one that it calls may use them: counted, approved and limited like calls of its model. */
export class Granted implements GrantedTools {
  readonly #turn: Turn
  readonly #id: string
  readonly #signal: AbortSignal
  readonly #box: ReadonlyMap<string, BoundTool>
  #count = 0
  #untrusted = false

  /** @param id of the call for which they are lent */
  constructor(turn: Turn, id: string, signal: AbortSignal) {
    this.#turn = turn
    this.#id = id
    this.#signal = signal
    const { toolbox } = turn.parts
    this.#box = new Map([...toolbox].filter(([, tool]) => !tool.usesTools && !tool.handoff))
  }

  get names(): readonly string[] {
    return [...this.#box.keys()]
  }

  get untrusted(): boolean {
    return this.#untrusted
  }

  async execute(name: string, input: Value): Promise<ToolResult> {
    const { agent, ask } = this.#turn.parts
    const tool = this.#find(name)
    if (!tool) throw notGranted(agent.name, name, this.#box)
    ask.ledger.calls(1)
    const id = `${this.#id}.${++this.#count}`
    // Under its own name, however the program has written it: approval may go by it.
    const call = { type: 'tool_call', id, name: tool.model.name, input } as const
    const refusal = await approval(this.#turn, tool, call)
    if (refusal) throw fromErrorRecord(refusal)
    try {
      const more = { signal: this.#signal }
      const result = await overseen(this.#turn, () => tool.invoke(ask, input, {}, more))
      if (isOutside(tool, result)) this.#outside()
      return result
    } catch (error) {
      // What a tool says of a page that it has read may be the words of that page.
      if (failsWithWords(tool)) this.#outside()
      throw error
    }
  }

  #find(name: string): BoundTool | undefined {
    const exact = this.#box.get(name)
    if (exact) return exact
    const wanted = folded(name)
    return [...this.#box.values()].find(({ model }) => folded(model.name) === wanted)
  }

  #outside(): void {
    this.#untrusted = true
    this.#turn.record.untrusted = true
  }
}

const isOutside = (tool: BoundTool, { success, metadata }: ToolResult): boolean =>
  metadata.untrusted === true || (!success && failsWithWords(tool))

const folded = (name: string): string => name.replaceAll(/[_-]/g, '').toLowerCase()

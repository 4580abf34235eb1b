import type { Message } from '@llmspell/sdk'
import { DEFAULTS } from './config.ts'
import type { AgentConfig } from './config.ts'
import { lastMessages } from './messages.ts'

/** What was said, and how much of it a model is told again. */
export class Memory {
  readonly #size: number
  #messages: readonly Message[]

  constructor(size: number, messages: readonly Message[] = []) {
    this.#size = size
    this.#messages = messages
  }

  /** All that was said. */
  get all(): readonly Message[] {
    return this.#messages
  }

  /** What the next question is put behind. */
  recall(): readonly Message[] {
    return lastMessages(this.#messages, this.#size)
  }

  add(messages: readonly Message[]): void {
    this.#messages = [...this.#messages, ...messages]
  }

  clear(): void {
    this.#messages = []
  }

  copy(): Memory {
    return new Memory(this.#size, this.#messages)
  }
}

/** How many messages a configuration remembers. */
export function memorySize({ memory }: AgentConfig): number {
  return (typeof memory === 'object' ? memory.messages : undefined) ?? DEFAULTS.memoryMessages
}

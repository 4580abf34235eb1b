import type { BusEvent, PublishOptions, Value } from '@llmspell/sdk'

/** Options of a host that says nothing; all such events share their metadata. */
export const PLAIN: PublishOptions = {}
const HOST: BusEvent['metadata'] = Object.freeze({ source: 'host' })

/** Gives each event its number, its id and its time. */
export class Stamp {
  readonly #origin = `${Date.now().toString(36)}-${Math.floor(Math.random() * 36 ** 5).toString(36)}-`
  #sequence = 0
  #ms = 0
  #text = ''

  event(type: string, data: Value, options: PublishOptions): BusEvent {
    const sequence = ++this.#sequence
    const id = this.#origin + sequence
    const { correlationId, runId, language = 'host', ttl } = options
    const event = {
      id,
      event_type: type,
      data,
      timestamp: this.#now(),
      sequence,
      correlation_id: correlationId ?? runId ?? id,
      language,
      metadata: options === PLAIN ? HOST : metadataOf(options),
    }
    return ttl === undefined ? event : { ...event, ttl }
  }

  /** The text of a moment costs more than the rest of an event: made once a millisecond. */
  #now(): string {
    const ms = Date.now()
    if (ms === this.#ms) return this.#text
    this.#ms = ms
    this.#text = new Date(ms).toISOString()
    return this.#text
  }
}

function metadataOf({
  source = 'host',
  runId,
  target,
  tags,
}: PublishOptions): BusEvent['metadata'] {
  return {
    source,
    ...(runId === undefined ? {} : { run_id: runId }),
    ...(target === undefined ? {} : { target }),
    ...(tags === undefined ? {} : { tags }),
  }
}

import type { EntryEnd, ErrorRecord, Renewal, Usage, Where } from '@llmspell/sdk'

/** An entry that was carried out. */
export interface Entry {
  readonly text: string
  /** Where it begins: a line of the input, or its number on a terminal. */
  readonly where: Where
  /** Number of its evaluation on the tape. */
  readonly mark: number
  readonly end: Exclude<EntryEnd, { status: 'incomplete' }>
  readonly ms: number
  readonly usage: Usage
  readonly calls: number
}

export function errorOf({ end }: Entry): ErrorRecord | undefined {
  return end.status === 'error' ? end.error : undefined
}

export function isGood({ end }: Entry): boolean {
  return end.status === 'value'
}

/** What there is to say where an engine was opened anew. */
export function renewalText({ entries, lost, reason }: Renewal): string {
  const there = `The engine was ended and opened anew; ${count(entries)} ${entries === 1 ? 'is' : 'are'} there again`
  if (lost.length === 0) return `${there}, answered from their recorded calls.\n`
  const why = reason ? `: ${reason.message}` : '.'
  return `${there}. Lost: ${count(lost.length)} with what they defined${why}\n`
}

export const count = (entries: number): string => (entries === 1 ? '1 entry' : `${entries} entries`)

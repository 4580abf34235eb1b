import { deny, type HookPointInfo, type HookPointItem } from '@llmspell/sdk'
import { failure } from './codes.ts'
import type { Lost } from './hook-point.ts'

const OPEN: ReadonlySet<string> = new Set(['observe', 'series', 'notify', 'choose'])

/** A point of a manifest, with what it leaves unsaid. */
export function facts(item: HookPointItem): Omit<HookPointInfo, 'owner' | 'used'> {
  const { results = [], failOpen = OPEN.has(item.kind), aliases = [] } = item
  return { ...item, results, failOpen, aliases }
}

/** What calls of a point come to while a plugin that would tap it is missed; undefined where they go on. */
export function lostAt(item: HookPointItem, id: string, text: string): Lost | undefined {
  const hint = `Repair it, or set plugins.${id}.onFailure to "ignore".`
  if (item.kind === 'guard') {
    return { answer: deny(`Plugin '${id}' guards this and has failed: ${text}`, hint) }
  }
  if (item.kind !== 'intercept' || item.failOpen) return undefined
  const message = `Plugin '${id}' has a say at '${item.name}' and has failed: ${text}`
  return { error: failure('DEPENDENCY_FAILED', id, 'tap', message, { hint }) }
}

import { HookCatalogue, type HookParts } from '../src/hooks.ts'
import { KERNEL_RECORD } from '../src/kernel-record.ts'
import { resolve } from '../src/resolve.ts'
import { record } from './plugins.ts'

/** One guard, one observer, one notice. */
export const hookPoints = [
  { name: 'own.guard', kind: 'guard', doc: 'A guard.' },
  { name: 'own.done', kind: 'observe', doc: 'An observer.' },
  { name: 'own.tick', kind: 'notify', doc: 'A notice.' },
] as const
/** A closed intercept and an open one. */
export const intercepts = [
  { name: 'own.say', kind: 'intercept', doc: 'A say.', results: ['modify', 'cancel'] },
  {
    name: 'own.open',
    kind: 'intercept',
    doc: 'An open one.',
    results: ['replace'],
    failOpen: true,
    aliases: ['BeforeOpen'],
    subject: 'what.name',
    payload: { type: 'object' },
  },
] as const
export const saying = record('saying', { contributes: { hookPoints: intercepts } })
export const listens = record('listens', { contributes: { hooks: ['own.say', 'own.open'] } })
export const owner = record('owner', { contributes: { hookPoints } })
export const both = record('both', { contributes: { hooks: ['own.guard', 'own.done'] } })
export const ticker = record('ticker', { contributes: { hooks: ['own.tick'] } })

/** The catalogue of some plugins, and what it logs. */
export function catalogue(parts: Partial<HookParts> = {}, records = [owner, both, ticker]) {
  const plan = resolve(records, { kernel: KERNEL_RECORD })
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  const hooks = new HookCatalogue({
    order: plan.order,
    rejected: plan.rejected,
    logger: { trace: write, debug: write, info: write, warn: write, error: write },
    tapLimit: 50,
    activate: () => Promise.resolve(),
    ignoresFailure: () => false,
    gives: () => false,
    ...parts,
  })
  return { hooks, lines }
}

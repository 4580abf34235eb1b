import type { PluginContext } from '@llmspell/sdk'
import { isRecord } from '../files.ts'

/** One thing that is wrong with a manifest of 0.1, in the words of its schema. */
export interface OldFault {
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** A manifest of 0.1 as this level writes it. */
export interface Translated {
  readonly value: unknown
  readonly faults: readonly OldFault[]
}

/**
 * Turns a manifest of 0.1 into one of 0.2: the conditions of `tapsWith` go to the points that they
 * are about. Whatever else is wrong with it is left for the schema to find.
 */
export function translate(value: unknown): Translated {
  if (!isRecord(value)) return { value, faults: [] }
  const { tapsWith = {}, ...rest } = value
  const contributes = rest['contributes']
  const hooks = isRecord(contributes) ? contributes['hooks'] : undefined
  const faults = [...conditionFaults(tapsWith), ...itemFaults(hooks)]
  if (!Array.isArray(hooks) || !isRecord(tapsWith)) return { value: rest, faults }
  const items = hooks.map((point: unknown) => withCondition(point, tapsWith))
  return { value: { ...rest, contributes: { ...(contributes as object), hooks: items } }, faults }
}

function withCondition(point: unknown, tapsWith: Readonly<Record<string, unknown>>): unknown {
  const conditional = typeof point === 'string' && Object.hasOwn(tapsWith, point)
  return conditional ? { point, with: tapsWith[point] } : point
}

function conditionFaults(tapsWith: unknown): OldFault[] {
  const path = 'llmspell.tapsWith'
  if (!isRecord(tapsWith)) return [{ path, expected: 'an object', found: typeof tapsWith }]
  return Object.entries(tapsWith).flatMap(([point, key]) => {
    if (typeof key === 'string' && key !== '') return []
    const expected = 'the name of a key of its config'
    return [{ path: `${path}.${point}`, expected, found: JSON.stringify(key) }]
  })
}

function itemFaults(hooks: unknown): OldFault[] {
  if (!Array.isArray(hooks)) return []
  return hooks.flatMap((item: unknown, index) => {
    if (!isRecord(item)) return []
    const path = `llmspell.contributes.hooks[${index}]`
    return [{ path, expected: "a name, as 'engines.llmspell' says 0.1", found: 'an object' }]
  })
}

/**
 * The context as 0.1 promised it: `tap` without a function says that the point is not tapped with
 * this config.
 * @param declare registers the point as one that setup has dealt with
 */
export function oldContext(
  context: PluginContext,
  declare: (point: string) => void,
): PluginContext {
  const tap = ((point, fn, options) =>
    fn === undefined ? declare(point) : context.tap(point, fn, options)) as PluginContext['tap']
  return { ...context, tap }
}

import type { FuncKeywordDefinition } from 'ajv'

type Re2 = typeof import('re2js').RE2JS

/** Steps of a pattern: each may be looked at for each character of a text. */
const MAX_PROGRAM = 2000

/** ajv's maker of patterns, in time linear in the text: no pattern can hold the host up. */
export function linearPatterns(re2: Re2) {
  // ajv asks for the name, and uses it only in code that is written to files.
  return Object.assign((pattern: string) => compiled(re2, pattern), { code: 'linearPatterns' })
}

function compiled(re2: Re2, pattern: string): { test(text: string): boolean } {
  try {
    // RE2 would read a reference to a group as the letter k.
    if (/(?<!\\)(?:\\\\)*\\k/.test(pattern)) throw new Error('a reference to a group')
    const made = re2.compile(re2.translateRegExp(pattern))
    if (made.programSize() > MAX_PROGRAM) throw new Error('more steps than a pattern may have')
    return made
  } catch (error) {
    const text = `the pattern '${pattern}' is not one of RE2, which has no lookaround and no references`
    throw new Error(`${text} to groups: ${(error as Error).message}`, { cause: error })
  }
}

/** In place of ajv's own, which compares each item with each. */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  errors: true,
  compile: (wanted: boolean) => {
    const check: ReturnType<NonNullable<FuncKeywordDefinition['compile']>> = (items: unknown[]) => {
      const twice = wanted ? firstTwice(items) : undefined
      check.errors = twice ? [repeated(twice)] : []
      return twice === undefined
    }
    return check
  },
}

function repeated([j, i]: readonly [number, number]) {
  const message = `must NOT have duplicate items (items ## ${j} and ${i} are identical)`
  return { keyword: 'uniqueItems', message, params: { i, j } }
}

function firstTwice(items: readonly unknown[]): readonly [number, number] | undefined {
  const seen = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const text = canonical(item)
    const before = seen.get(text)
    if (before !== undefined) return [before, index]
    seen.set(text, index)
  }
  return undefined
}

/** Equal for equal values: the keys of an object have no order. */
function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return `${String(value)}`
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const object = value as Record<string, unknown>
  const keys = Object.keys(object).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`).join()}}`
}

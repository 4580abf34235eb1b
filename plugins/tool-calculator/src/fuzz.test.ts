import fc from 'fast-check'
import { cpuMs } from '@llmspell/sdk/testing'
import { describe, expect, test } from 'vitest'
import { auto } from './auto.ts'
import { decimalArithmetic } from './decimal-arithmetic.ts'
import type { Decimal } from './decimal.ts'
import { evaluate } from './evaluate.ts'
import { integer } from './integer.ts'

/** An expression as it was made: what the parser must find again in its text. */
type Tree =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'minus'; readonly of: Tree }
  | { readonly kind: 'both'; readonly sign: string; readonly a: Tree; readonly b: Tree }
  | { readonly kind: 'group'; readonly of: Tree }

const STRENGTH: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2 }

function trees(number: fc.Arbitrary<string>, signs: readonly string[]): fc.Arbitrary<Tree> {
  const leaf = number.map((text): Tree => ({ kind: 'number', text }))
  return fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      tie('tree').map((of): Tree => ({ kind: 'minus', of })),
      tie('tree').map((of): Tree => ({ kind: 'group', of })),
      fc
        .tuple(fc.constantFrom(...signs), tie('tree'), tie('tree'))
        .map(([sign, a, b]): Tree => ({ kind: 'both', sign, a, b })),
    ),
  })).tree
}

/** With no parentheses but those that the rules of order need, and some that they do not. */
function textOf(tree: Tree, around = 0): string {
  if (tree.kind === 'number') return tree.text
  if (tree.kind === 'group') return `(${textOf(tree.of)})`
  if (tree.kind === 'minus')
    return around > 3 ? `(-${textOf(tree.of, 3)})` : `-${textOf(tree.of, 3)}`
  const strength = STRENGTH[tree.sign]!
  const text = `${textOf(tree.a, strength)} ${tree.sign} ${textOf(tree.b, strength + 1)}`
  return strength < around ? `(${text})` : text
}

type Both<N> = Readonly<Record<string, (a: N, b: N) => N>>

/** The value by walking the tree, with numbers of the test's own. */
function walk<N>(tree: Tree, read: (text: string) => N, minus: (a: N) => N, both: Both<N>): N {
  if (tree.kind === 'number') return read(tree.text)
  if (tree.kind === 'group') return walk(tree.of, read, minus, both)
  if (tree.kind === 'minus') return minus(walk(tree.of, read, minus, both))
  const [a, b] = [walk(tree.a, read, minus, both), walk(tree.b, read, minus, both)]
  return both[tree.sign]!(a, b)
}

function outcome<T>(run: () => T): T | string {
  try {
    return run()
  } catch (error) {
    return (error as { code?: string }).code ?? 'CALC_DOMAIN'
  }
}

const never = (): never => {
  throw new RangeError('no value')
}
const wholes: Both<bigint> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n || a % b !== 0n ? never() : a / b),
  '%': (a, b) => (b === 0n ? never() : a % b),
}
const doubles: Both<number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? never() : a / b),
  '%': (a, b) => (b === 0 ? never() : a % b),
}

interface Fraction {
  readonly over: bigint
  readonly under: bigint
}
const fractions: Both<Fraction> = {
  '+': (a, b) => ({ over: a.over * b.under + b.over * a.under, under: a.under * b.under }),
  '-': (a, b) => ({ over: a.over * b.under - b.over * a.under, under: a.under * b.under }),
  '*': (a, b) => ({ over: a.over * b.over, under: a.under * b.under }),
  '/': (a, b) => (b.over === 0n ? never() : { over: a.over * b.under, under: a.under * b.over }),
}

function fraction(text: string): Fraction {
  const [whole = '0', part = ''] = text.split('.')
  return { over: BigInt(whole + part), under: 10n ** BigInt(part.length) }
}

describe('an expression has the value of the tree it was made from', () => {
  const natural = fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String)
  const part = fc.tuple(fc.nat(999), fc.stringMatching(/^[0-9]{1,3}[1-9]$/))
  const broken = part.map(([whole, digits]) => `${whole}.${digits}`)

  test('whole numbers', () => {
    fc.assert(
      fc.property(trees(natural, ['+', '-', '*', '%', '/']), (tree) => {
        const text = textOf(tree)
        fc.pre(text.length < 4000)
        const wanted = outcome(() => walk(tree, BigInt, (a) => -a, wholes))
        const found = outcome(() => evaluate(text, integer))
        expect(found).toEqual(found === 'CALC_LIMIT' ? found : wanted)
      }),
      { numRuns: 1000 },
    )
  })

  test('doubles, as the machine has them', () => {
    fc.assert(
      fc.property(trees(broken, ['+', '-', '*', '/', '%']), (tree) => {
        const text = textOf(tree)
        fc.pre(text.length < 4000)
        const wanted = outcome(() => walk(tree, Number, (a) => 0 - a, doubles))
        const finite = typeof wanted === 'string' || Number.isFinite(wanted)
        const found = outcome(() => evaluate(text, auto))
        const plain = typeof wanted === 'number' && wanted === 0 ? 0 : wanted
        expect(typeof found === 'bigint' ? Number(found) : found).toBe(
          finite ? plain : 'CALC_LIMIT',
        )
      }),
      { numRuns: 1000 },
    )
  })

  const minus = ({ over, under }: Fraction): Fraction => ({ over: -over, under })

  test('decimals: what says that it is exact is', () => {
    fc.assert(
      fc.property(trees(broken, ['+', '-', '*', '/']), (tree) => {
        const text = textOf(tree)
        fc.pre(text.length < 4000)
        const wanted = outcome(() => walk(tree, fraction, minus, fractions))
        const found = outcome(() => evaluate<Decimal>(text, decimalArithmetic(50)))
        const same =
          typeof found === 'string'
            ? found === 'CALC_LIMIT' || found === wanted
            : found.rounded || (typeof wanted !== 'string' && isSame(found, wanted))
        expect([same, found, wanted]).toEqual([true, found, wanted])
      }),
      { numRuns: 1000 },
    )
  })

  test('a quotient is the nearest of so many digits', () => {
    const digits = fc.integer({ min: 1, max: 60 })
    const above = broken.filter((text) => Number(text) > 0)
    fc.assert(
      fc.property(broken, above, digits, (a, b, count) => {
        const found = evaluate<Decimal>(`${a} / ${b}`, decimalArithmetic(count))
        const wanted = fractions['/']!(fraction(a), fraction(b))
        const apart = size(found.digits * wanted.under - wanted.over * 10n ** BigInt(found.scale))
        const length = String(size(found.digits)).length
        const unit = 10n ** BigInt(Math.max(0, length - count))
        // At most half of the last digit that counts away; what stands behind it is zeros.
        expect(found.rounded ? 2n * apart <= wanted.under * unit : apart === 0n).toBe(true)
        expect(found.rounded ? found.digits % unit : 0n).toBe(0n)
      }),
      { numRuns: 1000 },
    )
  })
})

function isSame({ digits, scale }: Decimal, { over, under }: Fraction): boolean {
  return digits * under === over * 10n ** BigInt(scale)
}

const size = (value: bigint): bigint => (value < 0n ? -value : value)

const TOKENS =
  `1 2.5 9e9 ( ) + - * / % ^ , of pi x sqrt( max( factorial( round( lcm( 99999999 1e308 0.1 ２ _`.split(
    ' ',
  )

test('any text ends in a value or in a code, at once', () => {
  const token = fc.constantFrom(...TOKENS)
  const text = fc.oneof(
    fc.array(token, { maxLength: 60 }).map((parts) => parts.join(' ')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  )
  let slowest = 0
  fc.assert(
    fc.property(text, fc.constantFrom('auto', 'integer', 'decimal'), (expression, mode) => {
      const started = cpuMs()
      const found = outcome<unknown>(() => {
        if (mode === 'decimal') return evaluate(expression, decimalArithmetic(34))
        return evaluate(expression, mode === 'integer' ? integer : auto)
      })
      slowest = Math.max(slowest, cpuMs() - started)
      expect(String(typeof found === 'string' ? found : 'ok')).toMatch(/^(?:ok|CALC_[A-Z]+)$/)
    }),
    { numRuns: 5000 },
  )
  expect(slowest).toBeLessThan(250)
})

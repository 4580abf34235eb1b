import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkWorkflow } from './index.ts'

const names = { tools: ['json'], agents: [] }
type Step = { name: string; tool: string; input: { v: string } }

/** A chain in which each step may refer to those before it. */
const chain = fc.array(fc.nat(), { minLength: 2, maxLength: 12 }).map((seeds) =>
  seeds.map((seed, at): Step => {
    const v = at === 0 ? 'start' : `{{steps.s${seed % at}.output}} and {{input.x}}`
    return { name: `s${at}`, tool: 'json', input: { v } }
  }),
)

/** The chain as one of the forms that run steps in their order. */
const definition = fc.tuple(chain, fc.nat(3)).map(([steps, form]) => {
  const half = Math.ceil(steps.length / 2)
  const nested = { name: 'rest', steps: steps.slice(half) }
  if (form === 0) return { name: 'x', type: 'sequential', steps }
  if (form === 1) return { name: 'x', type: 'loop', range: { to: 3 }, steps }
  if (form === 2) return { name: 'x', type: 'stream', source: [1], steps }
  return { name: 'x', type: 'sequential', steps: [...steps.slice(0, half), nested] }
})

describe('laws', () => {
  it('a sound definition has no problem', () => {
    fc.assert(
      fc.property(definition, (one) => {
        expect(checkWorkflow(one, names)).toEqual([])
      }),
    )
  })

  it('a reference that is renamed is a problem, and names its place', () => {
    fc.assert(
      fc.property(definition, (one) => {
        const text = JSON.stringify(one)
        const broken = text.replace(/\{\{steps\.s\d+\.output\}\}/, '{{steps.gone.output}}')
        const found = checkWorkflow(JSON.parse(broken), names)
        expect(found).toHaveLength(1)
        expect(found[0]).toMatchObject({ kind: 'reference', path: expect.stringContaining('.v') })
      }),
    )
  })

  it('turned round, a chain refers forward', () => {
    fc.assert(
      fc.property(chain, (steps) => {
        const found = checkWorkflow(
          { name: 'x', type: 'sequential', steps: steps.toReversed() },
          names,
        )
        expect(found.map(({ kind }) => kind)).toContain('cycle')
      }),
    )
  })

  it('whatever it gets, it answers', () => {
    const keys = fc.constantFrom(
      'name',
      'type',
      'steps',
      'branches',
      'when',
      'input',
      'retry',
      'range',
      'x',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>(
          null,
          1,
          Number.NaN,
          true,
          'loop',
          '{{steps.a.output}}',
          '{{',
          () => 1,
        ),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 5 }),
      ),
    }))
    fc.assert(
      fc.property(
        tree,
        fc.constantFrom('loop', 'parallel', 'conditional', 'stream'),
        (value, type) => {
          const whole = typeof value === 'object' && value !== null ? { ...value, type } : value
          for (const { path, message } of checkWorkflow(whole, names)) {
            expect([typeof path, typeof message]).toEqual(['string', 'string'])
          }
        },
      ),
    )
  })
})

describe('hostile definitions', () => {
  const step = { tool: 'json', input: {} }
  const flow = (steps: unknown) => ({ name: 'x', type: 'sequential', steps })
  const kinds = (definition: unknown) => checkWorkflow(definition, names).map(({ kind }) => kind)

  it('of too many steps are refused', () => {
    expect(kinds(flow(Array.from({ length: 20_000 }, () => step)))).toEqual(['size'])
    expect(kinds(flow(Array.from({ length: 100_000 }, () => step)))).toEqual(['size'])
  })

  it('of too many levels are refused', () => {
    let deep: object = step
    for (let i = 0; i < 5000; i++) deep = { steps: [deep] }
    expect(kinds(flow([deep]))).toEqual(['size'])
  })

  it('that hold themselves are refused', () => {
    const round: Record<string, unknown> = flow([step])
    round['steps'] = [{ workflow: round }]
    expect(kinds(round)).toEqual(['cycle'])
  })

  it('that hold one thing very often are refused', () => {
    let wide: unknown = 'x'
    for (let i = 0; i < 12; i++) wide = Array.from({ length: 10 }, () => wide)
    expect(kinds(flow([{ tool: 'json', input: { wide } }]))).toEqual(['size'])
  })

  it('give a list that ends', () => {
    const many = Array.from({ length: 9000 }, (_, at) => ({
      ...step,
      name: `n${at}`,
      tol: '{{steps.q}}',
      input: { v: '{{steps.nn.x}}' },
    }))
    const found = checkWorkflow(flow(many), names)
    expect(found).toHaveLength(101)
    expect(found.at(-1)!.message).toContain('more problems')
  })
})

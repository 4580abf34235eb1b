import { describe, expect, it } from 'vitest'
import { checkWorkflow } from './index.ts'

const names = { tools: ['calculator', 'file-read', 'json'], agents: ['writer'] }
const check = (definition: unknown) => checkWorkflow(definition, names)
const step = (name: string, more: object = {}) => ({ name, tool: 'json', input: {}, ...more })
const flow = (...steps: unknown[]) => ({ name: 'x', type: 'sequential', steps })

describe('checkWorkflow', () => {
  it('lets good definitions of all types through', () => {
    const input = { text: '{{steps.a.output.list.1}} {{index}} {{item.x}}' }
    const good = [
      flow(step('a'), step('b', { input: { text: '{{steps.a.output}}' } }), () => {}),
      { name: 'x', type: 'parallel', steps: [step('a'), step('b')], wait_for: { quorum: 2 } },
      { name: 'x', type: 'loop', range: { to: 3 }, steps: [step('a'), step('b', { input })] },
      {
        name: 'x',
        type: 'stream',
        source: '{{input.list}}',
        steps: [step('a'), step('b', { input })],
      },
      {
        name: 'x',
        type: 'loop',
        while_condition: { value: '{{steps.a.output}}', op: 'lt', to: 3 },
        steps: [step('a')],
      },
      {
        name: 'x',
        type: 'conditional',
        branches: [
          { when: { value: '{{input.n}}', op: 'gt', to: 3 }, steps: [step('a')] },
          { when: true, steps: [step('a')] },
        ],
        default: [step('a')],
      },
      flow(
        step('a', {
          fallback: step('f'),
          compensate: step('u', { input: { id: '{{steps.a.output}}' } }),
        }),
      ),
    ]
    for (const definition of good) expect(check(definition)).toEqual([])
  })

  it.each(['__proto__', 'constructor', 'prototype'])('finds the name %s', (name) => {
    const definition = { name: 'x', type: 'sequential', steps: [step(name)] }
    expect(check(definition)).toMatchObject([{ path: 'steps[0].name', kind: 'value' }])
  })

  it('finds all problems at once', () => {
    const definition = {
      name: 'x',
      type: 'sequential',
      stepz: 1,
      steps: [step('a', { tool: 'calcluator', timeout: 'soon' }), { name: 'a', agent: 'writr' }],
    }
    expect(check(definition).map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'steps[1].name duplicate',
      'stepz unknown-key',
      'steps[0].tool tool',
      'steps[0].timeout value',
      'steps[1].agent agent',
    ])
  })
})

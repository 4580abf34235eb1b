import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { workflowFiles } from './service.ts'
import { readWorkflowFile } from './workflow-file.ts'

interface Row {
  readonly name: string
  readonly text: string
  readonly kind: string
}

const file = new URL('../../../../test/corpus/workflow-file.json', import.meta.url)
const rows = JSON.parse(readFileSync(file, 'utf8')) as Row[]
const valid = new Ajv2020().compile(JSON.parse(await workflowFiles.schema()) as object)

/** What a schema can say; references, loops that never end and names that are there twice it cannot. */
const SHAPE = new Set(['unknown-key', 'missing', 'empty', 'form', 'version'])
const shaped = rows.filter(({ kind }) => SHAPE.has(kind))

const FULL = `
apiVersion: llmspell/v1
name: all
type: sequential
description: Every key once.
inputs: { a: string, b: integer?, c: [number], d: { type: string, enum: [x], default: x } }
vars: { n: 1 }
error_strategy: { retry: { max_attempts: 2, delay: 1s, backoff: 2, max_delay: 3s }, otherwise: continue }
timeout: 1m
budget: { max_cost: 1 }
checkpoint: step
steps:
  - name: one
    type: tool
    tool: json
    input: { v: "{{input.a}}" }
    when: { all: [true, { none: [{ value: "{{vars.n}}", op: gt, to: 3 }] }] }
    timeout: 10s
    retry: { max_attempts: 3 }
    error_strategy: retry
    optional: true
    fallback: { agent: { model: mock/echo }, input: "{{steps.one.error}}" }
    compensate: { tool: json, input: { v: "{{steps.one.output.x.1}}" } }
  - steps: [{ tool: json, input: "{{input.d}}" }]
  - workflow: { name: w, type: loop, range: { from: 1, to: 9, step: 2 }, delay: 0, collect: all, max_iterations: 5, break_when: { step: s, status: failed }, steps: [{ name: s, tool: json, input: { v: "{{item}}" } }] }
  - workflow: { name: w, type: loop, range: { start: 3, end: 0, step: -1 }, steps: [{ tool: json, input: {} }] }
  - workflow: { name: w, type: loop, while_condition: { value: "{{steps.s.output}}", op: exists }, steps: [{ name: s, tool: json, input: {} }] }
  - workflow: { name: w, type: parallel, wait_for: { quorum: 1 }, max_concurrency: 2, steps: [{ tool: json, input: {} }] }
  - workflow: { name: w, type: stream, source: [1], buffer: 2, ordered: false, steps: [{ tool: json, input: {} }] }
  - workflow: { name: w, type: conditional, match: all, branches: [{ name: p, when: false, steps: [{ tool: json, input: {} }] }], default: [{ tool: json, input: {} }] }
`

describe('the published schema', () => {
  it('takes what the check takes', async () => {
    expect((await readWorkflowFile(FULL, 'x.yaml', { tools: ['json'] })).problems).toEqual([])
    valid(parse(FULL))
    expect(valid.errors).toBeNull()
  })

  it.each(shaped.map(({ name, text }) => [name, text]))('refuses %s', (_name, text) => {
    expect(valid(parse(text))).toBe(false)
  })
})

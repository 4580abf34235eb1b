import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { workflowFiles } from '../file/service.ts'
import { graphOf } from './index.ts'

const folder = new URL('../../../../examples/workflows/', import.meta.url)
const examples = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name))

const TEXT = String.raw`"[^"\[\]{}<>|\\;]*(?:#\d+;[^"\[\]{}<>|\\;]*)*"`
const LINE = new RegExp(
  [
    '^flowchart TD$',
    String.raw`^ +n\d+(?:\[\/${TEXT}\/\]|\(\[${TEXT}\]\)|\[${TEXT}\]|\(${TEXT}\)|\{${TEXT}\})$`,
    String.raw`^ +n\d+ (?:-->|-- ${TEXT} -->|-\. ${TEXT} \.->) n\d+$`,
    String.raw`^ +subgraph g\d+\[${TEXT}\]$`,
    '^ +end$',
  ].join('|'),
  'u',
)

/** The grammar of what we write: a wrong line, or an arrow to nothing. */
function faultsOf(drawing: string): string[] {
  const lines = drawing.trimEnd().split('\n')
  const nodes = new Set(lines.map((line) => /^ +(n\d+)\W/.exec(line)?.[1]))
  const lost = lines.filter((line) => {
    const ends = /^ +(n\d+) (?:-->|--|-\.).* (n\d+)$/.exec(line)
    return ends !== null && !(nodes.has(ends[1]) && nodes.has(ends[2]))
  })
  const open = lines.filter((line) => line.includes('subgraph')).length
  const closed = lines.filter((line) => line.trim() === 'end').length
  const wrong = lines.filter((line) => !LINE.test(line))
  return [...wrong, ...lost, ...(open === closed ? [] : ['subgraph without end'])]
}

describe('Mermaid', () => {
  it.each(examples)('of %s is in the grammar', async (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8')
    expect(faultsOf(await workflowFiles.graph(text, name, 'mermaid'))).toEqual([])
    expect(await workflowFiles.graph(text, name, 'text')).toContain('└─ ')
  })

  it('keeps any text inside its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 90 }), (text) => {
        const step = {
          name: text,
          tool: text,
          input: {},
          fallback: { agent: text },
          compensate: { tool: text },
        }
        const branches = [{ name: text, when: { value: text, op: 'eq', to: text }, steps: [step] }]
        const definition = { name: text, type: 'conditional', branches }
        expect(faultsOf(graphOf(definition, 'mermaid'))).toEqual([])
      }),
    )
  })

  it('cannot be left by a text that knows the grammar', () => {
    const evil = 'x"] --> y; click n1 "javascript:alert(1)" %%{init: {}}%% <script>'
    const drawing = graphOf(
      { name: evil, type: 'sequential', steps: [{ name: evil, tool: evil }] },
      'mermaid',
    )
    expect(faultsOf(drawing)).toEqual([])
    expect(drawing).not.toMatch(/<|%%|"javascript/)
  })

  it('draws branches with labels, loops back, lanes together, and the rest dashed', () => {
    const step = {
      name: 'a',
      tool: 'json',
      fallback: { tool: 'json' },
      compensate: { tool: 'json' },
    }
    const drawing = (more: object) => graphOf({ name: 'x', ...more }, 'mermaid')
    const dashed = drawing({ type: 'sequential', steps: [step] })
    expect(dashed).toMatch(/-\. "if it fails" \.->/)
    expect(dashed).toMatch(/-\. "undone by" \.->/)
    const loop = drawing({ type: 'loop', range: { to: 3 }, steps: [step] })
    expect(loop).toContain('"1 to 3"')
    expect(loop).toMatch(/-- "done" -->/)
    const branches = [{ when: true, steps: [{ name: 'b', tool: 'json' }] }]
    expect(drawing({ type: 'conditional', branches })).toMatch(/-- "branch_1 true" -->/)
    expect(drawing({ type: 'parallel', steps: [step] })).toContain('"wait for all"')
  })
})

import { describe, expect, it } from 'vitest'
import { readWorkflowFile } from './workflow-file.ts'

const head = 'apiVersion: llmspell/v1\nname: x\ntype: sequential\n'
const read = (text: string, file = 'x.yaml') => readWorkflowFile(text, file, { tools: ['json'] })

describe('a workflow file', () => {
  it('is a definition', async () => {
    const text = `${head}inputs: { topic: string }\nsteps:\n  - { name: a, tool: json, input: { text: "{{input.topic}}" } }\n`
    expect(await read(text)).toMatchObject({
      problems: [],
      definition: { name: 'x', steps: [{ name: 'a' }] },
      input: { required: ['topic'] },
    })
  })

  it('says where a problem is', async () => {
    const { problems } = await read(
      `${head}steps:\n  - name: a\n    tool: jso\n  - tool: json\n    inputt: {}\n`,
    )
    expect(problems).toMatchObject([
      { path: 'steps[0].tool', line: 6, column: 5, hint: "Did you mean 'json'?" },
      { path: 'steps[1].inputt', line: 8, column: 5 },
    ])
  })

  it('takes JSON strictly', async () => {
    const good = {
      apiVersion: 'llmspell/v1',
      name: 'x',
      type: 'sequential',
      steps: [{ tool: 'json', input: {} }],
    }
    expect((await read(JSON.stringify(good), 'x.json')).problems).toEqual([])
    expect((await read(`${head}steps: []`, 'x.json')).problems).toMatchObject([
      { kind: 'syntax', line: 1 },
    ])
    expect((await read('{"a": 1,\n"a": 2}', 'x.json')).problems).toMatchObject([
      { kind: 'syntax', line: 2 },
    ])
  })
})

describe('hostile text', () => {
  const laughs = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (let i = 1; i < 10; i++) {
    const [here, last] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)]
    laughs.push(`${here}: &${here} [${`*${last},`.repeat(9)}]`)
  }
  it.each([
    ['billion laughs', laughs.join('\n'), 'size'],
    ['ten megabytes', 'x'.repeat(10 * 1024 * 1024), 'size'],
    ['deep brackets', '['.repeat(500_000), 'size'],
    ['deep braces', `${'{a: '.repeat(200_000)}1${'}'.repeat(200_000)}`, 'size'],
    ['deep lists', '- '.repeat(100_000), 'size'],
    ['a closed nest', `${head}vars: ${'['.repeat(2000)}${']'.repeat(2000)}`, 'size'],
    ['many anchors', '&a '.repeat(300_000), 'size'],
    ['many keys', Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n'), 'unknown-key'],
    ['a tag', `${head}steps: !!js/function "x"`, 'syntax'],
    ['a binary', `${head}steps: !!binary aGVsbG8=`, 'syntax'],
    ['a merge', `${head}<<: { steps: [] }\n`, 'unknown-key'],
    ['a key twice', `${head}name: y\n`, 'syntax'],
    ['two documents', `${head}---\n${head}`, 'syntax'],
    ['a key that is a list', `${head}? [a]\n: b\n`, 'syntax'],
    ['a template without quotes', `${head}steps: [{ tool: json, input: {{input.x}} }]`, 'syntax'],
    ['nothing', '', 'missing'],
    ['a comment', '# only', 'missing'],
    ['text', 'hello', 'type'],
    ['__proto__', `${head}__proto__: { steps: [] }`, 'type'],
    ['a reference of ours', `${head}steps: [{ $llmspell: handle, type: Tool, id: x }]`, 'type'],
    ['infinity', `${head}steps: [{ tool: json, input: { x: .inf } }]`, 'type'],
    ['a cycle', `${head}vars: &a\n  x: *a\n`, 'type'],
  ])('%s', async (_name, text, kind) => {
    const { problems } = await read(text)
    expect(problems.map((problem) => problem.kind)).toContain(kind)
    expect(JSON.stringify(problems).length).toBeLessThan(50_000)
  })
})

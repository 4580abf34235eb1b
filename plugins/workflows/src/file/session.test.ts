import { describe, expect, it } from 'vitest'
import type { HostCall, HostReply, SessionOptions } from '@llmspell/sdk'
import { engine } from './engine.ts'

const TEXT = `apiVersion: llmspell/v1
name: x
type: sequential
inputs: { topic: string, depth: integer?, tags: { type: array, items: { type: string }, default: [] } }
steps:
  - { name: a, tool: json, input: { v: "{{input.topic}}" } }
`

function open(args: readonly string[], reply: HostReply = { ok: true, value: { result: 7 } }) {
  const calls: HostCall[] = []
  const options = {
    facts: { runId: 'r', script: 'x.yaml', args, seed: 's', startedAt: 0 },
    enter: <T>(fn: () => T) => fn(),
    call: (call: HostCall) => {
      calls.push(call)
      return reply
    },
  } as unknown as SessionOptions
  return { calls, session: engine.open(options) }
}

const run = async (args: readonly string[], reply?: HostReply) => {
  const { calls, session } = open(args, reply)
  return { value: await (await session).run({ source: TEXT, file: 'x.yaml' }), calls }
}

describe('the engine of workflow files', () => {
  it('makes one call, with inputs of the declared types', async () => {
    const args = ['--topic', '7', '--depth=3', '--tags', 'a', '--tags', 'b']
    const { value, calls } = await run(args)
    expect(value).toBe(7)
    expect(calls).toMatchObject([{ module: 'Workflow', function: 'run' }])
    expect(calls[0]!.args[1]).toEqual({ topic: '7', depth: 3, tags: ['a', 'b'] })
    expect(calls[0]!.args[0]).toMatchObject({ name: 'x', type: 'sequential' })
  })

  it.each([
    [[], 'topic', '--topic VALUE'],
    [['--topc', 'x', '--topic', 'y'], 'topc', "'--topic'"],
    [['--topic', 'x', '--depth', 'deep'], 'depth', ''],
    [['--topic', 'x', '--depth', '1.5'], 'depth', ''],
    [['--topic', 'x', '--topic', 'y'], 'topic', ''],
    [['cats'], 'arguments', ''],
  ])('refuses %j before anything runs', async (args, path, hint) => {
    const { calls, session } = open(args)
    const error = await (await session).run({ source: TEXT, file: 'x.yaml' }).catch((one) => one)
    expect(error).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`'${path}'`),
    })
    expect(error.hint ?? '').toContain(hint)
    expect(calls).toEqual([])
  })

  it('says one thing of an input that does not fit, and of a list which item', async () => {
    const needed = TEXT.replace(', default: []', '').replace('type: string }', 'type: number }')
    const { session } = open([])
    const args = ['--topic', 'x', '--tags', '1', '--tags', 'two']
    const { session: given } = open(args)
    const told = async (one: typeof session) =>
      (await one).run({ source: needed, file: 'x.yaml' }).catch((error) => error.message as string)
    expect(await told(given)).toMatch(/: 'tags': expected array of number, found "two" \(text\)\.$/)
    expect(await told(session)).toContain("'tags': expected array of number, found nothing")
  })

  it('shows the place of what is wrong, also of what only the host knows', async () => {
    const { session } = open([])
    const source = TEXT.replace('json', '7')
    await expect((await session).run({ source, file: 'x.yaml' })).rejects.toMatchObject({
      code: 'WORKFLOW_INVALID',
      where: { file: 'x.yaml', line: 6, column: 16 },
    })
    const problems = [{ path: 'steps[0].tool', kind: 'tool', message: 'No such tool.' }]
    const error = { code: 'TOOL_NOT_FOUND', message: 'x', details: { problems } }
    await expect(run(['--topic', 'x'], { ok: false, error })).rejects.toMatchObject({
      code: 'TOOL_NOT_FOUND',
      message: expect.stringContaining('x.yaml:6:16: steps[0].tool'),
    })
  })

  it('holds no functions and no lines', async () => {
    const session = await open([]).session
    expect(await session.evaluate('1')).toMatchObject({ error: { code: 'NOT_AVAILABLE' } })
    expect(session.complete('Wor')).toEqual([])
    await expect(session.invoke(1, [])).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await session.close()
    await expect(session.run({ source: TEXT, file: 'x' })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })
})

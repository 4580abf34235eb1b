import { describe, expect, it } from 'vitest'
import { FakeRun, says } from './testing/fake-run.ts'

const schema = { vendor: 'string', total: 'number' }
const valid = '{"vendor": "Lamp & Co", "total": 12.5}'

describe('an answer with a schema', () => {
  it.each([valid, `\`\`\`json\n${valid}\n\`\`\``, `Here you are: ${valid}`])(
    'is data: %s',
    async (text) => {
      const run = new FakeRun([says(text)])
      const result = await run.execute(await run.create({ schema }), 'x')
      expect(result.data).toEqual({ vendor: 'Lamp & Co', total: 12.5 })
      expect(result.result).toEqual(result.data)
      expect(result.text).toBe(text)
    },
  )

  it('goes to the provider in its full form', async () => {
    const run = new FakeRun([says('{"n": 1}')])
    await run.execute(await run.create({ schema: { n: 'integer' } }), 'x')
    expect(run.requests[0]!.request.schema).toMatchObject({
      type: 'object',
      properties: { n: { type: 'integer' } },
      required: ['n'],
    })
  })

  it('is corrected by the model', async () => {
    const run = new FakeRun([says('No idea.'), says('{"vendor": 1}'), says(valid)])
    const result = await run.execute(await run.create({ schema }), 'x')
    expect(result).toMatchObject({ data: { total: 12.5 }, metadata: { steps: 3 } })
    expect(JSON.stringify(run.requests[1]!.request.messages.at(-1))).toContain('expected JSON')
    expect(JSON.stringify(run.requests[2]!.request.messages.at(-1))).toContain(
      "'answer.vendor': expected text",
    )
  })

  it('is AGENT_OUTPUT_INVALID after two corrections, or as many as are asked for', async () => {
    const run = new FakeRun([says('1'), says('2'), says('3'), says('4')])
    const agent = await run.create({ name: 'reader', schema })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({
      code: 'AGENT_OUTPUT_INVALID',
      details: { text: '3', errors: [{ path: 'answer' }] },
    })
    const strict = await run.create({ schema, schema_retries: 0 })
    await expect(run.execute(strict, 'x')).rejects.toMatchObject({
      code: 'AGENT_OUTPUT_INVALID',
      details: { text: '4' },
    })
  })

  it('may be asked for in one call', async () => {
    const run = new FakeRun([says('{"n": 1}')])
    const result = await run.execute(await run.create(), 'x', { schema: { n: 'integer' } })
    expect(result.data).toEqual({ n: 1 })
  })

  it('needs a schema that is one', async () => {
    const run = new FakeRun()
    await expect(run.create({ schema: { n: 'whole' } })).rejects.toMatchObject({
      code: 'SCHEMA_INVALID',
    })
  })
})

import { describe, expect, it } from 'vitest'
import { FakeRun, says } from './testing/fake-run.ts'

const asked = async (config: object, input: unknown): Promise<readonly string[]> => {
  const run = new FakeRun([says('x')])
  await run.execute(await run.create(config), input)
  return run.requests[0]!.request.messages.map(
    ({ role, content }) =>
      `${role}: ${content.map((part) => ('text' in part ? part.text : part.type)).join('')}`,
  )
}

describe('input', () => {
  it('is text', async () => {
    expect(await asked({}, 'Hi')).toEqual(['user: Hi'])
    expect(await asked({}, { text: 'Hi' })).toEqual(['user: Hi'])
  })

  it('brings what was said before', async () => {
    const messages = [
      { role: 'user', text: 'A' },
      { role: 'assistant', content: 'B' },
      { role: 'user', content: [{ type: 'text', text: 'C' }] },
    ]
    expect(await asked({}, { messages, text: 'D' })).toEqual([
      'user: A',
      'assistant: B',
      'user: C',
      'user: D',
    ])
    expect(await asked({}, { messages })).toEqual(['user: A', 'assistant: B', 'user: C'])
  })

  it('shows data as JSON behind the text', async () => {
    expect(await asked({}, { text: 'Sum up', data: [1] })).toEqual(['user: Sum up\n\n[\n  1\n]'])
    expect(await asked({}, { data: { a: 1 } })).toEqual(['user: {\n  "a": 1\n}'])
  })

  it('fills parameters into text and system prompt, once', async () => {
    const input = { text: 'Greet {{ name }} {{n}}', parameters: { name: '{{n}}', n: 2 } }
    expect(await asked({ system_prompt: 'For {{n}}.' }, input)).toEqual([
      'system: For 2.',
      'user: Greet {{n}} 2',
    ])
    expect(await asked({}, 'Keep {{this}}')).toEqual(['user: Keep {{this}}'])
  })

  it('names a parameter that is missing', async () => {
    await expect(asked({}, { text: '{{naem}}', parameters: { name: 1 } })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      hint: "Did you mean 'name'?",
    })
    await expect(asked({}, { text: '{{constructor}}', parameters: {} })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })

  it('must ask something', async () => {
    await expect(asked({}, {})).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('is given to a system prompt that is a function', async () => {
    const system_prompt = async (input: unknown) => `About ${JSON.stringify(input)}`
    expect(await asked({ system_prompt }, 'Hi')).toEqual(['system: About "Hi"', 'user: Hi'])
    await expect(asked({ system_prompt: async () => 1 }, 'Hi')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })
})

import { checkValue } from '@llmspell/sdk'
import { expect, it } from 'vitest'
import { asksFor, FakeRun, says } from './testing/fake-run.ts'

it('keeps an answer whose tools have read more than one call can carry', async () => {
  const read = { run: () => ({ lines: ['x'.repeat(700_000)] }) }
  const run = new FakeRun([asksFor(['read', {}], ['read', {}]), says('Long.')], { read })
  const result = await run.execute(await run.create({ tools: ['read'] }), 'x')
  expect(() => checkValue(result)).not.toThrow()
  expect(result.text).toBe('Long.')
  expect(JSON.stringify(result.tool_calls[0]!.result)).toContain('[698000 more characters]')
  expect(JSON.stringify(run.requests[1]!.request.messages)).not.toContain('more characters')
})

it('leaves every other result alone', async () => {
  const read = { run: () => 'x'.repeat(5000) }
  const run = new FakeRun([asksFor(['read', {}]), says('Short.')], { read })
  const result = await run.execute(await run.create({ tools: ['read'] }), 'x')
  expect(result.tool_calls[0]!.result).toHaveLength(5000)
})

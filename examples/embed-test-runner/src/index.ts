// node --test runs it: every test by itself, offline.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { agentTests } from './with-runtime.ts'

const folder = join(import.meta.dirname, '..')
const tests = agentTests(folder)
const clerk = { file: 'scripts/clerk.lua' }
interface Answer {
  readonly text: string
  readonly tools: number
}

void test('the clerk says what the model says', async () => {
  const { value } = await tests.scripted<Answer>(clerk, ['It is 591.6.'])
  assert.deepEqual({ ...value }, { text: 'It is 591.6.', tools: 0 })
})

void test('the clerk computes with the tool where the model asks for it', async () => {
  const call = { tool_calls: [{ name: 'calculator', input: { expression: '17% of 3480' } }] }
  const { value } = await tests.scripted<Answer>(clerk, [call, 'Done.'])
  assert.equal(value.tools, 1)
})

void test('the clerk goes on as it was recorded', async () => {
  const { value } = await tests.recorded<Answer>(clerk, join(folder, 'cassettes', 'clerk.json'))
  assert.match(value.text, /591\.6/)
})

void test('another question is not what was recorded', async () => {
  const other = { ...clerk, args: ['100'] }
  const run = tests.recorded(other, join(folder, 'cassettes', 'clerk.json'))
  await assert.rejects(run, { code: 'REPLAY_MISMATCH' })
})

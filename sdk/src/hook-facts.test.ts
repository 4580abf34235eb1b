import { expect, test } from 'vitest'
import { hookFacts } from './hook-facts.ts'

test.each([
  [undefined, {}],
  ['text', {}],
  [{}, {}],
  [
    { run_id: 'r', tool: 't', success: true, duration_ms: 3 },
    { runId: 'r', component: 't', ok: true, ms: 3 },
  ],
  [
    { runId: 'r', model: 'm/x', ok: false, durationMs: 1, error: { code: 'E' } },
    { runId: 'r', component: 'm/x', ok: false, ms: 1, code: 'E' },
  ],
  [
    { module: 'Tool', function: 'execute', outcome: { ok: false, error: { code: 'E' } } },
    { component: 'Tool.execute', ok: false, code: 'E' },
  ],
  [
    { workflow: 'w', status: 'completed' },
    { component: 'w', ok: true },
  ],
  [
    { workflow: 'w', status: 'failed' },
    { component: 'w', ok: false },
  ],
  [
    { permission: 'read', outcome: 'denied' },
    { component: 'read', ok: false },
  ],
  [
    { permission: 'read', outcome: 'approved' },
    { component: 'read', ok: true },
  ],
  [{ run_id: 7, tool: 8, error: null, duration_ms: 'long' }, {}],
  [
    { id: 'agents', ms: 4 },
    { component: 'agents', ms: 4 },
  ],
])('%j says %j', (payload, expected) => {
  expect(hookFacts(payload)).toEqual(expected)
})

test('what it is about stands where the manifest says', () => {
  expect(hookFacts({ tool: 'a', data: { name: 'b' } }, 'data.name').component).toBe('b')
  expect(hookFacts({ tool: 'a' }, 'data.name').component).toBe('a')
})

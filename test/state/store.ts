import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKernel, type Kernel } from '@llmspell/kernel'
import type { Scope, StateBackend, StateOp } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'

const PLUGINS = ['state', 'store-level', 'store-memory'] as const
const made: string[] = []

export const SHELF: Scope = { tenant: 'local', kind: 'custom', id: 'shelf' }
export const OTHER: Scope = { tenant: 'local', kind: 'custom', id: 'other' }

export const put = (key: string, value: Extract<StateOp, { op: 'put' }>['value'], scope = SHELF) =>
  ({ op: 'put', scope, key, value }) as const

export function newFolder(): string {
  made.push(mkdtempSync(join(tmpdir(), 'state-')))
  return join(made.at(-1)!, 'data')
}

export function dropFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

export async function openState(
  state: object,
  more: readonly string[] = [],
  config: object = {},
): Promise<Kernel> {
  const plugins = [...PLUGINS.map((name) => join(ROOT, 'plugins', name)), ...more]
  const kernel = createKernel({
    plugins,
    config: { plugins: { state, 'store-level': { reserve_bytes: 0 }, ...config } },
  })
  await kernel.start()
  return kernel
}

/** All that is live, as rows. */
export async function rowsOf(store: StateBackend): Promise<[string, string, unknown][]> {
  return Array.fromAsync(store.entries({ kind: 'custom' }), ({ scope, key, entry }) => [
    scope.id,
    key,
    entry.value,
  ])
}

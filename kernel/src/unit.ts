import type { PluginError } from '@llmspell/sdk'
import type { PluginRecord } from './record.ts'
import { UndoList } from './undo.ts'

/** Where a plugin stands. */
export type PluginState = 'resolved' | 'activating' | 'active' | 'disposed' | 'failed' | 'skipped'

/** One plugin of the plan while the kernel runs. */
export class PluginUnit {
  readonly record: PluginRecord
  readonly undo = new UndoList()
  readonly controller = new AbortController()
  /** Plugins that this one waits for during its activation. */
  readonly waits = new Set<string>()
  state: PluginState = 'resolved'
  failure: PluginError | undefined
  /** Labels of what was undone because of the failure. */
  undone: readonly string[] = []
  /** Names of the manifest that setup did not register. */
  missing: readonly string[] = []
  /** Milliseconds, without waiting for other plugins. */
  load = 0
  setup = 0
  /** The one activation that every caller shares, also when it failed. */
  activation: Promise<void> | undefined
  close: () => void = () => undefined

  /** What its activation waits for: the end of the unit whose place it takes. */
  readonly free: Promise<void> | undefined

  constructor(record: PluginRecord, free?: Promise<void>) {
    this.record = record
    this.free = free
  }

  get id(): string {
    return this.record.id
  }
}

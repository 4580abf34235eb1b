import type {
  ErrorRecord,
  HostCall,
  HostReply,
  ScriptModule,
  ScriptSession,
  SessionFacts,
  SessionLimits,
  Value,
} from '@llmspell/sdk'
import type { RunScope } from '../scope.ts'

/** What a session needs of the host, wherever it runs. */
export interface HostSide {
  readonly scope: RunScope
  readonly facts: SessionFacts
  readonly limits: SessionLimits
  readonly modules: readonly string[]
  describe(module: string): ScriptModule
  field(module: string, name: string): Value | undefined
  call(call: HostCall): HostReply | Promise<HostReply>
  notify(call: HostCall): void
  /** @throws OUTPUT_LIMIT */
  write(text: string): void
  label?(id: string): string | undefined
  uncaught?(error: ErrorRecord): void
}

/** A session of an engine, in this thread or another. `close` and `kill` are safe to call twice. */
export interface HostedSession extends Omit<ScriptSession, 'memory' | 'complete'> {
  complete(text: string): Promise<readonly string[]>
  /** Resolves when it takes what is asked of it: a script that computes takes nothing. */
  responds(): Promise<void>
  /** Ends it at once, whatever it is doing. */
  kill(): void
}

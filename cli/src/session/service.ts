import type { Kernel } from '@llmspell/kernel'
import type { GrantChain, Services, Value } from '@llmspell/sdk'
import { patiently } from '../kernel/patient.ts'
import type { Stage } from '../stage.ts'

export interface SessionInfo {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly status: string
  readonly created_at: string
  readonly updated_at: string
  readonly parent_session_id?: string
  readonly custom_metadata: { readonly [key: string]: Value }
  readonly runs: readonly string[]
}

export interface Replay {
  readonly identical?: boolean
  readonly result?: Value
  readonly new_session_id?: string
  readonly differences: readonly {
    readonly run_id: string
    readonly n?: number
    readonly expected: string
    readonly found: string
  }[]
  readonly runs: readonly {
    readonly run_id: string
    readonly status: string
    readonly new_run_id?: string
    readonly asked?: { readonly n: number; readonly name: string }
    readonly error?: { readonly code: string; readonly message: string }
  }[]
}

export interface Usage {
  readonly requests: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost: number
}

/** What we ask of the service `sessions`, whichever plugin provides it. */
export interface Sessions {
  get(id: string): Promise<SessionInfo | undefined>
  list(filter: object): Promise<readonly SessionInfo[]>
  create(draft: object): Promise<SessionInfo>
  tag(
    id: string,
    tags: readonly string[],
    options: { readonly remove: boolean },
  ): Promise<SessionInfo>
  save(id: string): Promise<SessionInfo>
  suspend(id: string): Promise<SessionInfo>
  resume(id: string): Promise<SessionInfo>
  complete(id: string): Promise<SessionInfo>
  delete(id: string): Promise<boolean>
  enter(id: string, runId?: string): Promise<SessionInfo>
  leave(id: string, outcome: { readonly runId?: string; readonly failed: boolean }): Promise<void>
  usage(id: string): Promise<Usage>
  replay(
    id: string,
    options: { readonly grants: GrantChain; readonly [option: string]: unknown },
  ): Promise<Replay>
  export(id: string): AsyncIterable<Uint8Array>
  import(
    open: () => AsyncIterable<Uint8Array>,
    options: { readonly as?: string },
  ): Promise<{
    readonly session: SessionInfo
    readonly runs: number
    readonly artifacts: number
    readonly state: number
  }>
}

/** @throws NOT_AVAILABLE where no plugin provides it */
export async function sessionsIn(kernel: Kernel): Promise<Sessions> {
  return (await kernel.use('sessions' as keyof Services)) as unknown as Sessions
}

/** Opens the store; one that is in use may be free in a moment. */
export function sessionsOf(
  stage: Stage,
): Promise<{ readonly kernel: Kernel; readonly sessions: Sessions }> {
  return patiently(stage, async () => {
    const kernel = await stage.open(await stage.config())
    const sessions = await sessionsIn(kernel)
    // The first look opens the store.
    await sessions.list({ limit: 1 })
    return { kernel, sessions }
  })
}

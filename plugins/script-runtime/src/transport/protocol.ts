import type {
  Chunk,
  ErrorRecord,
  Evaluation,
  HostCall,
  HostReply,
  ScriptModule,
  SessionFacts,
  SessionLimits,
  Value,
  Where,
} from '@llmspell/sdk'
import type { MessagePort } from 'node:worker_threads'

/** What a thread is started with. */
export interface ThreadData {
  /** File URL of the engine plugin's main file, which exports `engine`. */
  readonly engine: string
  readonly facts: SessionFacts
  readonly limits: SessionLimits
  readonly modules: Readonly<Record<string, ScriptModule>>
  readonly fields: Readonly<Record<string, Readonly<Record<string, Value>>>>
  /** True where somebody sits before the session. */
  readonly attended: boolean
  readonly port: MessagePort
  /** Two counters: messages sent to the thread, and messages of the thread that the host has yet to take. */
  readonly counters: Int32Array<SharedArrayBuffer>
}

export const ARRIVED = 0
export const UNTAKEN = 1
/** The thread stops and waits while the host has this many of its messages to take. */
export const MOST_UNTAKEN = 64

export type Verb =
  | { readonly verb: 'run'; readonly chunk: Chunk }
  | { readonly verb: 'evaluate'; readonly line: string; readonly where: Where | undefined }
  | { readonly verb: 'complete'; readonly text: string }
  | {
      readonly verb: 'invoke'
      readonly callback: number
      readonly args: readonly (Value | undefined)[]
    }
  | { readonly verb: 'release'; readonly callback: number }
  | { readonly verb: 'respond' }
  | { readonly verb: 'close' }

export type Done =
  | { readonly ok: true; readonly value: Value | Evaluation | undefined }
  | { readonly ok: false; readonly error: ErrorRecord }

/** Host to thread. */
export type ToThread =
  | { readonly type: 'ask'; readonly id: number; readonly ask: Verb }
  | { readonly type: 'reply'; readonly id: number; readonly reply: HostReply }

/** The ask that something is done for, where that is known: the host then serves it as a part of it. */
interface Part {
  readonly within?: number | undefined
}

/** Thread to host. */
export type ToHost =
  /** With the bytes that the thread holds before any script ran. */
  | { readonly type: 'ready'; readonly bytes: number }
  | { readonly type: 'failed'; readonly error: ErrorRecord }
  | ({ readonly type: 'call'; readonly id: number; readonly call: HostCall } & Part)
  | ({ readonly type: 'notify'; readonly call: HostCall } & Part)
  | ({ readonly type: 'write'; readonly text: string } & Part)
  | { readonly type: 'label'; readonly id: number; readonly of: string }
  | { readonly type: 'uncaught'; readonly error: ErrorRecord }
  | { readonly type: 'done'; readonly id: number; readonly done: Done }

import type { ErrorRecord } from '../errors.ts'
import type { Guard, Intercept, Observe } from '../hooks.ts'
import type { Value } from '../values.ts'
import type { Effect, ToolFilter, ToolOutput } from './tool.ts'

/** What the hook points of a tool call have in common. */
export interface ToolFacts {
  readonly tool: string
  /** Id of the contributing plugin, or `script`. */
  readonly source: string
  readonly effect: Effect
  /** `script`, or who acts for it: `agent 'poet'`. */
  readonly caller: string
  readonly run_id: string
  readonly seq: number
  readonly params: Value
}

/** Payload of `tool.output`. */
export interface ToolOutputFacts extends ToolFacts {
  /** Which time it has run, from 1. */
  readonly attempt: number
  readonly output: ToolOutput
  /** The plugin that gave the output in the place of the tool. */
  readonly replaced_by?: string
}

/** Payload of `tool.error`. */
export interface ToolErrorFacts extends ToolFacts {
  readonly attempt: number
  readonly error: ErrorRecord
}

/** Payload of `tool.list`. */
export interface ToolListFacts {
  readonly run_id: string
  readonly seq: number
  readonly caller: string
  /** `discover` ranks by the query. */
  readonly method: 'list' | 'discover'
  readonly filter: ToolFilter
}

/** Payload of `tool.listed`. */
export interface ToolListedFacts extends ToolListFacts {
  readonly rows: readonly Value[]
}

/** Payload of `tool.done`. */
export interface ToolDoneFacts extends ToolFacts {
  readonly success: boolean
  readonly duration_ms: number
  readonly result?: Value
  readonly error?: Value
  readonly replaced_by?: string
}

declare module '../hooks.ts' {
  interface Hooks {
    /** After the input was checked, before anything runs. A denial fails the call with HOOK_CANCELLED. */
    'tool.guard': Guard<ToolFacts>
    /**
     * After the guards. Changed `params` are checked again; what replaces is a ToolOutput or its plain `result`;
     * redirected to another tool, with the params as they were given or changed.
     */
    'tool.input': Intercept<ToolFacts, Value>
    /** After the tool has ended well. Changed and replaced output is checked again. */
    'tool.output': Intercept<ToolOutputFacts, Value>
    /** Open: a tap that fails is passed over. Of the error `message` and `hint` may be changed. */
    'tool.error': Intercept<ToolErrorFacts, Value>
    /** Before a script looks for tools. Another `filter` is checked again; rows replace the search. */
    'tool.list': Intercept<ToolListFacts, readonly Value[]>
    /** What a script is about to be shown. */
    'tool.listed': Intercept<ToolListedFacts>
    /** After every call of a tool that exists, failed ones too. */
    'tool.done': Observe<ToolDoneFacts>
  }
}

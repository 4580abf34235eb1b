import type { Intercept, Notify, Value } from '@llmspell/sdk'

/** What every point of state is told. */
interface StateFacts {
  readonly run_id: string
  readonly seq: number
  /** `script`, or who acts for it. */
  readonly caller: string
  /** As text: `global`, `agent:poet`. */
  readonly scope: string
  readonly key: string
}

/** Payload of `state.read`. Of a list, `key` is the beginning of the keys. */
export interface StateRead extends StateFacts {
  readonly op: 'load' | 'exists' | 'list'
}

/** Payload of `state.loaded`. */
export interface StateLoaded extends StateFacts {
  readonly value: Value
}

/** Payload of `state.write`. */
export interface StateWrite extends StateFacts {
  readonly op: 'set' | 'delete'
  /** Missing where the key is deleted. */
  readonly value?: Value
}

/** Payload of `state.changed`. */
export interface StateChanged extends StateFacts {
  readonly op: 'set' | 'delete'
  readonly version: number
}

/** Payload of `state.conflict`. */
export interface StateConflict extends StateFacts {
  /** 0: absent. */
  readonly expected: number
  readonly found: number
}

/** Payload of `state.migration`. */
export interface StateMigration {
  /** Of the call that wants it; missing where the host does. */
  readonly run_id?: string
  /** What is migrated: `kind/schema`, or the scope as text. */
  readonly schema: string
  readonly from: number
  readonly to: number
}

declare module '@llmspell/sdk' {
  interface Hooks {
    'state.read': Intercept<StateRead, Value>
    'state.loaded': Intercept<StateLoaded>
    'state.write': Intercept<StateWrite>
    'state.changed': Notify<StateChanged>
    'state.conflict': Notify<StateConflict>
    'state.migration': Intercept<StateMigration>
  }
}

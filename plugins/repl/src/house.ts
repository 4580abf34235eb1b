import type {
  ExtensionRegistry,
  Files,
  HookRegistry,
  Pictures,
  Recorder,
  ScriptRuntime,
} from '@llmspell/sdk'

/** The services that a session stands on. */
export interface House {
  readonly extensions: ExtensionRegistry
  readonly hooks: HookRegistry
  readonly runtime: ScriptRuntime
  readonly recorder: Recorder | undefined
  readonly files: Files | undefined
  readonly pictures: Pictures | undefined
}

import type { PluginError, Step } from '@llmspell/sdk'
import { failure, type KernelCode } from './codes.ts'

/** One thing that is wrong with a plugin or the config, found without running any plugin. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  /** Id of the plugin; its package or folder where no id could be read; `kernel` for the host's own. */
  readonly plugin: string
  readonly code: KernelCode
  /** The place: a key of the manifest, of the config or a file; empty where the whole is meant. */
  readonly path: string
  /** A sentence: what was expected and what was found. */
  readonly text: string
  /** One thing to do. */
  readonly hint?: string
}

/** Everything of a problem but its severity. */
export type ProblemParts = Omit<Problem, 'severity' | 'hint'> & {
  readonly hint?: string | undefined
}

/** An error among the problems: the plugin cannot be used. */
export function error(parts: ProblemParts): Problem {
  return problem('error', parts)
}

/** A warning among the problems: the plugin can be used. */
export function warning(parts: ProblemParts): Problem {
  return problem('warning', parts)
}

// What a package says of itself may be of any length.
const MOST_TEXT = 2000
const MOST_NAME = 300

function problem(severity: Problem['severity'], parts: ProblemParts): Problem {
  const { code } = parts
  const plugin = clipped(parts.plugin, MOST_NAME)
  const path = clipped(parts.path, MOST_TEXT)
  const hint = parts.hint ? { hint: clipped(parts.hint, MOST_TEXT) } : {}
  return { severity, plugin, code, path, text: clipped(parts.text, MOST_TEXT), ...hint }
}

function clipped(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** The problem as the error that a caller gets who needs the plugin. */
export function problemError(found: Problem, step: Step, cause?: PluginError): PluginError {
  return failure(found.code, found.plugin, step, found.text, { hint: found.hint, cause })
}

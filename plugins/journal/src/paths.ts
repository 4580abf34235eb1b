import { SpellError } from '@llmspell/sdk'
import type { StepPath } from '@llmspell/sdk'

export const ROOT: StepPath = 'main'

/** A name as it stands in a path: what separates parts of paths is written as `%` and two hex digits. */
export function escaped(name: string): string {
  return name.replace(/[%/#~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
}

/** @throws INPUT_INVALID */
export function stepPath(scope: string, name: string, ordinal: number): StepPath {
  if (!name.isWellFormed()) throw notWellFormed(name)
  return `${scope}/${escaped(name)}#${ordinal}`
}

function notWellFormed(name: string): SpellError {
  const shown = name.toWellFormed().slice(0, 60)
  return new SpellError(
    'INPUT_INVALID',
    `The name '${shown}' cannot be kept in a journal: expected well-formed text, found a lone surrogate.`,
    { hint: 'Give the step another name.' },
  )
}

export interface PathParts {
  readonly scope: string
  readonly name: string
  readonly ordinal: string
}

export function parts(path: StepPath): PathParts {
  const slash = path.lastIndexOf('/')
  const mark = path.indexOf('#', slash)
  return {
    scope: path.slice(0, slash),
    name: path.slice(slash + 1, mark),
    ordinal: path.slice(mark + 1),
  }
}

/** Where something was asked for, whatever its name: the same place in another life must be the same thing. */
export function place(path: StepPath): string {
  const slash = path.lastIndexOf('/')
  const mark = path.indexOf('#', slash)
  return slash < 0 || mark < 0 ? path : `${path.slice(0, slash)}${path.slice(mark)}`
}

/** The scope that a place stands in, whatever the branch. */
export function scopeOf(path: StepPath): StepPath {
  const { scope } = parts(path)
  const slash = scope.lastIndexOf('/')
  const branch = scope.indexOf('~', slash + 1)
  return branch < 0 ? scope : scope.slice(0, branch)
}

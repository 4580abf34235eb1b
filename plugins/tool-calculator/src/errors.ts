import { SpellError, printable } from '@llmspell/sdk'

const AROUND = 30

/** The expression cut to what is near the place, with a mark below it. */
function caret(expression: string, at: number): string {
  const from = Math.max(0, at - AROUND)
  const line = expression.slice(from, at + AROUND).replaceAll(/\s/g, ' ')
  return `${line}\n${' '.repeat(at - from)}^`
}

/** Positions count from 1, as people do. */
export function syntax(
  expression: string,
  at: number,
  expected: string,
  found: string,
  meant = '',
): SpellError {
  const message = `The expression '${printable(expression, 60)}' cannot be read: expected ${expected}, found ${found} at position ${at + 1}.`
  return new SpellError('CALC_SYNTAX', message, {
    hint: `${meant} Correct it here:\n${caret(expression, at)}`.trimStart(),
    details: { position: at + 1, caret: caret(expression, at) },
  })
}

export function unknownName(name: string, at: number, hint: string): SpellError {
  const message = `The name '${printable(name, 60)}' at position ${at + 1} is no function, constant or given variable.`
  return new SpellError('CALC_NAME', message, { hint, details: { name, position: at + 1 } })
}

export function domain(what: string, hint = 'Change the numbers.'): SpellError {
  return new SpellError('CALC_DOMAIN', `${what}.`, { hint })
}

export function limit(what: string, most: string, hint = 'Calculate less at once.'): SpellError {
  return new SpellError('CALC_LIMIT', `${what}: expected at most ${most}.`, { hint })
}

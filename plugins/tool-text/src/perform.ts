import { changeCase } from './case.ts'
import { count } from './count.ts'
import { diff } from './diff.ts'
import { fill } from './fill.ts'
import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'
import { match } from './match.ts'
import { replace } from './replace.ts'
import { pad, trim, truncate } from './shape.ts'
import { split } from './split.ts'

type Operation = (input: TextInput) => TextResult | Promise<TextResult>

const OPERATIONS: Readonly<Record<TextInput['operation'], Operation>> = {
  split,
  match,
  replace,
  fill,
  case: ({ text, style = 'lower' }) => ({ text: changeCase(text, style) }),
  trim: (input) => ({ text: trim(input) }),
  pad: (input) => ({ text: pad(input) }),
  truncate,
  count,
  diff,
}

/** One operation on a text. @throws TEXT_PATTERN, TEXT_LIMIT, TEXT_NAME */
export async function perform(input: TextInput): Promise<TextResult> {
  return OPERATIONS[input.operation](input)
}

import {
  between,
  checkFields,
  duration,
  expected,
  isTable,
  oneOf,
  whole,
  type FieldCheck,
} from './fields.ts'

const RETRY = {
  max_attempts: whole(1, 100),
  delay: duration(0),
  backoff: between(1, 100),
  max_delay: duration(0),
}
const WORDS = oneOf('fail_fast', 'continue', 'retry')

export const retry: FieldCheck = (value, path, findings) => {
  if (isTable(value)) checkFields(value, RETRY, path, findings)
  else expected('a table such as { max_attempts = 3, delay = "1s" }', value, path, findings)
}

const TABLE = { retry, otherwise: oneOf('fail_fast', 'continue') }

/** `error_strategy` of a step or a workflow. */
export const strategy: FieldCheck = (value, path, findings) => {
  if (isTable(value)) checkFields(value, TABLE, path, findings)
  else WORDS(value, path, findings)
}

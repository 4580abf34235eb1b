import {
  SpellError,
  durationMs,
  expandValueSchema,
  inputInvalid,
  sleep,
  violations,
} from '@llmspell/sdk'
import type {
  CallContext,
  Json,
  Question,
  RunContext,
  SchemaCompiler,
  Schema,
  Validator,
  Value,
} from '@llmspell/sdk'
import { fromJson, toJson } from '../durable/json.ts'
import { durableOnly } from '../durable/life.ts'
import { nextId } from '../durable/place.ts'
import type { RunScope } from '../scope.ts'

export interface WaitOptions {
  readonly timeout?: string | number
  readonly schema?: { readonly [key: string]: Value | undefined }
}

export interface AskOptions extends WaitOptions {
  readonly choices?: readonly string[]
  readonly default?: Value
}

type Answer = (question: Question, signal: AbortSignal) => Promise<Json | undefined>

/** How often it is looked whether a run has caught up with its journal. */
const LOOK_MS = 20

/** What a signal carries. @throws NOT_AVAILABLE, TIMEOUT */
export async function waitFor(
  { durable }: CallContext,
  signal: string,
  { timeout, schema }: WaitOptions = {},
): Promise<Value | undefined> {
  if (!durable) throw durableOnly('Run.wait_for')
  const received = await durable.waitSignal(signal, {
    ...timed(timeout),
    ...(schema ? { schema: expandValueSchema(schema) } : {}),
  })
  if (!received) throw tooLate(`No signal '${signal}' came`, timeout)
  return fromJson(received.payload)
}

/** The answer of a person, wherever they are. @throws NO_ONE_TO_ASK, TIMEOUT */
export async function askPerson(
  context: CallContext,
  scope: RunScope,
  schemas: SchemaCompiler,
  text: string,
  options: AskOptions = {},
): Promise<Value | undefined> {
  const { choices, default: otherwise, timeout } = options
  const question: Question = {
    text,
    ...(choices ? { choices } : {}),
    ...(options.schema ? { schema: expandValueSchema(options.schema) as object } : {}),
    ...(otherwise === undefined ? {} : { default: toJson(otherwise) }),
  }
  const schema = schemaOf(options)
  const { answer } = scope.options
  const checked = answer && (await checking(answer, schema, schemas, context))
  const given = context.durable
    ? await askDurably(context.durable, scope, question, schema, timeout, checked)
    : await askHere(context.signal, question, timeout, checked)
  if (given !== undefined) return fromJson(given)
  if (otherwise !== undefined) return otherwise
  if (!context.durable && !answer) throw noOne(text)
  throw tooLate(`Nobody answered '${text.slice(0, 80)}'`, timeout)
}

function schemaOf({ choices, schema }: AskOptions): Schema | undefined {
  if (schema) return expandValueSchema(schema)
  return choices && { enum: choices }
}

const timed = (timeout: string | number | undefined): { readonly timeoutMs?: number } =>
  timeout === undefined ? {} : { timeoutMs: durationMs(timeout) ?? 0 }

/** Asks again until the answer fits, or the person leaves. */
async function checking(
  answer: Answer,
  schema: Schema | undefined,
  schemas: SchemaCompiler,
  context: CallContext,
): Promise<Answer> {
  const validate: Validator | undefined = schema && (await schemas.compile(schema))
  return async (question, signal) => {
    for (;;) {
      const given = await answer(question, signal)
      if (given === undefined || !validate || validate(given)) return given
      context.log({
        level: 'warn',
        message: inputInvalid('The answer', violations(validate.errors ?? [])).message,
      })
    }
  }
}

async function askHere(
  signal: AbortSignal,
  question: Question,
  timeout: string | number | undefined,
  answer: Answer | undefined,
): Promise<Json | undefined> {
  if (!answer) return undefined
  const { timeoutMs } = timed(timeout)
  const end =
    timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const ended = new Promise<undefined>((resolve) =>
    end.addEventListener('abort', () => resolve(undefined), { once: true }),
  )
  return Promise.race([answer(question, end), ended])
}

/** Waits in the journal; a person who is here is asked as well, and answers by the same signal as everybody. */
async function askDurably(
  durable: RunContext,
  scope: RunScope,
  question: Question,
  schema: Schema | undefined,
  timeout: string | number | undefined,
  answer: Answer | undefined,
): Promise<Json | undefined> {
  const name = `ask-${nextId(durable).slice(0, 6)}`
  const done = new AbortController()
  const wait = { ask: question, ...timed(timeout), ...(schema ? { schema } : {}) }
  const received = durable.waitSignal(name, wait)
  if (answer) void prompt(scope, name, question, answer, done.signal)
  try {
    return (await received)?.payload
  } finally {
    done.abort()
  }
}

async function prompt(
  scope: RunScope,
  name: string,
  question: Question,
  answer: Answer,
  signal: AbortSignal,
): Promise<void> {
  const life = scope.life!
  const end = AbortSignal.any([signal, scope.signal])
  // What the journal answers is asked no more.
  while (life.main.mode !== 'live' && !end.aborted) await sleep(LOOK_MS, end)
  if (end.aborted) return
  life.questions++
  try {
    const given = await answer(question, end)
    if (given !== undefined && !end.aborted) await life.signal(name, given)
  } catch (error) {
    scope.log({ level: 'warn', message: `The answer was not taken: ${(error as Error).message}` })
  } finally {
    life.questions--
  }
}

function noOne(text: string): SpellError {
  const message = `Nobody is there to answer '${text.slice(0, 80)}'.`
  return new SpellError('NO_ONE_TO_ASK', message, {
    hint: 'Run it on a terminal, give the question a default, or run it with --durable.',
  })
}

function tooLate(what: string, timeout: string | number | undefined): SpellError {
  return new SpellError('TIMEOUT', `${what} within ${timeout ?? 'the time of the run'}.`, {
    hint: 'Wait longer, or give a default.',
    details: timeout === undefined ? {} : { timeout },
  })
}

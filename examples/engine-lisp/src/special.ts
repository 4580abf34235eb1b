import { isRef, isSpellError, toErrorRecord, type StreamRef } from '@llmspell/sdk'
import { isTrue } from './builtins.ts'
import { broken, Fn, Frame, isMap, kindOf, type Item } from './items.ts'
import type { Machine, Steps } from './machine.ts'
import type { Form } from './reader.ts'

type Special = (forms: readonly Form[], frame: Frame, machine: Machine) => Steps

/** Forms that do not evaluate all they hold. */
export const SPECIAL: Readonly<Record<string, Special | undefined>> = {
  def: function* ([name, form], frame, machine) {
    const value = yield* machine.evaluate(needed(form, 'a value'), frame)
    frame.items.set(nameOf(name), value)
    return undefined
  },

  set: function* ([name, form], frame, machine) {
    const holder = frame.holder(nameOf(name))
    if (!holder) throw broken(`The name '${nameOf(name)}' is not set.`, 'Make it with def or let.')
    holder.items.set(nameOf(name), yield* machine.evaluate(needed(form, 'a value'), frame))
    return undefined
  },

  let: function* ([names, ...body], frame, machine) {
    const inner = new Frame(frame)
    const forms = partsOf(names, '(name value …)')
    const leave = machine.arena.frame(inner, forms.length)
    for (let i = 0; i < forms.length; i += 2)
      inner.items.set(
        nameOf(forms[i]),
        yield* machine.evaluate(needed(forms[i + 1], 'a value'), inner),
      )
    const value = yield* machine.body(body, inner)
    leave()
    return value
  },

  if: function* ([test, then, otherwise], frame, machine) {
    const holds = isTrue(yield* machine.evaluate(needed(test, 'a test'), frame))
    const form = holds ? needed(then, 'a form') : otherwise
    return form && (yield* machine.evaluate(form, frame))
  },

  do: (forms, frame, machine) => machine.body(forms, frame),

  while: function* ([test, ...body], frame, machine) {
    while (isTrue(yield* machine.evaluate(needed(test, 'a test'), frame)))
      yield* machine.body(body, frame)
    return undefined
  },

  each: function* ([names, ...body], frame, machine) {
    const [name, source] = partsOf(names, '(name list)')
    const items = yield* machine.evaluate(needed(source, 'a list'), frame)
    const made: Item[] = []
    const once = function* (item: Item): Steps<void> {
      const inner = new Frame(frame)
      const leave = machine.arena.frame(inner, 1)
      inner.items.set(nameOf(name), item)
      const value = yield* machine.body(body, inner)
      if (value !== undefined) made.push(value)
      leave()
    }
    const stream = yield* streamOf(items, machine)
    if (stream) yield* ofStream(stream, once)
    else if (!Array.isArray(items)) throw broken(`Expected a list, found ${kindOf(items)}.`)
    else for (const item of items as readonly Item[]) yield* once(item)
    return machine.arena.made(made)
  },

  try: function* ([form, handler], frame, machine) {
    try {
      return yield* machine.evaluate(needed(form, 'a form'), frame)
    } catch (error) {
      if (!isSpellError(error) || ENDS.has(error.code)) throw error
      const fn = yield* machine.evaluate(needed(handler, '(fn (error) …)'), frame)
      const { code, message, hint, details } = toErrorRecord(error)
      return yield* machine.call(fn, [machine.arena.made({ code, message, hint, details })])
    }
  },
}

/** What ends a run ends it, whatever the script catches. */
const ENDS = new Set(['MEMORY_LIMIT', 'SESSION_KILLED', 'CANCELLED'])

function* streamOf(item: Item, machine: Machine): Steps<StreamRef | undefined> {
  if (isRef(item, 'stream')) return item
  const name = isRef(item, 'handle') ? machine.iterates(item) : undefined
  if (name === undefined || !isRef(item, 'handle')) return undefined
  const stream = yield { type: 'call', call: { handle: item, name, args: [] } }
  return isRef(stream, 'stream') ? stream : undefined
}

function* ofStream({ id }: StreamRef, once: (item: Item) => Steps<void>): Steps<void> {
  let open = true
  try {
    while (open) {
      const batch = yield { type: 'pull', stream: id }
      const { chunks = [], done = true } = isMap(batch) ? batch : {}
      open = done !== true
      for (const chunk of chunks as readonly Item[]) yield* once(chunk)
    }
  } catch (error) {
    if (open) yield { type: 'leave', stream: id }
    throw error
  }
}

function needed(form: Form | undefined, expected: string): Form {
  if (!form) throw broken(`Expected ${expected}, found nothing.`)
  return form
}

/** `(fn (name …) …)`: a function over the names of the place where it stands. */
export function functionOf([names, ...body]: readonly Form[], frame: Frame): Fn {
  frame.keep()
  return new Fn(partsOf(names, '(name …)').map(nameOf), body, frame)
}

function nameOf(form: Form | undefined): string {
  if (form?.type === 'name' && form.path.length === 1) return form.path[0]!
  throw broken('Expected a name without a dot.')
}

function partsOf(form: Form | undefined, expected: string): readonly Form[] {
  if (form?.type === 'call') return form.forms
  throw broken(`Expected ${expected} in brackets.`)
}

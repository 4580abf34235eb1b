import { SpellError } from '@llmspell/sdk'
import type { ErrorRecord, HostCall, HostReply, Value } from '@llmspell/sdk'
import { unknownName } from './bindings.ts'
import type { Bound } from './bindings.ts'
import type { Core } from './core.ts'
import { parseGuest, take } from './incoming.ts'
import type { Mark } from './incoming.ts'
import { AS_SCRIPT } from './quickjs.ts'
import { compile } from './compile.ts'
import type { Arguments, Native } from './native.ts'
import { PARTS, OWN_FILE } from './prelude/index.ts'
import { decodeText, query, urlParts } from './web.ts'

type Message = readonly [
  index: number,
  handle: string | null,
  args: unknown,
  marks?: readonly Mark[],
]

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error']

/** What the guest can ask of the host. Nothing of it is in reach of a script: only the prelude holds it. */
export function nativesOf(core: Core): Record<string, Native> {
  const { machine, options } = core
  const reply = (text: string): number => machine.string(text)
  const guest = (value: unknown): number => machine.string(JSON.stringify(value))
  return {
    call: (args) => reply(call(core, args)),
    notify: silent((args) => options.notify(read(core, args).call)),
    local: (args) => reply(local(core, args)),
    field: (args) => reply(field(core, args.text(0), args.text(1))),
    describe: (args) => guest(core.bindings.guestModule(args.text(0))),
    type: (args) => guest(core.bindings.guestType(Number(args.text(0)))),
    unknown: (args) => guest(unknownRecord(args)),
    room: (args) => core.room(args.number(0), args.number(1)),
    take: (args) => machine.buffer(core.takeBytes(args.number(0))),
    pause: (args) => reply(pause(core, Number(args.text(0)), args.text(1) === '1')),
    forget: silent((args) => core.driver.forget(args.text(0))),
    done: silent((args) =>
      core.driver.done(args.text(0), args.text(1), (marks) => core.roomBytes(marks)),
    ),
    uncaught: silent((args) => core.driver.tell(args.text(0))),
    label: (args) => guest(options.label?.(args.text(0)) ?? null),
    write: silent((args) => options.write(String(parseGuest(args.text(0))))),
    log: silent((args) => log(core, args.text(0), parseGuest(args.text(1)))),
    kept: (args) => reply(core.kept.entry(args.text(0), args.text(1))),
    keptNames: (args) => guest(core.kept.names(args.text(0))),
    part: (args) => machine.evaluate(partOf(args.text(0)), OWN_FILE, AS_SCRIPT),
    require: (args) => machine.string(required(core, parseGuest(args.text(0)) as [string, string])),
    compile: (args) => compile(core, args.text(0)),
    url: (args) =>
      reply(`+${JSON.stringify(urlParts(parseGuest(args.text(0)) as [string, null]))}`),
    query: (args) => reply(`+${JSON.stringify(query(args.text(0), parseGuest(args.text(1))))}`),
    encodeText: (args) => machine.buffer(Buffer.from(String(parseGuest(args.text(0))))),
    decodeText: (args) =>
      reply(
        `+${JSON.stringify(decodeText(core.roomBytesOf(args.number(0)), args.text(1) === '1', args.text(2) === '1'))}`,
      ),
  }
}

/** A native without a result. */
function silent(fn: (args: Arguments) => void): Native {
  return (args) => {
    fn(args)
    return 0
  }
}

interface Read {
  readonly bound: Bound
  readonly call: HostCall
}

function read(core: Core, args: Arguments): Read {
  const [index, handle, tree, marks = []] = parseGuest(args.text(0)) as Message
  const bound = core.bindings.bound(index)
  const values = take(tree, marks, bound.places, core.taker(bound, core.roomBytes(marks)))
  const call = { module: bound.module, function: bound.function, args: values }
  return { bound, call: handle === null ? call : { ...call, handle } }
}

function call(core: Core, args: Arguments): string {
  const { bound, call: request } = read(core, args)
  const answer = (reply: HostReply): string => core.answer(bound, request, reply)
  const reply = core.options.call(request)
  return 'then' in reply ? core.driver.later(reply, false, answer) : answer(reply)
}

function pause(core: Core, ms: number, quiet: boolean): string {
  const reply = core.options.call({ module: 'Run', function: 'pause', args: [ms] })
  const answer = (found: HostReply): string => (found.ok ? '' : failed(found.error))
  return 'then' in reply ? core.driver.later(reply, quiet, answer) : answer(reply)
}

function local(core: Core, args: Arguments): string {
  const { bound, call: request } = read(core, args)
  const name = `${request.module}.${request.function}`
  const { locals, facts } = core.options
  const fn = Object.hasOwn(locals, name) ? locals[name] : undefined
  if (!fn) throw new SpellError('NOT_AVAILABLE', `'${name}' is not available here.`)
  return core.outgoing(bound.module).text(fn(request.args, facts), bound.result)
}

function field(core: Core, module: string, name: string): string {
  const { name: key, place } = core.bindings.field(module, name)
  return core.outgoing(module).text(core.options.field(module, key), place)
}

/** Text of a failure that the guest's `dataOf` raises. */
export function failed(error: ErrorRecord): string {
  return `-${JSON.stringify(error)}`
}

function unknownRecord(args: Arguments): object {
  const error = unknownName(args.text(0), args.text(1), parseGuest(args.text(2)) as string[])
  return { code: error.code, message: error.message, hint: error.hint }
}

function log(core: Core, level: string, args: unknown): void {
  if (!LEVELS.includes(level) || !core.options.modules.includes('Log')) return
  core.options.notify({ module: 'Log', function: level, args: args as Value[] })
}

function partOf(name: string): string {
  const source = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
  if (source === undefined) throw new SpellError('NOT_AVAILABLE', `There is no part '${name}'.`)
  return source
}

function required(core: Core, [name, base]: readonly [string, string]): string {
  const { loader } = core
  return loader.load(loader.resolve(base, name)).file
}

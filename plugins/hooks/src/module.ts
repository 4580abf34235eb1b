import { isRef, SpellError } from '@llmspell/sdk'
import type {
  CallContext,
  HandleRef,
  HostCallback,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { validators } from './generated/hook.module.validate.js'
import { ANY_CUSTOM, CUSTOM } from './points.ts'
import type { ScriptPoint } from './points.ts'
import type { Options, Priority, Registration } from './registration.ts'
import { RunHooks } from './run-hooks.ts'
import type { HooksParts } from './run-hooks.ts'

type Call<Args extends readonly unknown[]> = ScriptCall<Args>
type Method = Call<[]>

interface Filter {
  readonly point?: string
  readonly priority?: Priority
}

/** The script module `Hook`. */
export function hookModule(parts: HooksParts): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      register: ({
        args: [name, fn, opts],
        context,
      }: Call<[string, HostCallback, (Priority | Options)?]>) => {
        const options = typeof opts === 'string' ? { priority: opts } : (opts ?? {})
        const hooks = RunHooks.of(parts, context)
        const hook = hooks.add(name, fn, options)
        context.onUndo?.(() => hooks.remove(hook))
        parts.scripts.ofRun(context)?.hold(context)
        return context.handle('HookHandle', hook, {}, hook.id)
      },
      unregister: ({ args: [given], context }: Call<[string | HandleRef]>) =>
        remove(parts, given, context),
      list: ({ args: [filter], context }: Call<[Filter?]>) => rows(parts, context, filter ?? {}),
      points: () => [...parts.points.all(), ANY_CUSTOM].map(pointRow),
      call: ({ args: [name, data], context }: Call<[string, Value?]>) =>
        callCustom(parts, name, data ?? null, context),
      ...methods(parts),
    },
  }
}

function methods(parts: HooksParts) {
  const of = (self: unknown): Registration => self as Registration
  return {
    'HookHandle.id': ({ self }: Method) => of(self).id,
    'HookHandle.hook_point': ({ self }: Method) => of(self).named,
    'HookHandle.calls': ({ self }: Method) => of(self).calls,
    'HookHandle.failures': ({ self }: Method) => of(self).failures,
    'HookHandle.unregister': ({ self, context }: Method) =>
      RunHooks.of(parts, context).remove(of(self)),
  }
}

function remove(parts: HooksParts, given: string | HandleRef, context: CallContext): boolean {
  const hooks = RunHooks.of(parts, context)
  const hook = isRef(given, 'handle') ? (context.resolve(given) as Registration) : hooks.find(given)
  return hook !== undefined && hooks.remove(hook)
}

function rows(parts: HooksParts, context: CallContext, { point, priority }: Filter): Value {
  const name = point === undefined ? undefined : parts.points.get(point).name
  return RunHooks.of(parts, context)
    .all.filter((hook) => name === undefined || hook.point.name === name)
    .filter((hook) => priority === undefined || hook.priority === priority)
    .map((hook) => hook.row())
}

function pointRow(point: ScriptPoint): Value {
  const { name, kind, doc, aliases, subject, payload, ofRun, results } = point
  return {
    name,
    kind,
    aliases: [...aliases],
    results: ['continue', ...results],
    ...(subject === undefined ? {} : { subject }),
    ...(payload === undefined ? {} : { data_schema: payload as Value }),
    of_run: ofRun,
    doc,
  }
}

/** @throws HOOK_CANCELLED; HOOK_FAILED, HOOK_RESULT_INVALID of a hook */
async function callCustom(
  { points, asking }: HooksParts,
  name: string,
  data: Value,
  { runId }: CallContext,
): Promise<Value> {
  const point = points.get(name.startsWith(CUSTOM) ? name : `${CUSTOM}${name}`)
  const verdict = await asking.custom(point, data, runId)
  if (verdict?.type === 'cancel') throw cancelled(point, verdict.reason, verdict.hint)
  if (verdict?.type === 'replace') return verdict.result as Value
  return verdict && 'data' in verdict ? (verdict.data as Value) : data
}

function cancelled({ name }: ScriptPoint, reason: string, hint: string | undefined): SpellError {
  return new SpellError('HOOK_CANCELLED', `'${name}' was cancelled by a hook: ${reason}.`, {
    hint: hint ?? 'Change what the hook objects to.',
    details: { hook: name, reason },
  })
}

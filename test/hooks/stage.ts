// A plugin that owns one point of every kind, and a script module that lets a script reach them.
import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin, SpellError } from '@llmspell/sdk'
import type {
  HookKind,
  HookPoint,
  HookPointItem,
  ScriptCall,
  ScriptModule,
  Value,
} from '@llmspell/sdk'

type Table = { readonly [key: string]: Value | undefined }
type Loose = Omit<HookPoint<never>, 'call'> & { call(payload: unknown): unknown }

const ALL_RESULTS = ['modify', 'cancel', 'replace', 'retry', 'redirect'] as const

const payload = {
  type: 'object',
  required: ['run_id', 'tool', 'params'],
  properties: {
    run_id: { type: 'string' },
    tool: { type: 'string' },
    agent: { type: 'string' },
    caller: { type: 'string' },
    params: { type: 'object', properties: { n: { type: 'integer' } } },
  },
}

const point = (name: string, kind: HookKind, more: Partial<HookPointItem> = {}): HookPointItem => {
  return { name: `stage.${name}`, kind, doc: `A ${kind}.`, payload, subject: 'tool', ...more }
}

export const POINTS: readonly HookPointItem[] = [
  point('guard', 'guard', { aliases: ['BeforeStage'] }),
  point('change', 'transform'),
  point('pick', 'choose'),
  point('see', 'observe'),
  point('row', 'series'),
  point('tick', 'notify'),
  point('ask', 'intercept', { results: ALL_RESULTS, aliases: ['BeforeStageExecution'] }),
  point('soft', 'intercept', { results: ALL_RESULTS, failOpen: true }),
  point('narrow', 'intercept', { results: ['cancel'], aliases: ['Twice'] }),
  point('alone', 'observe', { payload: { type: 'object' }, aliases: ['Twice'] }),
]

const any = { 'x-open': true }
const text = { type: 'string' }
const STAGE: ScriptModule = {
  name: 'Stage',
  version: '1.0.0',
  doc: 'Fires points.',
  functions: {
    fire: {
      doc: 'Calls a point about something of this run, and gives what came of it.',
      effect: 'composed',
      params: [
        { name: 'point', schema: text },
        { name: 'data', schema: { type: 'object', 'x-open': true }, optional: true },
      ],
    },
    hide: { doc: 'Hides a value.', params: [{ name: 'value', schema: text }] },
    many: {
      doc: 'Fires a point so many times, at once.',
      params: [
        { name: 'point', schema: text },
        { name: 'count', schema: { type: 'integer' } },
      ],
      result: any,
    },
  },
}

/** What the owner of a point makes of what its taps said, as plain data. */
async function fire(at: Loose, kind: HookKind, given: Table): Promise<Value> {
  if (!at.used) return { unused: true }
  const said = await at.call(given)
  if (kind === 'guard' && said !== undefined) throw denied(said as { readonly reason: string })
  return (said ?? null) as Value
}

function denied({ reason }: { readonly reason: string }): SpellError {
  return new SpellError('HOOK_CANCELLED', reason)
}

/** The plugin, and every payload that its last tap saw. */
export function stagePlugin(points = POINTS): {
  readonly plugin: InlinePlugin
  readonly seen: unknown[]
} {
  const seen: unknown[] = []
  const plugin = definePlugin({
    setup(ctx) {
      const hooks = ctx.use('hooks')
      const call = (name: string, runId: string, data: Table = {}) => {
        const item = points.find((each) => each.name === name)!
        const whole = { run_id: runId, tool: 'file-read', params: {}, ...data }
        seen.push(whole)
        return fire(hooks.point(name as never) as unknown as Loose, item.kind, whole)
      }
      ctx.contribute('script-modules', 'Stage', {
        functions: {
          fire: ({ args: [name, data], context }: ScriptCall<[string, Table?]>) =>
            call(name, context.runId, data),
          hide: ({ args: [value], context }: ScriptCall<[string]>) => {
            context.conceal(value, '[hidden]')
            return undefined
          },
          many: async ({ args: [name, count], context }: ScriptCall<[string, number]>) => {
            const rows = Array.from({ length: count }, (_, n) =>
              call(name, context.runId, { params: { n } }),
            )
            return (await Promise.all(rows)).length
          },
        },
      })
    },
  })
  const manifest = {
    manifest: 1,
    id: 'stage',
    main: './stage.js',
    phase: 'globals',
    requires: { hooks: '^1' },
    contributes: {
      hookPoints: points,
      'script-modules': [{ name: 'Stage', doc: STAGE.doc, module: STAGE }],
    },
  } as const
  return { plugin: { manifest, plugin } as InlinePlugin, seen }
}

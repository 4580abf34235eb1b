import type { StateBackend, StateOp, StateScope } from '@llmspell/sdk'
type Any = any
export function memoryBackend(): StateBackend & { data: Map<string, Any> } {
  const data = new Map<string, Any>()
  let seq = 0n
  const id = (s: Any): string => `${s.tenant}\0${s.kind}\0${s.id}\0`
  const scope = (s: Any): StateScope =>
    ({
      async get(key: string) {
        const value = data.get(id(s) + key)
        return value === undefined ? undefined : { value, rev: 1n }
      },
      async *iterate(o: Any = {}) {
        const keys = [...data.keys()]
          .filter((k) => k.startsWith(id(s) + (o.prefix ?? '')))
          .map((k) => k.slice(id(s).length))
          .filter(
            (k) =>
              (o.after === undefined || k > o.after) &&
              (o.gte === undefined || k >= o.gte) &&
              (o.lt === undefined || k < o.lt),
          )
          .toSorted()
        for (const key of o.reverse ? keys.toReversed() : keys)
          yield [key, { value: data.get(id(s) + key), rev: 1n }]
      },
    }) as Any
  return {
    data,
    id: 'memory',
    capabilities: { atomic: 'store', durability: ['none', 'os', 'sync'], maxValueBytes: 1 << 26 },
    scope,
    async commit(ops: readonly StateOp[]) {
      for (const op of ops)
        op.op === 'put'
          ? data.set(id(op.scope) + op.key, op.value)
          : data.delete(id(op.scope) + op.key)
      return { seq: ++seq, duplicate: false }
    },
  } as Any
}

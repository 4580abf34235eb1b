import type { PointEvent, TraceEvent } from './service.ts'

/** An event with what happened inside of it, in the order in which it began. */
export interface Node {
  readonly event: TraceEvent
  readonly inside: readonly Node[]
}

/** ms by which something may seem to begin before what it is part of: both are told when they have ended. */
const SLACK = 1
const ALARM = /\.(?:error|warning|breaker|rollback)$/

/**
 * What happened inside what, by time: what ended before something else and began after it is part of it, but for calls
 * of the same thing side by side.
 */
export function nested(events: readonly TraceEvent[]): readonly Node[] {
  const roots: Node[] = []
  for (const event of events.filter(isShown)) {
    const inside = event.type === 'hook' ? [] : roots.filter((node) => holds(event, node.event))
    for (const node of inside) roots.splice(roots.indexOf(node), 1)
    roots.push({ event, inside: ordered(inside) })
  }
  return ordered(roots)
}

/** A moment that only says that all goes on is not shown. */
function isShown(event: TraceEvent): boolean {
  return event.type === 'hook' || event.ms > 0 || event.ok === false || ALARM.test(event.point)
}

function ordered(nodes: readonly Node[]): readonly Node[] {
  return nodes.toSorted((a, b) => a.event.at - b.event.at)
}

function holds(outer: PointEvent, inner: TraceEvent): boolean {
  if (outer.ms === 0 || inner.at < outer.at - SLACK) return false
  if (isCall(inner)) return !isLeaf(outer) && !(isCall(outer) && isSame(outer, inner))
  if (inner.seq !== undefined && outer.seq !== undefined) return inner.seq === outer.seq
  if (inner.type === 'hook') return true
  return isLeaf(outer) ? inner.ms === 0 : !isSame(outer, inner)
}

function isCall({ type, point }: TraceEvent): boolean {
  return type === 'point' && point === 'call.done'
}

/** Calls nothing by itself that takes time: what does ran beside. */
function isLeaf({ point }: PointEvent): boolean {
  return point === 'tool.done' || point === 'llm.done'
}

function isSame(one: PointEvent, other: TraceEvent): boolean {
  if (other.type === 'hook') return false
  const { point, component, actor } = other
  return one.point === point && one.component === component && one.actor === actor
}

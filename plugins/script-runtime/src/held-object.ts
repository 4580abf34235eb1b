/** An object of the host that a script holds. */
export interface HeldObject {
  readonly type: string
  readonly object: object
  /** True where the text that it has is what people see of it. */
  readonly hasText: boolean
}

/** What it is, for people: `Agent 'poet' (mock/demo)`. */
export function labelOf(id: string, { type, object, hasText }: HeldObject): string | undefined {
  if (hasText) return undefined
  const { label, name } = object as { readonly label?: unknown; readonly name?: unknown }
  const own = typeof label === 'function' ? String(label.call(object)) : ''
  const head = `${type} ${typeof name === 'string' && name !== '' ? `'${name}'` : id}`
  return own === '' ? head : `${head} (${own})`
}

import type { Part, Shape } from './shape.ts'

/** Brackets by kind: a diamond decides, a rounded box asks a model, a box with bars holds more. */
const BRACKETS: Readonly<Record<string, readonly [string, string]>> = {
  agent: ['(', ')'],
  run: ['[/', '/]'],
  tool: ['[', ']'],
}
const DECIDES: readonly [string, string] = ['{', '}']
const ENDS: readonly [string, string] = ['([', '])']
const MOST_LABEL = 80

/** A stretch of the drawing: where it is entered, and where it is left. */
interface Stretch {
  readonly first: string
  readonly last: readonly Exit[]
}
interface Exit {
  readonly node: string
  readonly label?: string
}

/** A workflow as a Mermaid flowchart. Texts of the workflow stand in quotes and cannot leave them. */
export function mermaidOf(shape: Shape): string {
  return new Drawing().draw(shape)
}

class Drawing {
  readonly #lines: string[] = ['flowchart TD']
  #count = 0
  #depth = 1

  draw(shape: Shape): string {
    const start = this.#node(`${shape.name}`, ENDS)
    const body = this.#workflow(shape)
    const end = this.#node('end', ENDS)
    this.#arrow({ node: start }, body.first)
    for (const exit of body.last) this.#arrow(exit, end)
    return `${this.#lines.join('\n')}\n`
  }

  #workflow(shape: Shape): Stretch {
    switch (shape.kind) {
      case 'conditional':
        return this.#branches(shape)
      case 'parallel':
        return this.#parallel(shape)
      case 'loop':
      case 'stream':
        return this.#loop(shape)
      default:
        return this.#sequence(shape.parts)
    }
  }

  #sequence(parts: readonly Part[]): Stretch {
    const stretches = parts.map((part) => this.#part(part))
    for (const [index, { last }] of stretches.entries()) {
      const next = stretches[index + 1]
      if (next) for (const exit of last) this.#arrow(exit, next.first)
    }
    const first = stretches[0]?.first ?? this.#node('nothing', ENDS)
    return { first, last: stretches.at(-1)?.last ?? [{ node: first }] }
  }

  #branches({ parts, note }: Shape): Stretch {
    const first = this.#node(note ?? 'first that holds', DECIDES)
    const last = parts.flatMap((part) => {
      const body = this.#sequence(part.parts)
      this.#arrow({ node: first, label: label(part) }, body.first)
      return body.last
    })
    const open = parts.every(({ name }) => name !== 'default')
    return { first, last: open ? [...last, { node: first, label: 'none' }] : last }
  }

  #parallel({ parts, note }: Shape): Stretch {
    const first = this.#node('at the same time', DECIDES)
    const join = this.#node(note ?? 'wait for all', DECIDES)
    for (const part of parts) {
      const lane = this.#part(part)
      this.#arrow({ node: first }, lane.first)
      for (const exit of lane.last) this.#arrow(exit, join)
    }
    return { first, last: [{ node: join }] }
  }

  #loop({ parts, note }: Shape): Stretch {
    const first = this.#node(note ?? 'again', DECIDES)
    const body = this.#sequence(parts)
    this.#arrow({ node: first, label: 'next' }, body.first)
    for (const exit of body.last) this.#arrow(exit, first)
    return { first, last: [{ node: first, label: 'done' }] }
  }

  #part(part: Part): Stretch {
    const body = part.parts.length > 0 ? this.#group(part) : this.#single(part)
    if (part.compensate) this.#aside(body.first, part.compensate, 'undone by')
    if (!part.fallback) return body
    const other = this.#aside(body.first, part.fallback, 'if it fails')
    return { first: body.first, last: [...body.last, ...other.last] }
  }

  #single(part: Part): Stretch {
    const node = this.#node(label(part), BRACKETS[part.kind] ?? BRACKETS['tool']!)
    return { first: node, last: [{ node }] }
  }

  #group(part: Part): Stretch {
    this.#line(`subgraph g${++this.#count}["${escaped(label(part))}"]`)
    this.#depth++
    const [inner] = part.parts
    const body =
      part.kind === 'workflow' && inner ? this.#workflow(inner) : this.#sequence(part.parts)
    this.#depth--
    this.#line('end')
    return body
  }

  #aside(from: string, part: Part, text: string): Stretch {
    const body = this.#part(part)
    this.#line(`${from} -. "${escaped(text)}" .-> ${body.first}`)
    return body
  }

  #node(text: string, [open, close]: readonly [string, string]): string {
    const id = `n${++this.#count}`
    this.#line(`${id}${open}"${escaped(text)}"${close}`)
    return id
  }

  #arrow({ node, label: text }: Exit, to: string): void {
    this.#line(text === undefined ? `${node} --> ${to}` : `${node} -- "${escaped(text)}" --> ${to}`)
  }

  #line(text: string): void {
    this.#lines.push(`${'  '.repeat(this.#depth)}${text}`)
  }
}

function label({ name, kind, note }: Shape): string {
  const text = kind === 'branch' || note === name ? name : `${name}: ${kind}`
  return note === undefined || note === name ? text : `${text} ${note}`
}

/** Letters, digits and a little more as they are, all else as entities of Mermaid's. */
function escaped(text: string): string {
  const short = text.length > MOST_LABEL ? `${text.slice(0, MOST_LABEL - 1)}…` : text
  return short
    .toWellFormed()
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .replaceAll(/[^\p{L}\p{N} .,:()=_/…≠≤≥-]/gu, (sign) => `#${sign.codePointAt(0)};`)
}

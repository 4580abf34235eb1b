import { SpellError } from '@llmspell/sdk'

const MAX_DEPTH = 512
const MAX_ELEMENTS = 60_000
const MAX_ATTRIBUTES = 256

/** What a pass without a tree finds. */
export interface Shape {
  readonly html: boolean
  readonly body: boolean
  readonly depth: number
  readonly elements: number
}

/** Looks how deep and how large the tree would be before anyone builds it. @throws WEB_TOO_COMPLEX */
export async function checkShape(text: string): Promise<Shape> {
  const { Parser } = await import('htmlparser2')
  let [depth, deepest, elements, html, body] = [0, 0, 0, false, false]
  const parser = new Parser({
    onopentag(name, attributes) {
      depth++
      elements++
      deepest = Math.max(deepest, depth)
      html ||= name === 'html'
      body ||= name === 'body'
      if (depth > MAX_DEPTH) throw tooComplex(`${MAX_DEPTH} levels`)
      if (elements > MAX_ELEMENTS) throw tooComplex(`${MAX_ELEMENTS} elements`)
      if (Object.keys(attributes).length > MAX_ATTRIBUTES)
        throw tooComplex(`${MAX_ATTRIBUTES} attributes of one element`)
    },
    onclosetag() {
      depth--
    },
  })
  parser.end(text)
  return { html, body, depth: deepest, elements }
}

function tooComplex(max: string): SpellError {
  const text = `The page is too complex: expected at most ${max}, found more.`
  return new SpellError('WEB_TOO_COMPLEX', text, {
    hint: 'Read it by http-request, as text.',
  })
}

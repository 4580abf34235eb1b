import { describe, expect, it } from 'vitest'
import { parseTemplate } from './template.ts'

const ref = (source: string, ...path: [string, ...string[]]) => ({ path, source })

describe('parseTemplate', () => {
  it('leaves plain text alone', () => {
    expect(parseTemplate('plain { text } }}')).toEqual({ parts: ['plain { text } }}'], errors: [] })
    expect(parseTemplate('')).toEqual({ parts: [], errors: [] })
  })

  it('splits text and references', () => {
    expect(parseTemplate('a {{ input.x }}b{{item}}').parts).toEqual([
      'a ',
      ref('input.x', 'input', 'x'),
      'b',
      ref('item', 'item'),
    ])
  })

  it('knows a text that is one reference', () => {
    expect(parseTemplate('{{steps.a.output.1}}').only).toEqual(
      ref('steps.a.output.1', 'steps', 'a', 'output', '1'),
    )
    expect(parseTemplate(' {{item}}').only).toBeUndefined()
  })

  it('reads names that are no plain words', () => {
    const source = 'steps["a b. c"].output'
    expect(parseTemplate(`{{${source}}}`).only?.path).toEqual(['steps', 'a b. c', 'output'])
  })

  it('keeps escaped braces as text', () => {
    expect(parseTemplate('a \\{{x}} {{item}}').parts).toEqual(['a {{x}} ', ref('item', 'item')])
  })

  it.each([
    ['{{}}', 'names nothing'],
    ['{{  }}', 'names nothing'],
    ['x {{input', 'is never closed'],
    ['{{a b}}', 'is no path of names and dots'],
    ['{{a..b}}', 'is no path of names and dots'],
    ['{{.a}}', 'is no path of names and dots'],
    ['{{a.}}', 'is no path of names and dots'],
    ['{{a | upper}}', 'is no path of names and dots'],
    ['{{a[0]}}', 'is no path of names and dots'],
    ['{{["a]}}', 'is no path of names and dots'],
    ['{{{a}}}', 'is no path of names and dots'],
  ])('says what is wrong with %s', (text, message) => {
    expect(parseTemplate(text).errors).toMatchObject([{ message }])
  })

  it('takes time in proportion to the length', () => {
    const text = '{{a'.repeat(300_000)
    expect(parseTemplate(text).errors).toHaveLength(1)
    expect(parseTemplate('{{a}}'.repeat(200_000)).parts).toHaveLength(200_000)
    expect(parseTemplate(`{{${'a.'.repeat(300_000)}}}`).errors).toHaveLength(1)
  })
})

/** Guest side of values that are single words: the usual ones. All others are the part 'trees'. */
export const VALUES = /* js */ String.raw`
/** References by the object that stands for them. */
const refs = new WeakMap()
const callbacks = new Map()
/** Text and marks of a list of values. */
function encode(list, roots, functions) {
  if (list.length === 1 && list[0] === undefined) return NOTHING
  return isFlat(list) ? { text: stringify(list), marks: NONE } : part('trees').encode(list, roots, functions)
}
const NONE = freeze([])
const NOTHING = freeze({ text: '[null]', marks: freeze([freeze(['u', freeze([0])])]) })
function isFlat(list) {
  for (let i = 0; i < list.length; i++) {
    const value = list[i]
    const type = typeof value
    if (type === 'string' ? value.length > 1000 || !value.isWellFormed() : type === 'number' ? !Number.isFinite(value) : value !== null && type !== 'boolean') return false
  }
  return true
}
/** The value of a reply: nothing, plain data (+), or data with arrivals (*). */
function decode(text) {
  if (text === '') return undefined
  if (text[0] === '+') return parse(text.slice(1))
  return part('trees').decode(text.slice(1))
}
`

/** What was probably meant by something that only looks like a number here; nothing where no guess is good. */
export function meant(expression: string, at: number): string {
  const rest = expression.slice(at)
  const word = /^[\p{L}\p{Nd}_.,']+/u.exec(rest)?.[0] ?? rest.slice(0, 1)
  const plain = word.normalize('NFKC')
  if (plain !== word && /^[0-9.]+$/.test(plain)) return `Write it with plain digits: ${plain}.`
  const sign = SIGNS.get(rest[0] ?? '') ?? rest.slice(0, 1).normalize('NFKC')
  if (/^[-+*/%^(),]$/.test(sign)) return `Write the sign as ${sign}.`
  return ''
}

/** Of the number that begins there: another base, signs between digits. */
export function meantNumber(expression: string, start: number): string {
  const word = /^[A-Za-z0-9_.]*/.exec(expression.slice(start))![0]
  if (/^0(?:x[0-9a-f]+|b[01]+|o[0-7]+)$/i.test(word))
    return `Only decimal numbers are read: write ${word} as ${BigInt(word.toLowerCase())}.`
  const bare = word.replaceAll('_', '')
  return word !== bare && /^[0-9.]+$/.test(bare) ? `Write it as ${bare}.` : ''
}

/** A comma between digits, as some write a fraction or thousands: the parts around it. */
export function meantComma(before: string, after: string): string {
  if (!/^[0-9.]+$/.test(before) || !/^[0-9.]+$/.test(after)) return ''
  const fraction = `${before.replaceAll('.', '')}.${after}`
  return `A fraction is written with a point, ${fraction}, and thousands without any sign.`
}

const SIGNS: ReadonlyMap<string, string> = new Map([
  ['×', '*'],
  ['·', '*'],
  ['÷', '/'],
  ['−', '-'],
  ['–', '-'],
])

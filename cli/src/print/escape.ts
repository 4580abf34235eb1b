// Escape sequences of terminals (CSI; OSC, DCS, SOS, PM, APC; two-character ones), also in their
// 8-bit forms and without an end.
const CSI = '(?:\\u001B\\[|\\u009B)[0-?]*[ -/]*[@-~]?'
const STRING =
  '(?:\\u001B[\\]PX^_]|[\\u0090\\u0098\\u009D-\\u009F])[^\\u0007\\u001B\\u009C]*(?:\\u0007|\\u001B\\\\|\\u009C)?'
const SHORT = '\\u001B[ -/]*[0-~]?'
const SEQUENCE = new RegExp(`${CSI}|${STRING}|${SHORT}`, 'g')
const COLOUR = /^\p{Cc}\[[\d;:]*m$/u
// Control characters but tab and line ends, and what turns the direction of text.
const CONTROL = /(?![\t\n\r])\p{Cc}/gu
const HIDDEN = /[\r\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g
const SUSPECT = /(?![\t\n\r])\p{Cc}/u

// What shows a terminal another text than was printed: a return to the start of the line, turned directions.
const TRICK = /\r(?!\n)|[\u202A-\u202E\u2066-\u2069]/g

/** Text of a script or a model inside our own lines: it cannot move, hide, colour or link. */
export function plain(text: string): string {
  return text.replaceAll(SEQUENCE, '').replaceAll(CONTROL, '').replaceAll(HIDDEN, '')
}

/** What a script prints: colours stay, all else that acts on a terminal goes. */
export function harmless(text: string): string {
  if (!SUSPECT.test(text)) return text
  let result = ''
  let start = 0
  for (const { 0: found, index } of text.matchAll(SEQUENCE)) {
    result += text.slice(start, index).replaceAll(CONTROL, '') + (COLOUR.test(found) ? found : '')
    start = index + found.length
  }
  return result + text.slice(start).replaceAll(CONTROL, '')
}

/**
 * What a script prints, as {@link harmless}; on a terminal what disguises text is shown as its escape.
 * @param terminal asked only for such text: looking at a terminal costs 2 ms
 */
export function printable(text: string, terminal = () => process.stdout.isTTY): string {
  const clean = harmless(text)
  return clean.search(TRICK) >= 0 && terminal() ? clean.replaceAll(TRICK, escaped) : clean
}

function escaped(mark: string): string {
  if (mark === '\r') return String.raw`\r`
  return String.raw`\u` + mark.codePointAt(0)!.toString(16).toUpperCase()
}

const FENCE = '```'
const LANGUAGE = /^\w{1,32}/

/** What a text holds: that of a fence of code, where the text is nothing else. In time linear in its length. */
export function unfenced(raw: string): string {
  const text = raw.trim()
  if (text.length < 6 || !text.startsWith(FENCE) || !text.endsWith(FENCE)) return text
  const inner = text.slice(FENCE.length, -FENCE.length)
  return inner.includes(FENCE) ? text : inner.replace(LANGUAGE, '').trim()
}

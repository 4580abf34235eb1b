// Control, bidirectional and invisible characters: in a name they can rewrite what a reader sees.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Text from outside, safe to show inside a message: hidden characters as `\u{…}`, long text cut. */
export function printable(text: string, max = 200): string {
  const shown = text.length > max ? `${text.slice(0, max)}…` : text
  return shown.replaceAll(HIDDEN, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`)
}

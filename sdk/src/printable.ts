// Control, bidirectional, invisible and blank characters: in a name they can rewrite what a reader sees.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\u1680]/gu
const SELECTOR = '\uFE0F'
const PICTURE = /\p{Extended_Pictographic}$/u
const KEYCAP = /^[#*0-9]\uFE0F\u20E3/

/** Text from outside, safe to show inside a message: hidden characters as `\u{…}`, long text cut. */
export function printable(text: string, max = 200): string {
  const shown = text.length > max ? `${text.slice(0, max)}…` : text
  return shown.replaceAll(HIDDEN, (char, at: number) => {
    // The picture before it is asked for in colour: nothing hides in one such mark.
    if (char === SELECTOR && isOfPicture(shown, at)) return char
    return `\\u{${char.codePointAt(0)!.toString(16)}}`
  })
}

function isOfPicture(text: string, at: number): boolean {
  return (
    PICTURE.test(text.slice(Math.max(0, at - 2), at)) || KEYCAP.test(text.slice(at - 1, at + 2))
  )
}

const ALPHABET = {
  hex: /^[0-9a-fA-F]*$/,
  base64: /^[A-Za-z0-9+/]*={0,2}$/,
  base64url: /^[A-Za-z0-9_-]*={0,2}$/,
} as const

export type Encoding = keyof typeof ALPHABET

/** The bytes; undefined where the text is not this encoding, all of it and with no bit over. */
export function decode(text: string, encoding: Encoding): Buffer | undefined {
  if (!ALPHABET[encoding].test(text)) return undefined
  const bytes = Buffer.from(text, encoding)
  return plain(bytes.toString(encoding)) === plain(encoding === 'hex' ? text.toLowerCase() : text)
    ? bytes
    : undefined
}

const plain = (text: string): string => text.replace(/=+$/, '')

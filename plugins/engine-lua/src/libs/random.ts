/** Two 64-bit seeds from any text (FNV-1a, with two starting points). */
export function seeds(text: string): [bigint, bigint] {
  return [hash(text, 0xcbf29ce484222325n), hash(text, 0x84222325cbf29ce4n)]
}

function hash(text: string, start: bigint): bigint {
  let value = start
  for (let i = 0; i < text.length; i++) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  }
  return BigInt.asIntN(64, value)
}

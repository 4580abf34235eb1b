/** 50 well-mixed bits of a text (FNV-1a twice): what QuickJS takes its randomness from when a context is made. */
export function seedTime(seed: string): number {
  const low = word(seed, 2_166_136_261) >>> 0
  const high = (word(seed, 84_696_351) >>> 0) & 0x3ffff
  return high * 2 ** 32 + low + 1
}

function word(text: string, start: number): number {
  let h = start
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16_777_619)
  h = Math.imul(h ^ (h >>> 15), 2_246_822_507)
  return (h ^ (h >>> 13)) | 0
}

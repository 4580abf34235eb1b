/** 26 bits a piece of the generator that Node seeds from the system: an id to tell things apart, no secret. */
const piece = (): string =>
  Math.floor(Math.random() * 36 ** 5)
    .toString(36)
    .padStart(5, '0')

/** An id that sorts by time of making: `lx3k9w2f-` and 15 random letters and digits. */
export function timeId(): string {
  return `${Date.now().toString(36)}-${piece()}${piece()}${piece()}`
}

/** A short id for people to quote. */
export function shortId(): string {
  return piece() + piece().slice(0, 3)
}

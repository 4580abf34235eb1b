/** Without what sums of binary fractions add. */
export function exact(amount: number): number {
  return Number(amount.toPrecision(12))
}

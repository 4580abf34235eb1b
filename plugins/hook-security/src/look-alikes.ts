/** Letters of other alphabets that look like Latin ones: what stands behind the colon looks like what stands before it. */
const TABLE =
  'a:аαɑ⍺ b:Ьв c:сϲᴄ d:ԁ e:еєεҽ f:ƒ g:ɡց h:һн i:іιıɩ j:јʝ k:кκ l:ӏǀ m:м n:ոп o:оοօσ p:рρ q:ԛգ r:гᴦ s:ѕꜱ t:тτ u:υսц v:νѵ w:ԝաω x:хχ y:уγү z:ᴢ'

const FOLDS: ReadonlyMap<string, string> = new Map(
  TABLE.split(' ').flatMap((row) => {
    const [letter, others] = row.split(':') as [string, string]
    return Array.from(others, (other) => [other.toLowerCase(), letter] as const)
  }),
)

/** The Latin letter that a small letter looks like; else itself. */
export function folded(char: string): string {
  return FOLDS.get(char) ?? char
}

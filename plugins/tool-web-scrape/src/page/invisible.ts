// Soft hyphens and fillers, zero-width and bidirectional controls, variation selectors, tags: nobody sees them, and a
// model reads them.
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu
const CONTROL = /[^\P{Cc}\t\n\r]/gu

/** Takes invisible characters out of texts and counts them. */
export class Sight {
  removed = 0

  text(text: string): string {
    return text
      .replaceAll(INVISIBLE, () => this.#out())
      .replaceAll(CONTROL, () => this.#out())
      .toWellFormed()
  }

  #out(): string {
    this.removed++
    return ''
  }
}

import type { Page } from 'tesseract.js'
import type { OcrResult } from './generated/output.ts'

type Line = NonNullable<OcrResult['lines']>[number]

/** The lines of all blocks, in the order of the page. */
export function linesOf({ blocks }: Page): Line[] {
  const paragraphs = (blocks ?? []).flatMap((block) => block.paragraphs)
  return paragraphs
    .flatMap((paragraph) => paragraph.lines)
    .map(({ text, confidence, bbox }) => ({
      text: text.trim(),
      confidence,
      left: bbox.x0,
      top: bbox.y0,
      width: bbox.x1 - bbox.x0,
      height: bbox.y1 - bbox.y0,
    }))
}

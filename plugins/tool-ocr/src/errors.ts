import { SpellError, printable } from '@llmspell/sdk'

/** @param install package that brings what is missing */
export function notAvailable(what: string, install: string, cause?: unknown): SpellError {
  return new SpellError('NOT_AVAILABLE', `Tool 'ocr' needs ${what}, which is not installed.`, {
    hint: `Install it beside llmspell: npm install ${install}`,
    details: { install },
    ...(cause === undefined ? {} : { cause }),
  })
}

export function unreadable(error: unknown): SpellError {
  const text = error instanceof Error ? error.message : String(error)
  return new SpellError('OCR_FAILED', `The page could not be read: ${printable(text, 200)}.`, {
    hint: 'Check that the image is whole, and that the language data fits.',
    cause: error,
  })
}

export function notAnImage(shown: string): SpellError {
  const message = `'${printable(shown)}' cannot be read as an image: expected PNG, JPEG, WebP or GIF, found something else.`
  return new SpellError('OCR_FAILED', message, { hint: 'Give an image of one of these formats.' })
}

export function tooManyPixels(shown: string, most: number, found: string): SpellError {
  const message = `'${printable(shown)}' has too many pixels: expected at most ${most}, found ${found}.`
  return new SpellError('OCR_TOO_LARGE', message, {
    hint: 'Make it smaller first, or raise plugins.tool-ocr.maxPixels.',
    details: { most },
  })
}

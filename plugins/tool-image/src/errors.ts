import { SpellError, printable } from '@llmspell/sdk'

export function notAnImage(shown: string, found: string): SpellError {
  return new SpellError(
    'IMAGE_INVALID',
    `'${printable(shown)}' cannot be read as an image: expected PNG, JPEG, WebP or GIF, found ${found}.`,
    { hint: 'Give an image of one of these formats; the content counts, not the name.' },
  )
}

export function damaged(shown: string, reason: string): SpellError {
  const what = printable(reason, 200)
  return new SpellError('IMAGE_INVALID', `'${printable(shown)}' is damaged: ${what}.`, {
    hint: 'Save the image anew, or get a whole copy of it.',
  })
}

export function tooManyPixels(shown: string, most: number, found: string): SpellError {
  return new SpellError(
    'IMAGE_TOO_LARGE',
    `'${printable(shown)}' has too many pixels: expected at most ${most}, found ${found}.`,
    { hint: 'Use a smaller image, or raise plugins.tool-image.maxPixels.', details: { most } },
  )
}

export function tooLarge(what: string, most: number, found: number): SpellError {
  return new SpellError(
    'IMAGE_TOO_LARGE',
    `${what} is too large for a result: expected at most ${most} bytes, found ${found}.`,
    { hint: "Name a file for it by 'to'.", details: { most } },
  )
}

export function outside(found: string): SpellError {
  return new SpellError('IMAGE_AREA', `The part to crop leaves the image: found ${found}.`, {
    hint: 'Choose left + width and top + height within the image.',
  })
}

export function noAnswer(ended: string): SpellError {
  return new SpellError(
    'IMAGE_INVALID',
    `The image ended the decoder: expected an answer, found ${printable(ended, 200)}.`,
    { hint: 'The image is damaged or hostile; use another.' },
  )
}

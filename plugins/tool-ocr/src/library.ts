import { notAvailable } from './errors.ts'

/** @throws NOT_AVAILABLE that says what to install */
export async function loadLibrary(): Promise<typeof import('tesseract.js')> {
  try {
    const module = await import('tesseract.js')
    return module.default ?? module
  } catch (cause) {
    throw notAvailable("the package 'tesseract.js'", 'tesseract.js', cause)
  }
}

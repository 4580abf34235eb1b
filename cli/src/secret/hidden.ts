import { SpellError } from '@llmspell/sdk'

/** The part of a terminal that a hidden line is read from. */
export interface Keyboard {
  setRawMode(raw: boolean): unknown
  on(event: 'data' | 'end', listener: (keys: Buffer) => void): unknown
  off(event: 'data' | 'end', listener: (keys: Buffer) => void): unknown
  resume(): unknown
  pause(): unknown
}

const ENTER = /[\r\n]/
const INTERRUPT = '\u0003'
const END = '\u0004'
const ERASE = /[\b\u007F]/

/** One line that is typed or pasted and never shown. @throws CANCELLED for Ctrl-C and for an end before Enter */
export function readHidden(keyboard: Keyboard): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const decoder = new TextDecoder()
  let line: string[] = []
  const onData = (keys: Buffer): void => {
    for (const key of decoder.decode(keys, { stream: true })) {
      if (ENTER.test(key)) return resolve(line.join(''))
      if (key === INTERRUPT || (key === END && line.length === 0)) return reject(cancelled())
      if (ERASE.test(key)) line = line.slice(0, -1)
      else if (key >= ' ') line.push(key)
    }
  }
  const onEnd = (): void => reject(cancelled())
  keyboard.setRawMode(true)
  keyboard.on('data', onData)
  keyboard.on('end', onEnd)
  keyboard.resume()
  return promise.finally(() => {
    keyboard.off('data', onData)
    keyboard.off('end', onEnd)
    keyboard.setRawMode(false)
    keyboard.pause()
  })
}

function cancelled(): SpellError {
  return new SpellError('CANCELLED', 'No value was given: nothing was changed.')
}

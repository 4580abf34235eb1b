import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { readHidden } from './hidden.ts'

class Terminal extends EventEmitter {
  readonly modes: boolean[] = []
  setRawMode(raw: boolean): void {
    this.modes.push(raw)
  }
  resume(): void {}
  pause(): void {}
}

async function typed(...keys: readonly (string | Uint8Array)[]): Promise<string> {
  const terminal = new Terminal()
  const line = readHidden(terminal)
  for (const key of keys) terminal.emit('data', Buffer.from(key as Uint8Array))
  terminal.emit('end')
  const result = await line.finally(() => {
    expect(terminal.modes).toEqual([true, false])
    expect(terminal.listenerCount('data')).toBe(0)
  })
  return result
}

test('a line ends at Enter, whatever was typed or pasted', async () => {
  expect(await typed('a', 'b', '\r')).toBe('ab')
  expect(await typed('pasted at once\nrest')).toBe('pasted at once')
  expect(await typed('ax', '\u007f', 'b\b\bcd\r')).toBe('cd')
  expect(await typed('\u007f\u007fa\r')).toBe('a')
  expect(await typed('\u001b\u0000é', '\r')).toBe('é')
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)]
  expect(await typed(first, second, '\r')).toBe('é')
})

test.each(['\u0003', 'abc\u0003', '\u0004', ''])('%j changes nothing', async (keys) => {
  await expect(typed(keys)).rejects.toMatchObject({ code: 'CANCELLED' })
})

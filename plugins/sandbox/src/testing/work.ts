import { SpellError } from '@llmspell/sdk'

let calls = 0

export function add(a: number, b: number): number {
  return a + b
}

/** How often this thread was asked. */
export function count(): number {
  return ++calls
}

export async function later(ms: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return 'later'
}

export function spin(): never {
  for (;;);
}

export function hoard(): never {
  const kept: unknown[] = []
  for (;;) kept.push({ a: kept.length, b: [kept.length] })
}

export async function hoardOutside(): Promise<never> {
  const kept: Buffer[] = []
  for (;;) {
    kept.push(Buffer.alloc(4 << 20, 1))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

export function hoardOutsideInPlace(): never {
  const kept: Buffer[] = []
  for (;;) kept.push(Buffer.alloc(1 << 20, 1))
}

export function coded(): never {
  throw new SpellError('WORD_WRONG', "The word 'x' is wrong.", {
    hint: 'Say y.',
    details: { at: 3 },
  })
}

export function plain(): never {
  throw new RangeError('too far')
}

export function uncopied(): unknown {
  return () => 1
}

export function surroundings(): unknown {
  return {
    env: { ...process.env },
    flags: process.execArgv,
    input: process.stdin.readableEnded || process.stdin.read() === null,
  }
}

export function exit(): never {
  process.exit(3)
}

export async function breakLater(): Promise<string> {
  setTimeout(() => {
    throw new Error('out of the blue')
  }, 1)
  return later(1000)
}

/** What an allocation that no thread can make does: the whole process ends. */
export async function end(): Promise<never> {
  process.kill(process.pid, 'SIGABRT')
  return new Promise(() => undefined)
}

/** The process it runs in, and that one's parent. */
export function place(): { pid: number; ppid: number } {
  return { pid: process.pid, ppid: process.ppid }
}

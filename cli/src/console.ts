import { err } from './print/output.ts'

/** What plugins say with `console` goes to stderr: stdout has what the script prints and nothing else. */
export function keepConsoleOff(): void {
  const write = (...words: unknown[]): void => {
    // Asked for late: almost nobody says anything.
    const { format } = process.getBuiltinModule('node:util')
    err(`${format(...words)}\n`)
  }
  Object.assign(console, { log: write, info: write, debug: write })
}

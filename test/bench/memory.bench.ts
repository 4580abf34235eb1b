// Peak memory of whole processes, against a Node that does nothing.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BIN, inFolder, median, processMemory, report, type Memory } from './support.ts'

const ROUNDS = 9
const mib = (kib: number): string => `${(kib / 1024).toFixed(1)} MiB`.padStart(10)

await inFolder(async (folder) => {
  const hello = join(folder, 'hello.lua')
  writeFileSync(hello, 'print("hello")\n')
  const measure = (args: readonly string[], expected: string): Memory => {
    const seen = Array.from({ length: ROUNDS }, () => processMemory(args, expected, folder))
    return { peak: median(seen.map((m) => m.peak)), private: median(seen.map((m) => m.private)) }
  }
  const bare = measure(['-e', '0'], '')
  const inline = measure([BIN, 'run', hello], 'hello\n')
  const worker = measure([BIN, 'run', '--isolation=worker', hello], 'hello\n')
  const figure = (m: Memory): string =>
    `peak ${mib(m.peak)} (+${((m.peak - bare.peak) / 1024).toFixed(1)})  private ${mib(m.private)}`
  report('Memory', [
    { what: 'node -e 0', figure: figure(bare) },
    { what: 'run hello.lua', figure: figure(inline), aim: '+12, private < 20' },
    { what: '... worker', figure: figure(worker) },
  ])
})

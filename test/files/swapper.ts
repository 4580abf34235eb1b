// Swaps names between what is granted and what is not, as fast as it can, until it is ended.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

const { root, outside } = workerData as { readonly root: string; readonly outside: string }
const at = (name: string): string => join(root, name)
const flag = new Int32Array(workerData.stop as SharedArrayBuffer)

function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // The other side may have been quicker.
  }
}

/** A name that is a file, then a link to outside, then a file again. */
function swapFile(turn: number): void {
  if (turn % 2) symlinkSync(join(outside, 'secret.txt'), at('spare'))
  else writeFileSync(at('spare'), 'inside')
  renameSync(at('spare'), at('swapped.txt'))
}

/** A folder that is one, then a link to outside, then one again. */
function swapFolder(turn: number): void {
  if (turn % 2) {
    renameSync(at('folder'), at('kept'))
    symlinkSync(outside, at('folder'))
  } else {
    rmSync(at('folder'))
    renameSync(at('kept'), at('folder'))
  }
}

/** A folder above that is moved out of the root and back. */
function moveFolder(turn: number): void {
  const [here, there] = [at('moved'), join(outside, 'moved')]
  if (turn % 2) renameSync(here, there)
  else renameSync(there, here)
}

mkdirSync(at('moved'), { recursive: true })
parentPort!.postMessage('ready')
let turn = 0
for (; Atomics.load(flag, 0) === 0; turn++) {
  quietly(() => swapFile(turn))
  quietly(() => swapFolder(turn + 1))
  quietly(() => moveFolder(turn + 1))
}
quietly(() => renameSync(join(outside, 'moved'), at('moved')))
parentPort!.postMessage(turn)

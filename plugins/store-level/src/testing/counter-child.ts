// Adds to one counter, with a mark at each step, and says each number that was acknowledged; first what it is.
import { setTimeout as sleep } from 'node:timers/promises'
import { isSpellError } from '@llmspell/sdk'
import { SCOPE } from './pairs.ts'
import { ready, sharedIn } from './places.ts'

const [folder = '', name = '', count = '1'] = process.argv.slice(2)
const store = sharedIn(folder)
await store.open(ready)
process.stdout.write(store.holder.own ? 'owner\n' : 'client\n')
const scope = store.scope(SCOPE)
for (let n = 0; n < Number(count); n++) {
  process.stdout.write(`${await step()}\n`)
  await sleep(2)
}
await store.close()
process.stdout.write('closed\n')

async function step(): Promise<number> {
  for (;;) {
    const found = await scope.get<number>('counter')
    const next = (found?.value ?? 0) + 1
    const at = { scope: SCOPE, key: 'counter' }
    try {
      await store.commit(
        [
          { op: 'put', ...at, value: next },
          { op: 'put', scope: SCOPE, key: `step/${next}`, value: name },
        ],
        { expect: [{ ...at, rev: found?.rev ?? 'absent' }] },
      )
      return next
    } catch (error) {
      if (!isSpellError(error) || error.code !== 'STATE_CONFLICT') throw error
    }
  }
}

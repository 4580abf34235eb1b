import { expect, test } from 'vitest'
import { signOwner } from './owner-file.ts'

test.runIf(process.platform === 'linux')('a folder that takes no file is named', async () => {
  await expect(signOwner('/proc', '')).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
})

import { expect } from 'vitest'
import type { test } from 'vitest'
import { all, failureOf, options, request, SHAPE, silent, userSays } from './provider-kit.ts'
import type { ProviderUnderTest } from './provider-kit.ts'

/** What only a provider with a server behind it can be asked. */
export function serverTests(
  it: () => ProviderUnderTest,
  can: ReturnType<typeof test.runIf>,
  lacks: readonly string[],
): void {
  can('hands on the first chunk before the last is produced', async ({ skip }) => {
    const release = it().hold?.()
    if (!release) return skip('it has no server')
    const stream = it().provider.stream(
      it().behave({ say: 'first second third' }),
      request,
      options(),
    )
    const iterator = stream[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ type: 'text' })
    release()
    expect((await all({ [Symbol.asyncIterator]: () => iterator })).at(-1)).toMatchObject({
      type: 'finish',
    })
  })

  can('frees the connection when the reader leaves', async ({ skip }) => {
    const release = it().hold?.()
    if (!release) return skip('it has no server')
    for await (const _ of it().provider.stream(it().behave({ say: 'a b c' }), request, options())) {
      break
    }
    await expect.poll(() => it().seen!().closed).toBe(true)
    release()
  })

  can('frees the connection when it is aborted between two words', async ({ skip }) => {
    const release = it().hold?.()
    if (!release) return skip('it has no server')
    const controller = new AbortController()
    const given = options(controller.signal)
    const stream = it().provider.stream(it().behave({ say: 'a b c' }), request, given)
    const iterator = stream[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ type: 'text' })
    controller.abort()
    expect((await failureOf(iterator.next())).code).toBe('CANCELLED')
    await expect.poll(() => it().seen!().closed).toBe(true)
    release()
  })

  can('sends no header of a key without one', async ({ skip }) => {
    if (!it().seen) return skip('it has no server')
    const { apiKey: _key, ...model } = it().behave({ say: 'Yes.' })
    await it().provider.generate(model, request, options())
    expect(it().seen!().authorization ?? '').toMatch(/^(?:undefined)?$/)
  })

  can('sends the schema of an answer to its server', async ({ skip }) => {
    if (!it().seen) return skip('it has no server')
    const model = it().behave({ say: '{"vendor":"a","total":1}' })
    const messages = [userSays('The bill?')]
    await it().provider.generate(model, { messages, schema: SHAPE }, options())
    expect(it().seen!().body).toContain('vendor')
  })

  can('sends the key and every option to its server', async ({ skip }) => {
    if (!it().seen) return skip('it has no server')
    const model = it().behave({ say: 'Yes.' })
    const settings = { ...model.settings, under_test: 'setting-under-test' }
    const asked = {
      ...request,
      temperature: 0.25,
      topP: 0.75,
      seed: 4711,
      stop: ['STOP-HERE'],
      maxTokens: 321,
      toolChoice: 'required',
    }
    const warnings: string[] = []
    const logger = { ...silent, warn: (text: string) => void warnings.push(text) }
    await it().provider.generate({ ...model, settings }, asked, { ...options(), logger })
    const { body, authorization } = it().seen!()
    expect(authorization).toContain('key-under-test')
    const sent = ['0.25', '321', 'required', 'setting-under-test', model.model]
    if (!lacks.includes('topP')) sent.push('0.75')
    if (!lacks.includes('seed')) sent.push('4711')
    if (!lacks.includes('stop')) sent.push('STOP-HERE')
    expect(sent.filter((value) => !body.includes(value))).toEqual([])
    for (const option of lacks) expect(warnings.join('\n')).toMatch(new RegExp(option, 'i'))
  })
}

import type { HandleRef, Value } from '@llmspell/sdk'
import { describe, expect, it } from 'vitest'
import { asksFor, FakeRun, says } from './testing/fake-run.ts'
import { textOf } from './messages.ts'

const sent = (run: FakeRun, i: number): readonly string[] =>
  run.requests[i]!.request.messages.map(textOf)

describe('memory', () => {
  it('is off unless it is asked for', async () => {
    const run = new FakeRun([says('1'), says('2')])
    const agent = await run.create()
    await run.execute(agent, 'a')
    await run.execute(agent, 'b')
    expect(sent(run, 1)).toEqual(['b'])
  })

  it('puts what was said before the next question', async () => {
    const run = new FakeRun([says('1'), says('2')])
    const agent = await run.create({ memory: true })
    await run.execute(agent, 'a')
    await run.execute(agent, 'b')
    expect(sent(run, 1)).toEqual(['a', '1', 'b'])
  })

  it('is a window that begins with a question', async () => {
    const run = new FakeRun([says('1'), asksFor(['add', {}]), says('2'), says('3'), says('4')], {
      add: { run: () => 0 },
    })
    const agent = await run.create({ memory: { messages: 3 }, tools: ['add'] })
    for (const text of ['a', 'b', 'c']) await run.execute(agent, text)
    // Behind 'b' stand the call, its result and the answer: three messages would begin with the call.
    expect(sent(run, 3)).toEqual(['b', '', '', '2', 'c'])
    await run.execute(agent, 'd')
    expect(sent(run, 4)).toEqual(['c', '3', 'd'])
  })

  it('keeps nothing of an execution that failed', async () => {
    const run = new FakeRun([[], says('2')])
    const agent = await run.create({ memory: true })
    await expect(run.execute(agent, 'a')).rejects.toThrow('it broke off')
    await run.execute(agent, 'b')
    expect(sent(run, 1)).toEqual(['b'])
  })
})

describe('a conversation', () => {
  const start = async (run: FakeRun, id?: string): Promise<[HandleRef, HandleRef]> => {
    const agent = await run.create({ name: 'poet' })
    return [agent, await run.call<HandleRef>('Agent.conversation', [id], agent)]
  }

  it('remembers, apart from its agent and other conversations', async () => {
    const run = new FakeRun([says('1'), says('2'), says('3')])
    const [agent, talk] = await start(run)
    await run.call('Conversation.execute', ['a'], talk)
    await run.call('Conversation.execute', ['b'], talk)
    await run.execute(agent, 'c')
    expect(sent(run, 1)).toEqual(['a', '1', 'b'])
    expect(sent(run, 2)).toEqual(['c'])
    expect(talk.fields).toEqual({ id: 'conversation-1', agent: 'poet' })
  })

  it('streams', async () => {
    const run = new FakeRun([says('1'), says('2')])
    const [, talk] = await start(run)
    for await (const _ of await run.call<AsyncIterable<Value>>('Conversation.stream', ['a'], talk));
    await run.call('Conversation.execute', ['b'], talk)
    expect(sent(run, 1)).toEqual(['a', '1', 'b'])
  })

  it('is the same one under the same id', async () => {
    const run = new FakeRun()
    const [agent, talk] = await start(run, 'ada')
    expect(await run.call('Agent.conversation', ['ada'], agent)).toBe(talk)
    expect(await run.call('Agent.conversation', [], agent)).not.toBe(talk)
  })

  it('is forked, appended to, listed and cleared', async () => {
    const run = new FakeRun([says('1'), says('2')])
    const [, talk] = await start(run, 'ada')
    await run.call('Conversation.append', [{ role: 'user', text: 'I am Ada.' }], talk)
    const fork = await run.call<HandleRef>('Conversation.fork', ['two'], talk)
    await run.call('Conversation.execute', ['Who am I?'], fork)
    expect(sent(run, 0)).toEqual(['I am Ada.', 'Who am I?'])
    expect(await run.call('Conversation.messages', [], talk)).toEqual([
      { role: 'user', text: 'I am Ada.', content: [{ type: 'text', text: 'I am Ada.' }] },
    ])
    await expect(run.call('Conversation.fork', ['ada'], fork)).rejects.toMatchObject({
      code: 'CONVERSATION_EXISTS',
    })
    await run.call('Conversation.clear', [], fork)
    expect(await run.call('Conversation.messages', [], fork)).toEqual([])
  })
})

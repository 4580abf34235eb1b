import { describe, expect, test, vi } from 'vitest'
import { ANSWER_MS } from './ask.ts'
import { line, Scene } from './testing/fake-run.ts'

const AGENT = ['poet']
const FREE = line({ read: ['.'], write: ['.'], net: ['*'], run: ['*'], env: ['*'], secret: ['*'] })

test('what a file allows is told by the file, what a flag allows by the command line', async () => {
  const scene = new Scene()
  const sources = { 'allow read=./docs': 'policy.toml:12' }
  const allow = { read: ['./docs', './more'] }
  const access = scene.access([{ holder: 'command line', allow, sources }])
  await scene.came('read', '/project/docs/x', access)
  await scene.came('read', '/project/more/x', access)
  expect(scene.told.map(({ by }) => by)).toEqual([
    'policy.toml:12: read=./docs',
    'command line: read=./more',
  ])
})

describe('labels', () => {
  test.each([
    ['read', '/project/a', 'private'],
    ['env', 'LANG', 'private'],
    ['secret', 'key', 'private'],
    ['net', 'https://a.org', 'untrusted'],
  ])('an allowed %s of %s makes the run %s', async (permission, target, label) => {
    const scene = new Scene()
    const access = scene.access(FREE)
    expect(await scene.came(permission, target, access)).toBe('allowed')
    expect([...scene.guard.labels(access)]).toEqual([label])
  })

  test('what is denied or only looked at shows nothing', async () => {
    const scene = new Scene()
    const access = scene.access(line({ read: ['.'] }))
    scene.guard.decide({ permission: 'read', target: '/project/a' }, access)
    await scene.came('net', 'https://a.org', access)
    expect([...scene.guard.labels(access)]).toEqual([])
  })

  test('without a run there are none', () => {
    const { guard } = new Scene()
    const access = { subject: 'x', grants: FREE, root: '/' }
    guard.mark('private', access)
    expect(guard.labels(access).size).toBe(0)
  })
})

describe('private data, text from outside and a way out', () => {
  const seen = (scene: Scene): void => {
    const access = scene.access(FREE)
    scene.guard.mark('private', access)
    scene.guard.mark('untrusted', access)
  }

  test.each([
    ['net', 'https://a.org:443'],
    ['run', 'git push'],
    ['write', '/project/out'],
  ])('an agent may not %s, and the reason says so', async (permission, target) => {
    const scene = new Scene()
    seen(scene)
    const came = await scene.came(permission, target, scene.access(FREE, AGENT))
    expect(came).toContain('has seen private data and text from outside')
    expect(scene.told.at(-1)).toMatchObject({
      outcome: 'denied',
      labels: ['private', 'untrusted'],
    })
  })

  test('a script may, and an agent may that has seen only one of them', async () => {
    const scene = new Scene()
    scene.guard.mark('private', scene.access(FREE))
    const agent = scene.access(FREE, AGENT)
    expect(await scene.came('net', 'https://a.org', agent)).toBe('allowed')
    expect(await scene.came('net', 'https://a.org', agent)).toContain('private data')
    expect(await scene.came('net', 'https://a.org', scene.access(FREE))).toBe('allowed')
    expect(await scene.came('read', '/project/a', agent)).toBe('allowed')
  })

  test.each([
    ['net', 'https://a.org:443', 'a.org', true],
    ['net', 'https://a.org:443', 'b.org', false],
    ['net', 'https://a.org:8443', '*', true],
    ['write', '/project/out/x', './out', true],
    ['write', '/project/other', './out', false],
    ['run', 'git push', 'git push', true],
    ['run', '/usr/bin/git push', '/usr/bin/git', true],
    ['run', 'curl x', 'git', false],
  ])('mix: %s %s under %s is %j', async (permission, target, grant, expected) => {
    const scene = new Scene()
    seen(scene)
    const [layer] = FREE
    const plugin = { holder: 'plugin x', allow: { [permission]: ['/', '*', '*:*'] } }
    const chain = [{ ...layer!, allow: { ...layer!.allow, net: ['*:*'], mix: [grant] } }, plugin]
    const came = await scene.came(permission, target, scene.access(chain, AGENT))
    expect(came === 'allowed').toBe(expected)
  })

  test('a deny of mix is a rule, about which nobody is asked', async () => {
    const scene = new Scene('once')
    seen(scene)
    const chain = line({ ...FREE[0]!.allow, mix: ['*'] }, { mix: ['a.org'] })
    expect(await scene.came('net', 'https://a.org', scene.access(chain, AGENT))).toContain(
      "denies it by 'mix=a.org'",
    )
    expect(scene.asked).toEqual([])
  })

  test('a person may be asked, and never for good', async () => {
    const scene = new Scene('always')
    seen(scene)
    expect(await scene.came('net', 'https://a.org', scene.access(FREE, AGENT))).not.toBe('allowed')
    expect(scene.asked[0]).toMatchObject({ actors: ["agent 'poet'"] })
    expect(scene.asked[0]).not.toHaveProperty('rule')
    const other = new Scene('once')
    seen(other)
    expect(await other.came('net', 'https://a.org', other.access(FREE, AGENT))).toBe('allowed')
    expect(other.told.at(-1)).toMatchObject({ outcome: 'approved', by: 'a person: once' })
  })
})

describe('a person who is asked', () => {
  const ask = (scene: Scene, target = '/project/out'): Promise<string> =>
    scene.came('write', target, scene.access(line({})))

  test('sees the resolved effect and nothing that the asker wrote', async () => {
    const scene = new Scene('no')
    const need = {
      permission: 'write',
      target: '/project/out',
      shown: 'nothing at all, just say yes',
      facts: { bytes: 3 },
    }
    const asking = scene.guard.require(need, scene.access(line({}), AGENT))
    await expect(asking).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(scene.asked).toMatchObject([
      {
        need: { permission: 'write', target: '/project/out', facts: { bytes: 3 } },
        subject: "Tool 'test'",
        actors: ["agent 'poet'"],
        reason: 'nothing on the command line grants it',
        rule: 'write=./out',
      },
    ])
    expect(JSON.stringify(scene.asked)).not.toContain('just say yes')
  })

  test('once is for this one', async () => {
    const scene = new Scene('once')
    expect([await ask(scene), await ask(scene)]).toEqual(['allowed', 'allowed'])
    expect(scene.asked).toHaveLength(2)
  })

  test('this run is for the same effect by the same hands', async () => {
    const scene = new Scene('run')
    expect([await ask(scene), await ask(scene)]).toEqual(['allowed', 'allowed'])
    expect(scene.asked).toHaveLength(1)
    await scene.came('write', '/project/out', scene.access(line({}), AGENT))
    await ask(scene, '/project/other')
    expect(scene.asked).toHaveLength(3)
    expect(scene.told.map(({ outcome }) => outcome)).toEqual(Array(4).fill('approved'))
  })

  test('this run is for the same command with the same input from the same folder', async () => {
    const scene = new Scene('run')
    const run = (facts: object, root = '/project'): Promise<void> =>
      scene.guard.require(
        { permission: 'run', target: 'git am -', facts: facts as never },
        scene.access(line({}), [], root),
      )
    await run({ stdin: { sha256: 'a' } })
    await run({ stdin: { sha256: 'a' } })
    expect(scene.asked).toHaveLength(1)
    await run({ stdin: { sha256: 'b' } })
    await run({ stdin: { sha256: 'a' }, env: { A: '1' } })
    await run({ stdin: { sha256: 'a' }, network: true })
    await run({ stdin: { sha256: 'a' }, folder: 'sub' })
    await run({ stdin: { sha256: 'a' } }, '/other')
    expect(scene.asked).toHaveLength(6)
    expect(scene.asked.every(({ rule, noRule }) => rule === undefined && noRule)).toBe(true)
  })

  test('this run for a request does not cover another method, and for a file no other mode', async () => {
    const scene = new Scene('run')
    const need = (permission: string, target: string, facts: object): Promise<void> =>
      scene.guard.require({ permission, target, facts: facts as never }, scene.access(line({})))
    await need('net', 'https://a.org:443', { method: 'GET' })
    await need('net', 'https://a.org:443', { method: 'POST', bytes: 3 })
    await need('net', 'https://a.org:443', { method: 'POST', bytes: 4 })
    await need('write', '/project/x', { mode: 'append', bytes: 1 })
    await need('write', '/project/x', { mode: 'append', bytes: 2 })
    await need('write', '/project/x', { mode: 'replace' })
    expect(scene.asked).toHaveLength(4)
  })

  test('this run, said before the labels met, does not cover sending after', async () => {
    const scene = new Scene('run')
    const agent = scene.access(line({ read: ['/'] }), AGENT)
    expect(await scene.came('net', 'https://a.org', agent)).toBe('allowed')
    expect(await scene.came('net', 'https://a.org', agent)).toBe('allowed')
    expect(scene.asked).toHaveLength(1)
    expect(await scene.came('read', '/project/a', agent)).toBe('allowed')
    expect(await scene.came('net', 'https://a.org', agent)).toBe('allowed')
    expect(scene.asked).toHaveLength(2)
    expect(scene.asked[1]!.reason).toContain('private data')
    const no = new Scene(() => Promise.resolve(no.asked.length > 1 ? 'no' : 'run'))
    const other = no.access(line({ read: ['/'] }), AGENT)
    expect(await no.came('net', 'https://a.org', other)).toBe('allowed')
    await no.came('read', '/project/a', other)
    expect(await no.came('net', 'https://a.org', other)).toContain('a person said no')
  })

  test('is not asked about a command that no question can show whole', async () => {
    const scene = new Scene('once')
    const came = await scene.came('run', `echo ${'x'.repeat(9000)}`, scene.access(line({})))
    expect(came).toContain('too long for a person')
    expect(scene.asked).toEqual([])
    expect(scene.told).toMatchObject([{ outcome: 'denied', by: 'approvals' }])
  })

  test('answers for all that was named in the question, once or for the run', async () => {
    const facts = { argv: ['git', 'log'] }
    const unjailed = { permission: 'unjailed', target: 'git log' }
    const both = { permission: 'run', target: 'git log', facts, also: [unjailed] }
    for (const [answer, asked] of [
      ['once', 2],
      ['run', 1],
    ] as const) {
      const scene = new Scene(answer)
      const access = scene.access(line({}))
      for (let i = 0; i < 2; i++) {
        await scene.guard.require(both, access)
        await scene.guard.require({ ...unjailed, facts }, access)
      }
      expect(scene.asked).toHaveLength(asked)
      expect(scene.asked[0]).toMatchObject({ need: { also: [unjailed] } })
      expect(scene.told).toHaveLength(4)
    }
    const denying = new Scene('once')
    const access = denying.access(line({}, { unjailed: ['git'] }))
    await denying.guard.require(both, access)
    await expect(denying.guard.require({ ...unjailed, facts }, access)).rejects.toThrow('denies it')
  })

  test('always is written down, and tried no further where that fails', async () => {
    const scene = new Scene('always')
    expect([await ask(scene), await ask(scene)]).toEqual(['allowed', 'allowed'])
    expect(scene.remembered).toEqual(['write=./out'])
    const failing = new Scene('always', { remember: () => Promise.reject(new Error('full')) })
    expect(await ask(failing)).toBe('allowed')
    expect(failing.warnings).toEqual(["'write=./out' is not remembered: full"])
  })

  test('always is no where it was not offered', async () => {
    const scene = new Scene('always', { remember: undefined })
    expect(await ask(scene)).toContain('a person said no')
    expect(scene.asked[0]).not.toHaveProperty('rule')
  })

  test('stop ends the run', async () => {
    const scene = new Scene('stop')
    expect(await ask(scene)).toContain('a person said no')
    expect(scene.cancelled).toMatchObject({ code: 'CANCELLED' })
    expect(scene.told).toMatchObject([{ outcome: 'refused', by: 'a person: stop' }])
  })

  test('a prompt that fails is a no, and so is an answer that is none', async () => {
    for (const answer of [() => Promise.reject(new Error('x')), () => Promise.resolve('yes')])
      expect(await ask(new Scene(answer as never))).toContain('a person said no')
  })

  test('silence for a minute is a no', async () => {
    vi.useFakeTimers()
    const scene = new Scene(() => new Promise(() => {}))
    const came = ask(scene)
    await vi.advanceTimersByTimeAsync(ANSWER_MS)
    expect(await came).toContain('nobody answered within 60 s')
    expect(scene.asked[0]!.signal.aborted).toBe(true)
    vi.useRealTimers()
  })

  test('the end of the run is a no', async () => {
    const scene = new Scene(() => new Promise(() => {}))
    const came = ask(scene)
    scene.stop.abort()
    expect(await came).toContain('may not write')
    expect(scene.told).toMatchObject([{ outcome: 'denied', by: 'the end of the run' }])
    expect(await ask(scene)).toContain('may not write')
  })

  test('is asked at most three things at once and ten in a run', async () => {
    const open: (() => void)[] = []
    const scene = new Scene(() => new Promise((resolve) => void open.push(() => resolve('once'))))
    const came = ['/project/1', '/project/2', '/project/3'].map((path) => ask(scene, path))
    expect(await ask(scene, '/project/4')).toContain('3 questions wait for a person already')
    open.forEach((answer) => answer())
    expect(await Promise.all(came)).toEqual(['allowed', 'allowed', 'allowed'])
    const eager = new Scene('once')
    for (let i = 0; i < 10; i++) expect(await ask(eager, `/project/${i}`)).toBe('allowed')
    expect(await ask(eager)).toContain('a person was asked 10 times in this run already')
    expect(eager.asked).toHaveLength(10)
  })

  test.each([
    ['a rule says no', line({}, { write: ['./out'] })],
    ['a plugin does not hold it', [...line({}), { holder: 'plugin x', allow: {} }]],
    ['a cap does not hold it', [{ holder: 'system policy', allow: {} }, ...line({})]],
    ['there are no layers', []],
  ])('is not asked where %s', async (_, chain) => {
    const scene = new Scene('once')
    expect(await scene.came('write', '/project/out', scene.access(chain))).not.toBe('allowed')
    expect(scene.asked).toEqual([])
    expect(scene.told).toMatchObject([{ outcome: 'denied' }])
  })

  test('is not asked about files of the policy', async () => {
    const scene = new Scene('once', { isProtected: () => true })
    const chain = line({ '*': ['*'], write: ['/'] })
    expect(await scene.came('write', '/project/x', scene.access(chain))).toContain(
      'no run may write the files of policy, trust and audit',
    )
    expect(scene.asked).toEqual([])
  })
})

test('a plugin that acts for itself is decided on alone', async () => {
  const scene = new Scene('once')
  const access = { subject: 'x', grants: line({ read: ['.'] }), root: '/project' }
  expect(await scene.came('read', '/project/a', access)).toBe('allowed')
  expect(await scene.came('net', 'https://a.org', access)).toContain('may not connect')
})

test('a key in place of a name is kept nowhere', async () => {
  const key = 'sk-q7Zk2Xw9Lm4Tn8Rb3Vc6Yd1Hs5Gf0Jp'
  const scene = new Scene('no')
  for (const permission of ['secret', 'env']) {
    expect(await scene.came(permission, key, scene.access(line({})))).not.toContain(key)
    expect(await scene.came(permission, `env:${key}`, scene.access(line({})))).not.toContain(key)
  }
  const { hint } = scene.guard.decide(
    { permission: 'secret', target: key },
    scene.access(line({})),
  ) as { hint: string }
  expect(hint).not.toContain(key)
  expect(JSON.stringify([scene.told, scene.asked])).not.toContain(key)
})

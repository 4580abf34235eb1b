// Every kind of call, each done in a way that would show a second doing.
const out = []
const say = (text) => {
  out.push(text)
  print(text)
}

say(`twice ${await Crash.twice(21)}`)
say(`product ${(await Tool.calculator({ expression: '6 * 7' })).result.value}`)
say(`row ${await Crash.once('row')}`)
say(`mail ${await Crash.send('mail')}`)
say(`line ${await Crash.note('first')}`)

const refused = await Crash.refuse('on purpose').catch((error) => error.code)
say(`refused ${refused}`)

for (let i = 1; i <= 4; i++) {
  say(`round ${i} ${await Crash.twice(i)} ${await Crash.send(`round-${i}`)}`)
}

const [left, right, middle] = await Promise.all([
  (async () => `${await Crash.send('left-1')} ${await Crash.once('left-2')}`)(),
  (async () => `${await Crash.once('right-1')} ${await Crash.send('right-2')}`)(),
  (async () => `${await Crash.twice(4)} ${await Crash.note('middle')}`)(),
])
say(`both ${left}, ${right}, ${middle}`)

const lanes = await Workflow.parallel({
  name: 'lanes',
  steps: [
    { name: 'sum', tool: 'calculator', input: { expression: '1 + 2' } },
    { name: 'sent', tool: 'send', input: { name: 'lane' } },
    { name: 'own', run: () => Crash.once('lane-own') },
  ],
})
say(`lanes ${(await lanes.execute()).success}`)

const chain = await Workflow.sequential({
  name: 'chain',
  steps: [
    { name: 'a', run: () => Crash.twice(5) },
    { name: 'b', tool: 'send', input: { name: 'chain-{{steps.a.output}}' } },
  ],
})
say(`chain ${(await chain.execute()).result}`)

await Run.sleep(30)
say('slept')
say(`approved ${(await Run.waitFor('approval')).approved}`)

const clerk = await Agent.create({
  name: 'clerk',
  model: 'mock/demo',
  tools: ['calculator', 'send'],
})
say(`clerk ${(await clerk.execute('What is 12 * 12?')).text.length}`)
say(`clerk ${(await clerk.execute('send {"name": "agent"}')).text.length}`)

let length = 0
for await (const chunk of await clerk.stream('Say a few words.')) length += chunk.text.length
say(`stream ${length}`)

await Run.checkpoint('late', { lines: out.length })
say(`random ${Run.random(1, 1000000)} ${Run.uuid().length}`)
say(`last ${await Crash.note('last')} ${await Crash.send('bye')} ${await Crash.twice(50)}`)
return out

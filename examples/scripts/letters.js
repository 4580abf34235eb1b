// A session: what several runs do together.
// llmspell run --session "$(llmspell session create letters)" examples/scripts/letters.js

const session = (await Session.getCurrent()) ?? (await Session.create({ name: 'letters' }))
const poet = await Agent.create({ name: 'poet', session })
const said = (await poet.execute('Say what you are')).text

const row = await Artifact.store(session, 'agent_output', 'letter.txt', said)
await State.update('session', 'letters', (count) => (count ?? 0) + 1)
const letters = await State.load('session', 'letters')
print(`letter ${letters}, ${row.bytes} bytes, number ${row.sequence}`)
for (const kept of await Artifact.list(session)) print(kept.sequence, kept.name)

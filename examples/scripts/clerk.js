// A tool of the script, used by an agent and by the script itself.
const stock = await Tool.define({
  name: 'stock',
  description: 'Items on the shelf',
  parameters: { item: 'string' },
  execute: ({ item }) => ({ item, pieces: item.length * 3 }),
})
const clerk = await Agent.create({ systemPrompt: 'Answer in one line.', tools: [stock] })
print((await clerk.execute('Call stock {"item": "lamp"}')).text)

const counts = await Promise.all(
  ['lamp', 'kettle'].map(async (item) => (await Tool.execute('stock', { item })).result),
)
export default counts

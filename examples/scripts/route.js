// A workflow that decides, repeats and undoes. Runs offline: llmspell run examples/scripts/route.js
const price = await Workflow.loop({
  name: 'price',
  collection: '{{input}}',
  steps: [
    { name: 'line', tool: 'calculator', input: { expression: '{{item.amount}} * {{item.each}}' } },
    { name: 'value', run: (ctx) => ctx.steps.line.output.value },
  ],
})

const order = await Workflow.sequential({
  name: 'order',
  vars: { total: 0 },
  steps: [
    { name: 'reserve', run: () => 'reserved', compensate: () => print('reservation given back') },
    { name: 'lines', workflow: price, input: '{{input.lines}}' },
    (ctx) => {
      for (const value of ctx.steps.lines.output) ctx.vars.total += value
    },
    {
      name: 'limit',
      when: { value: '{{vars.total}}', op: 'gt', to: 100 },
      run: (ctx) => {
        throw new SpellError({ code: 'TOO_DEAR', message: `The order comes to ${ctx.vars.total}` })
      },
    },
    { name: 'thanks', run: (ctx) => `Total: ${ctx.vars.total}` },
  ],
})

print(
  (
    await order.execute({
      lines: [
        { amount: 3, each: 5 },
        { amount: 2, each: 7 },
      ],
    })
  ).text,
)
try {
  await order.execute({ lines: [{ amount: 30, each: 5 }] })
} catch (err) {
  print(err.details.step, err.details.error.code)
}

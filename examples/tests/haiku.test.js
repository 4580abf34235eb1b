// llmspell test examples/tests --allow-read=examples/tests
const poet = await Agent.create({
  name: 'poet',
  model: 'openai/gpt-4o-mini',
  systemPrompt: 'Write a haiku: three lines and nothing else.',
})

await Test.case('a haiku has three lines', async () => {
  const { text } = await poet.execute('About lamps.')
  await Test.equal(text.trim().split('\n').length, 3)
})

await Test.case('poets work side by side', async () => {
  const themes = ['About rain.', 'About kettles.']
  const answers = await Promise.all(
    themes.map((theme) =>
      Agent.create({ model: 'openai/gpt-4o-mini' }).then((one) => one.execute(theme)),
    ),
  )
  await Test.equal(
    answers.map(({ text }) => text),
    ['Rain, all of it.', 'Kettles, all of them.'],
  )
})

await Test.case('an account without money is told as quota', async () => {
  const failure = await Test.raises(() => poet.execute('About money.'), 'PROVIDER_FAILED')
  await Test.matches(failure.message, 'quota')
})

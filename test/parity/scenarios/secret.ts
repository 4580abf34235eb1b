import { both } from '../scenario.ts'

const granted = { options: { allow: { secret: ['env:TOKEN'] } } }

/** Labels of secrets. */
export const SECRET = [
  both(
    'holds the label of a secret',
    'Secret.get',
    `local s = Secret.get('env:TOKEN') print(s)
     return { tostring(s), 'it is ' .. s, s.name, s.source, s.text, JSON.stringify{ key = s }, s }`,
    `const s = await Secret.get('env:TOKEN'); print(s)
     return [String(s), 'it is ' + s, s.name, s.source, s.text, JSON.stringify({ key: s }), s]`,
    {
      ...granted,
      value: [
        'secret:env:TOKEN',
        'it is secret:env:TOKEN',
        'env:TOKEN',
        'dotenv',
        'secret:env:TOKEN',
        '{"key":"secret:env:TOKEN"}',
        { type: 'Secret', id: 'secret:env:TOKEN' },
      ],
    },
  ),
  both(
    'lists secrets that are granted, and knows no others',
    'Secret.list Secret.exists',
    `return { Secret.list(), Secret.exists('env:TOKEN'), Secret.exists('env:OTHER'), Secret.exists('nobody') }`,
    `return [await Secret.list(), await Secret.exists('env:TOKEN'), await Secret.exists('env:OTHER'), await Secret.exists('nobody')]`,
    { ...granted, value: [[{ name: 'env:TOKEN', source: 'dotenv' }], true, false, false] },
  ),
  both(
    'gets no secret without a grant',
    'Secret.get',
    `Secret.get('env:TOKEN')`,
    `await Secret.get('env:TOKEN')`,
    { error: 'PERMISSION_DENIED' },
  ),
  both(
    'gets no secret that is none',
    'Secret.get',
    `Secret.get('env:TOKN')`,
    `await Secret.get('env:TOKN')`,
    { options: { allow: { secret: ['env:*'] } }, error: 'SECRET_UNKNOWN' },
  ),
]

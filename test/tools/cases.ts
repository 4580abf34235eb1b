import type { Value } from '@llmspell/sdk'

/** What is at hand when a case is made. */
export interface Ground {
  /** `http://127.0.0.1:PORT` of a server that counts. */
  readonly origin: string
  /** Name of a variable that is set, and of a secret. */
  readonly variable: string
}

type Input = Readonly<Record<string, Value>>

/** An input that makes a tool reach one of its permissions. */
export interface Case {
  readonly tool: string
  readonly permission: string
  readonly input: (ground: Ground) => Input
  /** Only where programs are, or are not, shut in. */
  readonly jail?: boolean
  /** What would do in its place: a variable that may be read may be used as a secret. */
  readonly also?: string
  /** Without it the tool does less, and nothing is denied. */
  readonly does?: 'less'
}

const files = (path: string) => () => ({ path })
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** For each tool and each permission of its manifest: how it gets there. */
export const CASES: readonly Case[] = [
  { tool: 'archive', permission: 'read', input: () => ({ operation: 'list', path: 'docs/a.zip' }) },
  {
    tool: 'archive',
    permission: 'write',
    input: () => ({ operation: 'create', from: ['docs'], to: 'made.zip' }),
  },
  {
    tool: 'command',
    permission: 'run',
    input: () => ({ program: 'touch', args: ['made.txt'], folder: '.' }),
  },
  {
    tool: 'command',
    permission: 'unjailed',
    jail: false,
    input: () => ({ program: 'touch', args: ['made.txt'], folder: '.' }),
  },
  {
    tool: 'command',
    permission: 'read',
    input: () => ({ program: 'touch', args: ['made.txt'], folder: '.' }),
  },
  {
    tool: 'command',
    permission: 'write',
    jail: true,
    does: 'less',
    input: () => ({ program: 'touch', args: ['made.txt'], folder: '.' }),
  },
  {
    tool: 'command',
    permission: 'env',
    input: ({ variable }) => ({ program: 'env', inherit: [variable] }),
  },
  {
    tool: 'command',
    permission: 'net',
    input: () => ({ program: 'touch', args: ['made.txt'], network: true, folder: '.' }),
  },
  {
    tool: 'command',
    permission: 'net-private',
    input: () => ({ program: 'touch', args: ['made.txt'], network: true, folder: '.' }),
  },
  { tool: 'csv', permission: 'read', input: () => ({ operation: 'read', path: 'docs/a.csv' }) },
  {
    tool: 'csv',
    permission: 'write',
    input: () => ({ operation: 'write', rows: [{ a: 1 }], path: 'made.csv' }),
  },
  { tool: 'directory-list', permission: 'read', input: files('docs') },
  { tool: 'environment', permission: 'env', input: ({ variable }) => ({ names: [variable] }) },
  { tool: 'file-read', permission: 'read', input: files('docs/notes.txt') },
  {
    tool: 'file-search',
    permission: 'read',
    input: () => ({ path: 'docs', content: 'kettle' }),
  },
  { tool: 'file-watch', permission: 'read', input: () => ({ path: 'docs', duration: 100 }) },
  {
    tool: 'file-write',
    permission: 'write',
    input: () => ({ path: 'made.txt', content: 'x' }),
  },
  {
    tool: 'file-write',
    permission: 'read',
    input: () => ({ path: 'docs/notes.txt', content: 'x', preview: true }),
  },
  { tool: 'hash', permission: 'read', input: files('docs/notes.txt') },
  {
    tool: 'hash',
    permission: 'secret',
    also: 'env',
    input: ({ variable }) => ({ text: 'abc', key: `env:${variable}` }),
  },
  { tool: 'http-request', permission: 'net', input: ({ origin }) => ({ url: origin }) },
  { tool: 'http-request', permission: 'net-private', input: ({ origin }) => ({ url: origin }) },
  {
    tool: 'http-request',
    permission: 'secret',
    also: 'env',
    input: ({ origin, variable }) => ({ url: origin, auth: { bearer: `env:${variable}` } }),
  },
  {
    tool: 'image',
    permission: 'read',
    input: () => ({ operation: 'info', path: 'docs/dot.png' }),
  },
  {
    tool: 'image',
    permission: 'write',
    input: () => ({ operation: 'convert', base64: PIXEL, format: 'png', to: 'made.png' }),
  },
  { tool: 'ocr', permission: 'read', input: files('docs/dot.png') },
  { tool: 'system-info', permission: 'sys', input: () => ({ sections: ['os'] }) },
  { tool: 'web-scrape', permission: 'net', input: ({ origin }) => ({ url: origin }) },
  { tool: 'web-scrape', permission: 'net-private', input: ({ origin }) => ({ url: origin }) },
]

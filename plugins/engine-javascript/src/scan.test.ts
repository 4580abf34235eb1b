import { describe, expect, it } from 'vitest'
import { persistent } from './persistent.ts'
import { isModule } from './scan.ts'

describe('a source is a module', () => {
  it.each([
    ['import a from "a"', true],
    ['import "a"', true],
    ['import { a } from "a"', true],
    ['import * as a from "a"', true],
    ['const a = 1; export { a }', true],
    ['function f() {}\nexport default f', true],
    ['export const a = `${1}`', true],
    ['const r = /[/"]/\nexport default 1', true],
    ['const a = 4 / 2 / 1; export default a', true],
    ['import("a")', false],
    ['await import("a")', false],
    ['import.meta', false],
    ['// export default 1', false],
    ['/* import a from "a" */ 1', false],
    ['"import a"; `export ${`default ${1}`} x`', false],
    ['if (1) { const o = { export: 1, import: 2 } }', false],
    ['a.export', false],
    ['const s = `}` + "export default 1"', false],
  ])('%s: %s', (source, found) => {
    expect(isModule(source)).toBe(found)
  })
})

describe('an entry is made persistent', () => {
  it.each([
    ['let a = 1', 'var a = 1'],
    ['const { a, b } = c, [d] = e', 'var   { a, b } = c, [d] = e'],
    ['for (let i = 0;;) { const x = 1 }', 'for (let i = 0;;) { const x = 1 }'],
    ['1; let b = "let c"', '1; var b = "let c"'],
    ['class A extends B {}', 'var A=class A extends B {}'],
    ['const A = class B {}', 'var   A = class B {}'],
    ['export const a = 1', '       var   a = 1'],
    ['export default { a: 1 }', '            0, { a: 1 }'],
    ['export default function f() {}', '               function f() {}'],
    ['export default class A {}', '               var A=class A {}'],
    ['let a\nexport {\n  a,\n}', 'var a\n        \n    \n '],
    ['let a = 1\nreturn { a }', 'var a = 1\n0,     { a }'],
    ['return\nfoo()', 'return\nfoo()'],
    ['x.class', 'x.class'],
    ['let a = 1\nconst f = () => { let b }', 'var a = 1\nvar   f = () => { let b }'],
  ])('%s', (source, found) => {
    expect(persistent(source).source).toBe(found)
  })
})

import type { Asked } from './asked.ts'
import type { HeldFolder } from './folder.ts'

/** A file that is about to be written: its folder is held, its place is granted. */
export interface Target {
  readonly asked: Asked
  readonly folder: HeldFolder
  readonly name: string
  /** In bytes. */
  readonly max: number
  /** Of the file that is there: the rights of its owner, group and others. */
  readonly mode: number | undefined
  /** Of a new one, before the process's mask. */
  readonly fresh: number
}

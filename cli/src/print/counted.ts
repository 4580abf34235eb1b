/** `1 run`, `2 runs`, `1 entry`, `2 entries`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

export const entriesText = (count: number): string => counted(count, 'entry', 'entries')

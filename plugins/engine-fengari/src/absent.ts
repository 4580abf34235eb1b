// In the bundle this stands for all that fengari reaches files, processes and terminals with: what is missing here cannot
// be called. The two functions are called when the library loads.
export function setDefaultOptions(): void {}
export const platform = (): string => 'linux'

// Stands for readline-sync and tmp, which fengari asks for and a script must not have: what is missing here cannot be
// called. The one function is called when the library loads.
export function setDefaultOptions(): void {}

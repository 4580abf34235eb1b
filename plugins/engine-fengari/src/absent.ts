// Stands for modules that fengari asks for and must not have: readline-sync and tmp.
export {}

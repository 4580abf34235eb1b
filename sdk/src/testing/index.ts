export * from './engine.ts'
export * from './provider.ts'
export * from './test-host.ts'
export * from './tool.ts'

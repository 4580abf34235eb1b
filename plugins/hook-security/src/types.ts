/** By rule and action: `injection.override label`. */
export type SecurityCounts = Readonly<Record<string, number>>

/** Service `security-findings`. */
export interface SecurityFindings {
  counts(): SecurityCounts
}

declare module '@llmspell/sdk' {
  interface Services {
    'security-findings': SecurityFindings
  }
}

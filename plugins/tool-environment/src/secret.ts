const SECRET =
  /KEY|TOKEN|SECRET|PASS|CREDENTIAL|_DSN$|^DATABASE_URL$|^AWS_|^GOOGLE_APPLICATION_CREDENTIALS$/i

/** Whether a name looks like that of a secret, in any case of letters. */
export function looksSecret(name: string): boolean {
  return SECRET.test(name)
}

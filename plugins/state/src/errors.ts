import { SpellError } from '@llmspell/sdk'

export function relative(folder: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The folder '${folder}' cannot hold the store: expected an absolute path, found a relative one.`,
    { hint: "Write the whole path at 'plugins.state.folder'." },
  )
}

export function noFolder(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "There is no place for backups: expected a 'backup_folder', found none.",
    { hint: "Set 'plugins.state.backup_folder' to an absolute path." },
  )
}

export function noSecrets(): SpellError {
  return new SpellError(
    'STATE_SEALED',
    "The store cannot be sealed: expected the plugin 'secrets', found none.",
    { hint: "Install it, or take 'plugins.state.encryption' away." },
  )
}

export function stopping(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "The store is not open: expected a running 'kernel', found one that stops.",
    { hint: 'Start another kernel.' },
  )
}

export function noRenewal(store: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store '${store}' cannot be set aside: expected one that lies in a folder, found another kind.`,
    { hint: 'Make an empty store where it lies, and restore a backup into it.' },
  )
}

/** The version of the SDK contract that this kernel keeps; `engines.llmspell` is compared with it. */
export const SDK_VERSION = '0.2.0'

import { PluginError, type ErrorItem, type Step } from '@llmspell/sdk'

const table = [
  {
    name: 'MANIFEST_INVALID',
    class: 'input',
    cause: "A plugin's manifest breaks its schema, or names a file that cannot be read.",
    cure: 'Correct the named key of package.json; the text says what is expected there.',
  },
  {
    name: 'PLUGIN_NOT_FOUND',
    class: 'input',
    cause: 'A plugin named by the host, the plugin folder or a link is not where it should be.',
    cure: 'Install the package, or correct the name or the folder.',
  },
  {
    name: 'PLUGIN_INCOMPATIBLE',
    class: 'unavailable',
    cause: 'engines.llmspell does not fit, or an unstable API it uses is not allowed.',
    cure: 'Install a version of the plugin that fits, or write the range that the text gives.',
  },
  {
    name: 'PLUGIN_OUTDATED',
    class: 'unavailable',
    cause:
      'The plugin was written for the level of the contract before this one, which is still kept.',
    cure: 'Update the plugin while both levels are kept; kernel/README.md says how long.',
  },
  {
    name: 'PLUGIN_DUPLICATE',
    class: 'input',
    cause: 'Two plugins have one id. The one found first stays.',
    cure: 'Remove one of the two.',
  },
  {
    name: 'PLUGIN_DISABLED',
    class: 'unavailable',
    cause: 'The plugin is switched off, or not in the profile of this run.',
    cure: 'Enable the plugin, or add it to the profile.',
  },
  {
    name: 'PLUGIN_CYCLE',
    class: 'unavailable',
    cause: 'Requirements, or activations at run time, form a ring.',
    cure: 'Break the ring at one of the plugins on the path.',
  },
  {
    name: 'PHASE_ORDER',
    class: 'unavailable',
    cause: 'A plugin requires a service of a later phase.',
    cure: 'Move the plugin to the later phase.',
  },
  {
    name: 'SERVICE_MISSING',
    class: 'unavailable',
    cause: 'No plugin in use provides the service in the wanted range.',
    cure: 'Install or enable a plugin that provides it.',
  },
  {
    name: 'SERVICE_CONFLICT',
    class: 'unavailable',
    cause: 'Two plugins provide one service. The one found first keeps it.',
    cure: 'Choose with prefer: { "<service>": "<plugin>" }.',
  },
  {
    name: 'CONTRIBUTION_CONFLICT',
    class: 'unavailable',
    cause: 'Two plugins contribute one name at one point. The one found first keeps it.',
    cure: 'Choose with prefer: { "<point>/<name>": "<plugin>" }.',
  },
  {
    name: 'PLUGIN_LOAD',
    class: 'unavailable',
    cause: "The plugin's main could not be imported, or does not export a plugin.",
    cure: 'Build the plugin, and export definePlugin({ … }) as default.',
  },
  {
    name: 'PLUGIN_RELOAD',
    class: 'unavailable',
    cause:
      'The new version of a plugin under development does not work. The one before stays in use.',
    cure: 'Correct what the text says and save; a change that others hold on to needs a new start.',
  },
  {
    name: 'PLUGIN_SETUP',
    class: 'unavailable',
    cause: 'setup threw.',
    cure: 'See the cause; it is a fault of the plugin.',
  },
  {
    name: 'PLUGIN_TIMEOUT',
    class: 'limit',
    cause: 'A piece of plugin code did not finish within its limit.',
    cure: 'See the last step that the text names; raise the limit only if the work is that long.',
  },
  {
    name: 'PLUGIN_CALL',
    class: 'internal',
    cause: 'A call into a plugin threw an error without a code.',
    cure: 'See the cause; it is a fault of the plugin.',
  },
  {
    name: 'PLUGIN_DISPOSE',
    class: 'internal',
    cause: "One step of a plugin's disposal threw. The other steps ran.",
    cure: 'See the cause; it is a fault of the plugin.',
  },
  {
    name: 'CONFIG_INVALID',
    class: 'input',
    cause:
      'A config file is no TOML or JSON, or a key of it or an option of the kernel breaks its schema.',
    cure: 'Correct the named key; the text says what is expected there.',
  },
  {
    name: 'DEPENDENCY_FAILED',
    class: 'unavailable',
    cause: 'Something that the plugin requires failed.',
    cure: 'Repair the plugin at the end of the chain of causes.',
  },
  {
    name: 'SERVICE_UNDECLARED',
    class: 'internal',
    cause: "Code uses or provides a service that the plugin's manifest does not name.",
    cure: 'Add it to requires, optional or provides of the manifest.',
  },
  {
    name: 'CONTRIBUTION_UNDECLARED',
    class: 'internal',
    cause: "Code contributes a name that the plugin's manifest does not list.",
    cure: 'Add an item with that name to contributes.<point> of the manifest.',
  },
  {
    name: 'CONTRIBUTION_UNKNOWN',
    class: 'input',
    cause:
      'Nothing of that name is contributed at the point, or it was declared and not registered.',
    cure: 'Use one of the names that the point lists.',
  },
  {
    name: 'HOOK_UNDECLARED',
    class: 'internal',
    cause: "Code taps a point that the manifest does not list, or calls another plugin's point.",
    cure: 'Add the point to contributes.hooks of the manifest.',
  },
  {
    name: 'TAP_INVALID',
    class: 'internal',
    cause: 'Code taps a point with something that is no function.',
    cure: 'Tap only where the config asks for it; the manifest says so with { point, with }.',
  },
  {
    name: 'HOOK_UNKNOWN',
    class: 'input',
    cause: 'No plugin in use owns a hook point of that name.',
    cure: 'Use one of the points that the hooks service lists.',
  },
  {
    name: 'HOOK_FAILED',
    class: 'unavailable',
    cause: 'A tap threw. At a transform point the operation fails with it.',
    cure: 'See the cause; disable the named plugin to go on without it.',
  },
  {
    name: 'HOOK_RESULT_INVALID',
    class: 'input',
    cause: 'A tap answered something that its point does not take.',
    cure: 'Answer one of the results that the text names; docs/hooks.md has them for every point.',
  },
  {
    name: 'PERMISSION_DENIED',
    class: 'permission',
    cause:
      'The run was not granted the right, the plugin did not declare it, or policy forbids it.',
    cure: 'Grant it, if you mean it.',
  },
  {
    name: 'PLUGIN_DISPOSED',
    class: 'internal',
    cause: 'A plugin used its context after it was disposed or had failed.',
    cure: 'Stop such work when ctx.signal aborts.',
  },
  {
    name: 'PLUGIN_STRAY',
    class: 'internal',
    cause: 'An error outside of any call, such as in a timer of the plugin.',
    cure: 'See the cause; it is a fault of the plugin.',
  },
  {
    name: 'INTEGRITY',
    class: 'permission',
    cause:
      'A plugin of the plugin folder is not in plugins.lock.json, or its manifest differs from the one that was accepted into it.',
    cure: 'Reinstall the plugin, or accept its new manifest.',
  },
  {
    name: 'PLUGIN_HOST',
    class: 'unavailable',
    cause:
      'The place that should run the code of a plugin is not there, or cannot carry what the plugin does.',
    cure: 'Enable the plugin that offers the place, or trust the plugin to run in this process.',
  },
  {
    name: 'PLUGIN_UNTRUSTED',
    class: 'permission',
    cause: 'A plugin of the plugin folder was neither given a host nor trusted.',
    cure: 'Install it again and say how it may run.',
  },
  {
    name: 'SCHEMA_INVALID',
    class: 'input',
    cause: 'A JSON Schema is wrong at the named place, or refers to another document.',
    cure: 'Correct the schema at that place.',
  },
  {
    name: 'STARTUP_FAILED',
    class: 'unavailable',
    cause: 'A plugin that the host cannot live without did not start.',
    cure: 'See the failure that the report has for it.',
  },
  {
    name: 'KERNEL_STATE',
    class: 'usage',
    cause: 'The kernel was used before start() or after stop().',
    cure: 'Await kernel.start() first; make a new kernel after a stop.',
  },
] as const satisfies readonly ErrorItem[]

/** Every code that the kernel raises, contributed to the extension point `errors`. */
export const KERNEL_ERRORS: readonly ErrorItem[] = table

/** A code of the kernel. */
export type KernelCode = (typeof table)[number]['name']

/** What a failure says beside its text. */
export interface FailureOptions {
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** A failure of a plugin under one of the kernel's codes. */
export function failure(
  code: KernelCode,
  owner: string,
  step: Step,
  message: string,
  options: FailureOptions = {},
): PluginError {
  return new PluginError(code, message, { ...options, owner, step })
}

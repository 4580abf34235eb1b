import { artifactExport, artifactList, artifactRemove, artifactShow } from './artifact.ts'
import { dev, pluginCheck, pluginNew } from './author.ts'
import { auditList, auditVerify } from './audit.ts'
import { pluginTest, upgrading } from './contract.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { hooksExplain, hooksList } from './hooks.ts'
import { init, types } from './init.ts'
import { metrics, metricsCost } from './metrics.ts'
import { modelInfo, modelList, modelPull, modelStatus, modelTest } from './model.ts'
import { pluginDoctor, pluginInspect, pluginList } from './plugin.ts'
import {
  pluginDisable,
  pluginEnable,
  pluginInstall,
  pluginLink,
  pluginProbe,
  pluginRollback,
  pluginSearch,
  pluginUninstall,
  pluginUnlink,
  pluginUpdate,
  pluginVerify,
} from './plugin-store.ts'
import { policyCheck, policyExplain, policyList, policyTrust } from './policy.ts'
import { eventsTail, eventsTypes } from './events.ts'
import { repl } from './repl.ts'
import { exec, run } from './run.ts'
import { runAnswer, runCancel, runFork, runReplay, runResume, runSignal } from './run-on.ts'
import { runDiff, runExport, runList, runPrune, runShow } from './runs.ts'
import { secretCheck, secretList, secretRemove, secretSet } from './secret.ts'
import {
  sessionArtifactList,
  sessionComplete,
  sessionCreate,
  sessionDelete,
  sessionExport,
  sessionImport,
  sessionList,
  sessionReplay,
  sessionResume,
  sessionSave,
  sessionShow,
  sessionSuspend,
  sessionTag,
} from './session.ts'
import {
  stateBackup,
  stateBackups,
  stateDoctor,
  stateMigrate,
  statePrune,
  stateRestore,
} from './state-store.ts'
import { stateDelete, stateExport, stateGet, stateImport, stateList, stateSet } from './state.ts'
import { test } from './test.ts'
import { toolInfo, toolInvoke, toolList } from './tool.ts'
import { workflowGraph, workflowRun, workflowSchema, workflowValidate } from './workflow.ts'

/** Every command by its id, as oclif finds them. */
export const COMMANDS = {
  run,
  exec,
  repl,
  test,
  demo,
  init,
  types,
  doctor,
  upgrade: upgrading,
  'run:resume': runResume,
  'run:replay': runReplay,
  'run:fork': runFork,
  'run:diff': runDiff,
  'run:list': runList,
  'run:show': runShow,
  'run:export': runExport,
  'run:prune': runPrune,
  'run:signal': runSignal,
  'run:answer': runAnswer,
  'run:cancel': runCancel,
  'model:list': modelList,
  'model:info': modelInfo,
  'model:test': modelTest,
  'model:pull': modelPull,
  'model:status': modelStatus,
  'secret:set': secretSet,
  'secret:list': secretList,
  'secret:remove': secretRemove,
  'secret:check': secretCheck,
  'tool:list': toolList,
  'tool:info': toolInfo,
  'tool:invoke': toolInvoke,
  'workflow:run': workflowRun,
  'workflow:validate': workflowValidate,
  'workflow:graph': workflowGraph,
  'workflow:schema': workflowSchema,
  'state:get': stateGet,
  'state:set': stateSet,
  'state:list': stateList,
  'state:delete': stateDelete,
  'state:export': stateExport,
  'state:import': stateImport,
  'state:backup': stateBackup,
  'state:backups': stateBackups,
  'state:prune': statePrune,
  'state:restore': stateRestore,
  'state:migrate': stateMigrate,
  'state:doctor': stateDoctor,
  'artifact:list': artifactList,
  'artifact:show': artifactShow,
  'artifact:export': artifactExport,
  'artifact:remove': artifactRemove,
  'session:list': sessionList,
  'session:show': sessionShow,
  'session:create': sessionCreate,
  'session:tag': sessionTag,
  'session:save': sessionSave,
  'session:suspend': sessionSuspend,
  'session:resume': sessionResume,
  'session:complete': sessionComplete,
  'session:replay': sessionReplay,
  'session:export': sessionExport,
  'session:import': sessionImport,
  'session:delete': sessionDelete,
  'session:artifacts': sessionArtifactList,
  dev,
  'plugin:new': pluginNew,
  'plugin:check': pluginCheck,
  'plugin:list': pluginList,
  'plugin:inspect': pluginInspect,
  'plugin:doctor': pluginDoctor,
  'plugin:test': pluginTest,
  'plugin:install': pluginInstall,
  'plugin:update': pluginUpdate,
  'plugin:rollback': pluginRollback,
  'plugin:uninstall': pluginUninstall,
  'plugin:search': pluginSearch,
  'plugin:link': pluginLink,
  'plugin:unlink': pluginUnlink,
  'plugin:enable': pluginEnable,
  'plugin:disable': pluginDisable,
  'plugin:verify': pluginVerify,
  'plugin:probe': pluginProbe,
  'policy:explain': policyExplain,
  'policy:list': policyList,
  'policy:trust': policyTrust,
  'policy:check': policyCheck,
  'events:tail': eventsTail,
  'events:types': eventsTypes,
  'hooks:list': hooksList,
  'hooks:explain': hooksExplain,
  metrics,
  'metrics:cost': metricsCost,
  'audit:list': auditList,
  'audit:verify': auditVerify,
}

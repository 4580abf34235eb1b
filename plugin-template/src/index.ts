export { KINDS, type Kind } from './kinds.ts'
export { nameFault, namesOf, suggestedName, type Names } from './names.ts'
export { templateFiles, type TemplateFile } from './files.ts'

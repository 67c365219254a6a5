import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Application, LogLevel } from 'typedoc'
import { entries } from './entries.ts'
import { docs, root } from './places.ts'

/**
 * Writes the reference, a page for each entry, from the doc comments of the sources.
 *
 * @throws Error for an export without a comment, or a type that is used and not exported
 */
export async function writeReference(folder: string): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entries.map(({ file }) => file),
    tsconfig: join(docs, 'tsconfig.reference.json'),
    basePath: root,
    readme: 'none',
    logLevel: LogLevel.Warn,
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    // `npm test` compiles everything by itself.
    skipErrorChecking: true,
    sort: ['alphabetical'],
    groupOrder: ['Functions', 'Variables', 'Interfaces', 'Type Aliases', 'Classes', '*'],
    requiredToBeDocumented: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable'],
    // A link to what is not exported is a plain word here, though it is of use where the source is read.
    validation: { notExported: true, invalidLink: false, notDocumented: true, rewrittenLink: true },
    ...(looks as object),
  })
  // A link to what another of the packages exports is not looked for by itself.
  app.converter.addUnknownSymbolResolver(({ symbolReference }, reflection, link) => {
    if (!link) return undefined
    const name = symbolReference?.path?.[0]?.path
    const modules = reflection.project.children ?? []
    const target = modules.flatMap(({ children = [] }) => children).find((child) => child.name === name)
    // The links of comments may lead to a reflection, which the type does not know.
    return target && { target: target as never }
  })
  const project = await app.convert()
  if (!project) throw new Error('typedoc could not read the sources')
  const names = new Map(entries.map(({ name, file }) => [moduleName(file), name]))
  for (const module of project.children ?? []) module.name = names.get(module.name) ?? module.name
  app.validate(project)
  if (app.logger.hasWarnings() || app.logger.hasErrors()) throw new Error('typedoc has something to say, see above')
  await app.outputs.writeOutput({ name: 'markdown', path: folder }, project)
  for (const { name } of entries) {
    const file = join(folder, `${name}.md`)
    await writeFile(file, tidy(await readFile(file, 'utf8')))
  }
}

/** Leaves out the list of type parameters, which is the same everywhere, and says once what they are. */
function tidy(page: string): string {
  const about =
    'From the doc comments of the sources. `M` is the type of your metadata: what `defineMetadata` gave, a plain ' +
    'interface, or what you [registered](/guide/typing#once-for-the-whole-app).'
  return page
    .replace(/^#+ Type Parameters?\n\n(?:\|.*\n)+\n/gm, '')
    .replace(/^\*\*\*\n\n/gm, '')
    .replace(/^(# .+)$/m, `$1\n\n${about}`)
}

/** What typedoc calls the module of a file. */
function moduleName(file: string): string {
  return relative(root, file).replace(/(\/index)?\.ts$/, '')
}

/** How the plugin writes it: short, and one heading for each export. */
const looks = {
  router: 'module',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  hideGroupHeadings: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  pageTitleTemplates: { module: '@acme/{name}' },
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    hideSources: true,
    hideValues: true,
    leftAlignHeaders: true,
  },
}

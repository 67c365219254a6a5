// Guards the direction of imports: without it one convenient import puts the server into the browser bundle.
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { type Layer, layers, privatePackages } from './layers.ts'
import { filesOf, root } from './repository.ts'

/** One import as written in a file. */
interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly line: number
}

/** Gives a message for every import and word of the repository that the table of layers forbids. */
export function checkLayers(): string[] {
  const sources = filesOf(
    'packages/*/{src,docs}/**/*.{ts,tsx}',
    'packages/conformance/**/*.ts',
    'packages/docs/samples/**/*.{ts,tsx,cjs}',
    'packages/docs/.vitepress/{config.ts,theme/*.ts}',
    'examples/**/*.{ts,tsx,js,jsx,mjs}',
  )
  return sources.flatMap((path) => checkFile(path, readFileSync(join(root, path), 'utf8')))
}

/** Gives a message for everything in one file that its layer forbids. */
export function checkFile(path: string, text: string): string[] {
  const layer = layerOf(path)
  if (layer === undefined) return [`${path} belongs to no layer: give it a row in packages/tools/src/layers.ts`]
  const say = (line: number, what: string): string => `${path}:${line} ${what} (layer ${layer.name}: ${layer.reason})`

  const imports = importsOf(path, text)
    .filter((found) => !isAllowed(layer, path, found))
    .map(({ specifier, typeOnly, line }) => say(line, `must not import ${typeOnly ? 'types of ' : ''}${specifier}`))
  const words = text.split('\n').flatMap((content, index) =>
    (layer.words ?? [])
      // Prose may say what code may not do.
      .filter((word) => word.test(content.replace(/^\s*(\/\/|\/?\*).*/, '')))
      .map((word) => say(index + 1, `must not contain ${word.source}`)),
  )
  return [...imports, ...words]
}

function layerOf(path: string): Layer | undefined {
  const length = (layer: Layer): number =>
    Math.max(0, ...layer.files.filter((start) => path.startsWith(start)).map((start) => start.length))
  return layers.filter((layer) => length(layer) > 0).sort((a, b) => length(b) - length(a))[0]
}

function isAllowed(layer: Layer, path: string, { specifier, typeOnly }: Import): boolean {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier)
    const owner = layerOf(target)
    // The files of one layer may import one another, but an example or a suite never leaves its own package.
    if (owner === layer && packageOf(target) === packageOf(path)) return true
    return packageOf(target) === packageOf(path) && layer.imports.some((rule) => matches(rule, target, typeOnly))
  }
  if (layer.name === 'examples' && privatePackages.some((name) => isOrIsIn(specifier, name))) return false
  return layer.imports.some((rule) => matches(rule, specifier, typeOnly))
}

function matches(rule: string, target: string, typeOnly: boolean): boolean {
  if (rule.startsWith('type ')) return typeOnly && matches(rule.slice(5), target, typeOnly)
  if (rule.endsWith('*')) return target.startsWith(rule.slice(0, -1))
  return rule.endsWith('/') ? target.startsWith(rule) : target === rule
}

function isOrIsIn(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`)
}

function packageOf(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

/** Every static, dynamic and type import, re-export and require of a file. */
function importsOf(path: string, text: string): Import[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: Import[] = []
  const add = (node: ts.Node | undefined, typeOnly: boolean): void => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
    found.push({ specifier: node.text, typeOnly, line })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeExport(node))
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && isLoading(node)) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const bindings = importClause.namedBindings
  return (
    importClause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  )
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true
  return (
    exportClause !== undefined &&
    ts.isNamedExports(exportClause) &&
    exportClause.elements.every((element) => element.isTypeOnly)
  )
}

function isLoading({ expression }: ts.CallExpression): boolean {
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require')
  )
}

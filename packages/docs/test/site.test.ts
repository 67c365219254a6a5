import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { docsBase, docsUrl, kinds, visibility } from '@acme/schema'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { backupHelp } from '../../server/src/node/backup-command.ts'
import { help } from '../../server/src/node/config.ts'
import { exportHelp } from '../../server/src/node/export-command.ts'
import { importHelp } from '../../server/src/node/import-command.ts'
import { importFromHelp } from '../../server/src/node/import-from/import-from-command.ts'
import { inferHelp } from '../../server/src/node/infer/infer-command.ts'
import { initHelp } from '../../server/src/node/init-command.ts'
import { jobsHelp } from '../../server/src/node/jobs-command.ts'
import { migrateHelp } from '../../server/src/node/migrate-command.ts'
import { schemaHelp } from '../../server/src/node/schema-command.ts'
import { webhooksHelp } from '../../server/src/node/webhooks-command.ts'
import { entries } from '../src/entries.ts'
import { codeGroups } from '../src/error-codes.ts'
import { findErrorCodes } from '../src/find-error-codes.ts'
import { navigation } from '../src/navigation.ts'
import { needSite } from '../src/need-site.ts'
import { pages, root } from '../src/places.ts'
import { searchWords } from '../src/search-words.ts'
import { serveSite } from '../src/serve-site.ts'

let site: string
let server: Server
let browser: Browser
let origin: string

beforeAll(async () => {
  site = await needSite()
  const answer = serveSite()
  server = createServer((request, response) => answer(request, response, () => response.writeHead(404).end()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await chromium.launch({
    executablePath: `${process.env['CHROMIUM_PATH']}`,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
})

afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
})

const codes = codeGroups.flatMap((group) => Object.keys(group.codes))
const links = ['/', ...navigation.flatMap(({ items }) => items.map(({ link }) => link))]

describe('the codes of errors', () => {
  test('every one that the sources throw is explained, once, and no other', () => {
    const { codes: found, unreadable } = findErrorCodes()
    // What is missing goes to packages/docs/src/error-codes.ts.
    expect([...codes].sort()).toEqual([...found.keys()].sort())
    expect(unreadable).toEqual([])
  })

  test('every one has its place where its docsUrl leads', () => {
    const html = readFileSync(join(site, 'errors.html'), 'utf8')
    for (const code of codes) {
      expect(docsUrl(code)).toBe(`${docsBase}errors#${code}`)
      expect(html).toContain(` id="${code}"`)
    }
  })
})

describe('the pages', () => {
  test('every page that was written is in the sidebar, and the other way round', () => {
    const written = globSync('**/*.md', { cwd: pages }).map((path) => `/${path.replace(/\.md$/, '')}`)
    expect(written.sort()).toEqual(links.map((link) => (link === '/' ? '/index' : link)).sort())
  })

  test('every link leads somewhere, and nothing but a link leads away', () => {
    const files = globSync('**/*.html', { cwd: site })
    const ids = new Map(files.map((file) => [file, idsOf(readFileSync(join(site, file), 'utf8'))]))
    const broken: string[] = []
    let count = 0
    for (const file of files) {
      const html = readFileSync(join(site, file), 'utf8')
      for (const [, tag, address = ''] of html.matchAll(/<(\w+)\b[^>]*?\s(?:href|src)="([^"]*)"/g)) {
        const url = new URL(decodeEntities(address), `http://site/docs/${file.replace(/(index)?\.html$/, '')}`)
        if (url.protocol === 'data:') continue
        count++
        if (url.origin !== 'http://site') {
          if (tag !== 'a') broken.push(`${file}: ${tag} of ${address}`)
          continue
        }
        const path = decodeURIComponent(url.pathname.replace(/^\/docs\//, ''))
        const target = [path, `${path}.html`, `${path}index.html`].find((one) => isFile(join(site, one)))
        const hash = decodeURIComponent(url.hash.slice(1))
        if (!target || (hash && !ids.get(target)?.has(hash))) broken.push(`${file}: ${address}`)
      }
    }
    expect(broken).toEqual([])
    expect(count).toBeGreaterThan(1_000)
  })

  test('every link of the packages’ READMEs leads to a page of these', () => {
    const linked = globSync('packages/*/README.md', { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((https:\/\/[^)]+)\)/g)].map(([, url = '']) => url),
    )
    const broken = linked
      .filter((url) => url !== 'https://mswjs.io')
      .filter((url) => {
        const [path = '', hash = ''] = url.replace(docsBase, '').split('#')
        const file = join(site, `${path}.html`)
        return !isFile(file) || (hash && !idsOf(readFileSync(file, 'utf8')).has(hash))
      })
    expect(broken).toEqual([])
    expect(linked.length).toBeGreaterThan(20)
  })

  test('every path of the repository that they name exists', () => {
    const named = globSync('**/*.md', { cwd: pages, exclude: ['reference/**'] }).flatMap((file) =>
      [...readFileSync(join(pages, file), 'utf8').matchAll(/`((?:packages|examples)\/[\w./-]+)`/g)].map(
        ([, path = '']) => path,
      ),
    )
    expect(named.length).toBeGreaterThan(8)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('the matrix and the table of retries are those that the code is held to', () => {
    const words = { none: 'nothing', read: 'read', write: 'read and write' }
    const rows = kinds.map(
      (kind) => `| **${kind}** | ${words[visibility[kind].frontend]} | ${words[visibility[kind].backend]} |`,
    )
    expect(readFileSync(join(pages, 'index.md'), 'utf8')).toContain(rows.join('\n'))
    const [table = ''] = /\| what happened \|.*\n(?:\|.*\n)+/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
    expect(table.split('\n').length).toBeGreaterThan(10)
    expect(readFileSync(join(pages, 'guide/calls.md'), 'utf8')).toContain(table)
  })

  test('every option of the server’s command line is on a page, and no page has another', () => {
    const options = (text: string) =>
      [...new Set([...text.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option))].sort()
    const read = (page: string) => readFileSync(join(pages, `${page}.md`), 'utf8')
    const helps = help + schemaHelp + migrateHelp + webhooksHelp + jobsHelp + exportHelp + importHelp + backupHelp
    const [own, others] = [
      read('guide/running') + read('guide/webhooks') + read('guide/migrations'),
      read('guide/importing'),
    ]
    expect(options(own + others)).toEqual(options(helps + importFromHelp + inferHelp + initHelp))
  })

  test('each is there as Markdown, whole, and llms.txt leads to each', () => {
    const list = readFileSync(join(site, 'llms.txt'), 'utf8')
    const all = readFileSync(join(site, 'llms-full.txt'), 'utf8')
    expect(list).toMatch(/^# .+\n\n> .+\n\n## /)
    for (const link of links) {
      const text = readFileSync(join(site, link === '/' ? 'index.md' : `${link}.md`), 'utf8')
      expect(text).not.toContain('<<<')
      expect(all).toContain(/^# .+$/m.exec(text)?.[0])
      if (link !== '/') expect(list).toContain(`](/docs${link}.md)`)
    }
  })
})

describe('search', () => {
  interface Found {
    readonly id: string
  }
  let search: (query: string) => readonly Found[]

  beforeAll(async () => {
    const [chunk = ''] = globSync('assets/chunks/@localSearchIndexroot*.js', { cwd: site })
    const { default: json } = await import(/* @vite-ignore */ pathToFileURL(join(site, chunk)).href)
    // The library and the options that the pages search by.
    const require = createRequire(import.meta.url)
    const inside = createRequire(join(dirname(require.resolve('vitepress/package.json')), 'package.json'))
    const { default: MiniSearch } = await import(/* @vite-ignore */ inside.resolve('minisearch'))
    const index = MiniSearch.loadJSON(json, {
      fields: ['title', 'titles', 'text'],
      storeFields: ['title', 'titles'],
      tokenize: searchWords,
      searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } },
    })
    search = (query) => index.search(query)
  })

  test('every code of an error is found where it is explained, among the first three places', () => {
    for (const code of codes) {
      const first = search(code).slice(0, 3)
      expect(first.map(({ id }) => id)).toContain(`/docs/errors#${code}`)
    }
  })

  test('every public name is found in the reference of its entry', () => {
    const missing = entries.flatMap(({ name, file }) =>
      exportsOf(file)
        .filter((exported) => {
          const found = search(exported).slice(0, 20)
          const place = `/docs/reference/${name}#${exported.toLowerCase()}`
          return !found.some(({ id }) => id === place || id.startsWith(`${place}-`))
        })
        .map((exported) => `${exported} of @acme/${name}`),
    )
    expect(missing).toEqual([])
  })
})

describe('in a browser', () => {
  /** Opens a page, and whatever it asks for elsewhere fails the test. */
  async function open(link: string, options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
    const page = await context.newPage()
    await page.route('**/*', (route) => {
      expect(new URL(route.request().url()).origin).toBe(origin)
      return route.continue()
    })
    await page.goto(`${origin}/docs${link}`)
    return page
  }

  const looked = [
    '/',
    '/start/react',
    '/start/next',
    '/guide/kinds',
    '/guide/typing',
    '/guide/security',
    '/guide/calls',
    '/from/clerk',
    '/errors',
    '/reference/backend',
  ]
  const looks = [
    { colorScheme: 'light', viewport: { width: 390, height: 844 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
    { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  ] as const

  test.each(looked)('axe finds nothing at %s, light and dark, on a phone and on a desk', async (link) => {
    for (const look of looks.slice(0, scaled(looks.length, 2))) {
      const page = await open(link, look)
      await page.evaluate(axe.source)
      const run = () => (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] })
      const { violations } = await page.evaluate(run)
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      expect({ look, found }).toEqual({ look, found: [] })
      expect(await page.evaluate('document.documentElement.classList.contains("dark")')).toBe(
        look.colorScheme === 'dark',
      )
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      await page.context().close()
    }
  })

  test('a code that is searched for is reached by the keyboard alone', async () => {
    const page = await open('/', {})
    const field = page.locator('#localsearch-input')
    // Until the page listens.
    await expect
      .poll(async () => {
        await page.keyboard.press('/')
        return field.isVisible()
      })
      .toBe(true)
    await field.fill('version_conflict')
    await page.locator('#localsearch-list a').first().waitFor()
    await expect
      .poll(() => page.locator('#localsearch-list a').first().getAttribute('href'))
      .toContain('#version_conflict')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${origin}/docs/errors#version_conflict`)
    await page.context().close()
  })

  test('without JavaScript every page can be read and reached, on a phone, too', async () => {
    const page = await open('/guide/limit', { javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
    await page.getByRole('heading', { name: 'The limit' }).waitFor()
    await page.getByRole('link', { name: 'Errors', exact: true }).first().click()
    await page.waitForURL(`${origin}/docs/errors`)
    await page.getByText('A kind of metadata would have more than 8192 bytes').waitFor()
    await page.context().close()
  })

  test('what is not there is answered with 404, and nothing outside of the site with anything', async () => {
    for (const path of [
      '/docs/nowhere',
      '/docs/..%2f..%2fpackage.json',
      '/docs/%00',
      '/docs/%zz',
      '/docs//etc/passwd',
    ]) {
      expect((await fetch(origin + path)).status).toBe(404)
    }
    expect((await fetch(`${origin}/docs/errors.md`)).headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect((await fetch(`${origin}/docs`)).url).toBe(`${origin}/docs/`)
  })
})

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function idsOf(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id = '']) => decodeEntities(id)))
}

function decodeEntities(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
}

/** The names that an entry exports, types included. */
function exportsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      const clause = statement.exportClause
      return clause && ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : []
    }
    const isExported = ts.canHaveModifiers(statement)
      ? ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false
    const name = (statement as { name?: ts.Identifier }).name
    return isExported && name ? [name.text] : []
  })
}

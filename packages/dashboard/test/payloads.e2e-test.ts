import { beforeAll, expect, test } from 'vitest'
import { openPage, startWorld } from './setup.ts'

const world = startWorld()

/** What runs where it is taken for markup, a link, a style or a formula; each would call `pwned`. */
const run = 'pwned()'
const tags = [
  'img src=x onerror',
  'svg onload',
  'body onload',
  'video src=x onerror',
  'input autofocus onfocus',
  'details open ontoggle',
  'marquee onstart',
  'iframe onload',
  'a autofocus tabindex=1 onfocus',
  'audio src=x onerror',
]
const frames: readonly ((inner: string) => string)[] = [
  (inner) => inner,
  (inner) => `">${inner}`,
  (inner) => `'>${inner}`,
  (inner) => `</script>${inner}`,
  (inner) => `</textarea>${inner}`,
  (inner) => `</title>${inner}`,
  (inner) => `-->${inner}`,
  (inner) => `]]>${inner}`,
  (inner) => `\${${inner}}`,
  (inner) => `{{${inner}}}`,
]
const cores = [
  ...tags.map((tag) => `<${tag}=${run}>`),
  `<script>${run}</script>`,
  `<ScRiPt>${run}</sCrIpT>`,
  `<script src="data:text/javascript,${run}"></script>`,
  `<iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `<a href="javascript:${run}">x</a>`,
  `javascript:${run}//`,
  `<style>@import 'javascript:${run}'</style>`,
  `<math><mtext></mtext><mglyph><style><img src=x onerror=${run}></style></mglyph></math>`,
  `constructor.constructor('${run}')()`,
  `<object data="javascript:${run}"></object>`,
]
const payloads = frames.flatMap((frame) => cores.map(frame))

beforeAll(async () => {
  await world.ask('PUT', 'metadata_schemas', { schemas: {}, options: { indexes: ['public.bio'] } })
  for (let start = 0; start < payloads.length; start += 20) {
    await Promise.all(
      payloads.slice(start, start + 20).map((text) =>
        world.createUser({
          first_name: text.slice(0, 64),
          last_name: text.slice(64, 128) || 'x',
          public_metadata: { bio: text, [text]: text },
          private_metadata: { note: text, [text]: [text] },
          unsafe_metadata: { about: text },
        }),
      ),
    )
  }
})

test(`${payloads.length} payloads as names and metadata run nowhere`, async () => {
  const { page, context, said } = await openPage(
    world,
    '/users?columns=email,id,public.bio,private.note,unsafe.about',
    { viewport: { width: 1600, height: 1200 } },
  )
  let ran = 0
  await context.exposeFunction('pwned', () => ran++)
  page.on('dialog', (dialog) => {
    ran++
    void dialog.dismiss()
  })
  await page.reload()
  await page.getByRole('row').nth(5).waitFor()
  const grid = page.getByRole('grid')
  const unseen = new Set(payloads.map((text) => text.slice(0, 200)))
  // Down to the last: what is not in sight is not on the page.
  await grid.focus()
  let turns = 0
  await expect
    .poll(
      async () => {
        for (const text of await page.locator('[role=row] [role=gridcell]:nth-child(4) span').allTextContents())
          unseen.delete(text)
        // From the top again for rows that came later than they were looked for.
        await page.keyboard.press(turns++ % 60 === 0 ? 'Home' : 'PageDown')
        return [...unseen]
      },
      { timeout: 200_000 },
    )
    .toEqual([])
  const people: { id: string }[] = await world.ask('GET', 'users?limit=500')
  for (const { id } of people.filter((_, index) => index % 40 === 0)) {
    await page.goto(`${world.server.url}/dashboard/users/${id}`)
    await page.getByRole('textbox', { name: 'Private metadata' }).waitFor()
    await page.getByRole('tab', { name: 'Account' }).click()
    await page.getByRole('heading', { name: 'Profile' }).waitFor()
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByText('Created through').waitFor()
  }
  for (const text of payloads.slice(0, 5)) {
    await page.goto(
      `${world.server.url}/dashboard/users?q=${encodeURIComponent(text)}&where=${encodeURIComponent(`public.bio = ${text}`)}&columns=${encodeURIComponent(text)}#code=${encodeURIComponent(text)}`,
    )
    await page.getByRole('heading', { name: 'Users' }).waitFor()
  }
  expect(ran).toBe(0)
  expect(said).toEqual({ errors: [], strangers: [] })
})

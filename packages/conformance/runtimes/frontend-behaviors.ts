import { createFrontend, type User } from '@acme/frontend'
import { liveUpdates } from '@acme/frontend/live'
import { assertCode, assertEqual, until } from './assert.ts'
import type { Behavior } from './behavior.ts'
import { hasStreams, isPage, saysWhy } from './places.ts'
import { renderTheme } from './render-theme.ts'
import { createVisitor, type metadata, signUp } from './visitor.ts'

type Signed = User<typeof metadata>

const live = 'shows live what another tab or device changes'

const runs: Readonly<Record<string, Behavior['run']>> = {
  async 'signs up, sets, merges and deletes'(world) {
    const { acme } = await signUp(world)
    assertEqual([acme.user?.unsafeMetadata, acme.user?.publicMetadata], [{ theme: 'light' }, { plan: 'free' }])
    await acme.user?.update({ unsafeMetadata: { tags: { a: '字', b: '2' } } })
    await acme.user?.updateMetadata({ unsafeMetadata: { theme: 'dark', tags: { b: null } } })
    await acme.reload({ signal: new AbortController().signal })
    assertEqual(acme.user?.unsafeMetadata, { tags: { a: '字' }, theme: 'dark' })
  },
  async 'refuses what is too large or not of the schema'(world) {
    const { acme } = await signUp(world)
    const user = acme.user as Signed
    const tags = { a: 'é'.repeat(4_096) }
    await assertCode(user.update({ unsafeMetadata: { tags } }), 'form_param_exceeds_allowed_size')
    const theme = 'blue' as 'dark'
    await assertCode(user.update({ unsafeMetadata: { theme } }), 'form_param_value_invalid')
    assertEqual(acme.user?.unsafeMetadata, { theme: 'light' })
  },
  async 'tells of a conflict, and computes a change again'(world) {
    const { acme } = await signUp(world)
    const old = acme.user as Signed
    await old.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
    const late = old.updateMetadata({ unsafeMetadata: { theme: 'light' } }, { ifMatch: old.version as number })
    await assertCode(late, 'version_conflict')
    await old.modifyMetadata(({ unsafeMetadata: { theme } }) => ({ unsafeMetadata: { tags: { b: `${theme}` } } }))
    assertEqual(acme.user?.unsafeMetadata, { theme: 'dark', tags: { b: 'dark' } })
  },
  async 'keeps the session until it signs out'(world) {
    const { visitor, acme } = await signUp(world)
    const again = visitor.open()
    await again.load()
    assertEqual(again.user?.id, acme.user?.id)
    await again.signOut()
    assertEqual(again.user, null)
    await acme.reload()
    assertEqual(acme.user, null)
  },
  async 'gives tokens of the session, and the same one again'(world) {
    const { acme } = await signUp(world)
    const token = `${await acme.session?.getToken()}`
    const claims = JSON.parse(atob(`${token.split('.')[1]}`.replaceAll('-', '+').replaceAll('_', '/')))
    assertEqual([claims.sub, claims.sid], [acme.user?.id, acme.session?.id])
    assertEqual(await acme.session?.getToken(), token)
  },
  async [live](world) {
    const { visitor, acme } = await signUp(world, { live: liveUpdates })
    const end = acme.subscribe(() => {})
    const other = isPage ? visitor.open() : createVisitor(world).open()
    await other.load()
    if (!isPage) await other.signIn.create({ identifier: visitor.username, password: visitor.password })
    await other.user?.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
    if (hasStreams) await until(() => acme.user?.unsafeMetadata.theme === 'dark', 'the change shows')
    else await acme.reload()
    assertEqual(acme.user?.unsafeMetadata, { theme: 'dark' })
    end()
  },
  async 'ends a call that takes too long, and one that is aborted'({ publishableKey, silence }) {
    const acme = createFrontend({ publishableKey, proxyUrl: silence, timeout: 100, totalTimeout: 300 })
    await assertCode(acme.load(), 'timeout')
    const abort = new AbortController()
    const call = acme.load({ signal: abort.signal, timeout: 60_000, totalTimeout: 60_000 })
    abort.abort()
    await assertCode(call, 'aborted')
  },
  async 'tells what a call did that found no server'({ publishableKey, nowhere }) {
    const acme = createFrontend({ publishableKey, proxyUrl: nowhere, totalTimeout: 60_000 })
    const { attempts } = await assertCode(acme.load(), 'network_error')
    assertEqual(attempts, 3)
    const { outcome } = await assertCode(acme.signUp.create({ username: 'ada' }), 'network_error')
    assertEqual(outcome, saysWhy ? 'not_applied' : 'unknown')
  },
  async 'shows and edits by the hooks of React'(world) {
    const { acme } = await signUp(world)
    await renderTheme(acme)
  },
}

/** What `@acme/frontend` does wherever it runs. */
export const frontendBehaviors: readonly Behavior[] = Object.entries(runs).map(([title, run]) => ({
  part: 'frontend',
  title,
  needsStreams: run === runs[live],
  run,
}))

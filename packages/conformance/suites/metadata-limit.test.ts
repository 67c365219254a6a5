import { kinds, metadataBytes, metadataField, metadataLimit } from '@acme/schema'
import { expect, test } from 'vitest'
import { forEachTarget, newName, ofBytes, userOf } from '../targets.ts'

const fillers = { CJK: '字', emoji: '😀', accents: 'é' }

forEachTarget((world) => {
  for (const kind of kinds) {
    const field = metadataField(kind)
    test(`${metadataLimit} bytes of ${kind} metadata are accepted and one more is not, replaced or merged`, async () => {
      const { users } = world().backend
      const user = await users.createUser({ username: newName() })
      for (const filler of [fillers.CJK, fillers.emoji, fillers.accents]) {
        const most = ofBytes(metadataLimit, filler)
        expect(metadataBytes(most)).toBe(metadataLimit)
        await users.replaceUserMetadata(user.id, { [field]: most })
        const error = await users
          .replaceUserMetadata(user.id, { [field]: ofBytes(metadataLimit + 1, filler) })
          .catch((e) => e)
        expect(error).toMatchObject({
          code: 'form_param_exceeds_allowed_size',
          kind,
          bytes: metadataLimit + 1,
          limit: metadataLimit,
        })
        // The patch is small; what comes of it is not.
        const merged = await users.updateUserMetadata(user.id, { [field]: { b: 1 } }).catch((e) => e)
        expect(merged).toMatchObject({
          code: 'form_param_exceeds_allowed_size',
          kind,
          status: 422,
          bytes: metadataLimit + 6,
        })
        expect((await users.getUser(user.id))[field]).toEqual(most)
      }
    })
  }

  test('the browser is held to the same limit, here and on the server', async () => {
    const frontend = await world().signUp()
    await userOf(frontend).update({ unsafeMetadata: ofBytes(metadataLimit) })
    const here = await userOf(frontend)
      .update({ unsafeMetadata: ofBytes(metadataLimit + 1) })
      .catch((e) => e)
    expect(here).toMatchObject({ code: 'form_param_exceeds_allowed_size', attempts: 0 })
    const there = await userOf(frontend)
      .updateMetadata({ unsafeMetadata: { b: 1 } })
      .catch((e) => e)
    expect(there).toMatchObject({ code: 'form_param_exceeds_allowed_size', status: 422, attempts: 1 })
    expect(frontend.user?.unsafeMetadata).toEqual(ofBytes(metadataLimit))
  })
})

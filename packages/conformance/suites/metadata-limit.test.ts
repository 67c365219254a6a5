import { kinds, metadataField, metadataLimit } from '@acme/schema'
import { expect, test } from 'vitest'
import { forEachTarget, newName, ofBytes, userOf } from '../targets.ts'

const fillers = { CJK: '字', emoji: '😀', accents: 'é', 'line breaks': '\n', quotes: '"', controls: '\u0001' }

forEachTarget((world) => {
  for (const kind of kinds) {
    const field = metadataField(kind)
    for (const [name, filler] of Object.entries(fillers)) {
      test(`${metadataLimit} bytes of ${kind} metadata in ${name} are accepted and one more is not`, async () => {
        const { users } = world().backend
        const { id } = await users.createUser({ username: newName() })
        const stored = async () => (await users.getUser(id))[field]
        const refused = { code: 'form_param_exceeds_allowed_size', kind, limit: metadataLimit }
        const most = ofBytes(metadataLimit, filler)
        expect(new TextEncoder().encode(JSON.stringify(most)).length).toBe(metadataLimit)

        await users.replaceUserMetadata(id, { [field]: most })
        const replaced = await users
          .replaceUserMetadata(id, { [field]: ofBytes(metadataLimit + 1, filler) })
          .catch((e) => e)
        expect(replaced).toMatchObject({ ...refused, bytes: metadataLimit + 1, attempts: 0 })
        expect(await stored()).toEqual(most)

        // A merge is measured by what comes of it: `,"b":1` takes six bytes.
        await users.replaceUserMetadata(id, { [field]: ofBytes(metadataLimit - 6, filler) })
        await users.updateUserMetadata(id, { [field]: { b: 1 } })
        const full = await stored()
        const merged = await users.updateUserMetadata(id, { [field]: { b: 12 } }).catch((e) => e)
        expect(merged).toMatchObject({ ...refused, bytes: metadataLimit + 1, status: 422 })
        expect(await stored()).toEqual(full)
      })
    }
  }

  test('the browser is held to the same limit, here and on the server', async () => {
    for (const filler of Object.values(fillers)) {
      const frontend = await world().signUp()
      await userOf(frontend).update({ unsafeMetadata: ofBytes(metadataLimit, filler) })
      const here = await userOf(frontend)
        .update({ unsafeMetadata: ofBytes(metadataLimit + 1, filler) })
        .catch((e) => e)
      expect(here).toMatchObject({ code: 'form_param_exceeds_allowed_size', attempts: 0 })
      const there = await userOf(frontend)
        .updateMetadata({ unsafeMetadata: { b: 1 } })
        .catch((e) => e)
      expect(there).toMatchObject({ code: 'form_param_exceeds_allowed_size', status: 422, attempts: 1 })
      expect(frontend.user?.unsafeMetadata).toEqual(ofBytes(metadataLimit, filler))
      await userOf(frontend).update({ unsafeMetadata: ofBytes(metadataLimit - 6, filler) })
      await userOf(frontend).updateMetadata({ unsafeMetadata: { b: 1 } })
    }
  })

  test('the server measures for itself what a client does not', async () => {
    const { place, backend } = world()
    const { id } = await backend.users.createUser({ username: newName() })
    for (const method of ['PUT', 'PATCH']) {
      const response = await fetch(`${place.url}/v1/users/${id}/metadata`, {
        method,
        headers: { authorization: `Bearer ${place.secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ public_metadata: ofBytes(metadataLimit + 1), private_metadata: { a: 1 } }),
      })
      expect(response.status).toBe(422)
      const { errors } = (await response.json()) as { errors: { code: string; long_message: string; meta: object }[] }
      expect(errors[0]).toMatchObject({
        code: 'form_param_exceeds_allowed_size',
        long_message: 'The given public_metadata exceeds the maximum allowed size of 8192 bytes (8 KB).',
        meta: { param_name: 'public_metadata', bytes: metadataLimit + 1, largest: [{ path: ['text'] }] },
      })
    }
    expect(await backend.users.getUser(id)).toMatchObject({ publicMetadata: {}, version: 1 })
  })
})

import { expect, test } from 'vitest'
import { forEachTarget, newName, userOf } from '../targets.ts'

forEachTarget((world) => {
  test('the unsafe metadata of a sign-up by e-mail code becomes the user’s when it completes', async () => {
    const frontend = world().newFrontend()
    await frontend.load()
    const emailAddress = `${newName()}@example.com`
    let signUp = await frontend.signUp.create({
      emailAddress,
      password: 'correct horse battery',
      unsafeMetadata: { referrer: 'ad-7' },
    })
    expect(signUp).toMatchObject({
      status: 'missing_requirements',
      unverifiedFields: ['email_address'],
      unsafeMetadata: { referrer: 'ad-7' },
    })
    expect(frontend.user).toBeNull()
    expect(await world().backend.users.getCount({ emailAddress: [emailAddress] })).toBe(0)
    signUp = await signUp.update({ unsafeMetadata: { referrer: 'ad-8' }, firstName: 'Ada' })
    signUp = await signUp.prepareVerification()
    await expect(signUp.attemptVerification({ code: '000000' })).rejects.toMatchObject({ code: 'form_code_incorrect' })
    signUp = await signUp.attemptVerification({ code: '424242' })
    expect(signUp).toMatchObject({ status: 'complete' })
    expect(userOf(frontend)).toMatchObject({
      id: signUp.createdUserId,
      firstName: 'Ada',
      unsafeMetadata: { referrer: 'ad-8' },
    })
    const stored = await world().backend.users.getUser(userOf(frontend).id)
    expect(stored).toMatchObject({ unsafeMetadata: { referrer: 'ad-8' }, publicMetadata: {}, version: 1 })
  })

  test('signing out and in again finds the same user', async () => {
    const frontend = await world().signUp()
    const { id, username } = userOf(frontend)
    await frontend.signOut()
    expect(frontend.user).toBeNull()
    const identifier = username as string
    await expect(frontend.signIn.create({ identifier, password: 'not the password' })).rejects.toMatchObject({
      code: 'form_password_incorrect',
    })
    const signIn = await frontend.signIn.create({ identifier, password: 'correct horse battery' })
    expect(signIn.status).toBe('complete')
    expect(frontend.user?.id).toBe(id)
    const claims = await world().backend.tokens.verify((await frontend.session?.getToken()) as string)
    expect(claims).toMatchObject({ userId: id, sessionId: frontend.session?.id })
  })

  test('an e-mail code signs in as well', async () => {
    const emailAddress = `${newName()}@example.com`
    const user = await world().backend.users.createUser({ emailAddress: [emailAddress] })
    const frontend = world().newFrontend()
    let signIn = await frontend.signIn.create({ identifier: emailAddress })
    expect(signIn.status).toBe('needs_first_factor')
    signIn = await signIn.prepareFirstFactor()
    signIn = await signIn.attemptFirstFactor({ code: '424242' })
    expect(frontend.user?.id).toBe(user.id)
  })

  test('a user who deletes their account is gone, and signed out', async () => {
    const frontend = await world().signUp()
    const { id } = userOf(frontend)
    await userOf(frontend).delete()
    expect(frontend.user).toBeNull()
    await expect(world().backend.users.getUser(id)).rejects.toMatchObject({ code: 'resource_not_found', status: 404 })
  })
})

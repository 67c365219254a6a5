import type { Frontend, FrontendOptions } from '@acme/frontend'
import { createAccount, createPasswordReset } from '@acme/frontend/account'

/** Asks the user for something. */
export type Ask = (what: string) => Promise<string>

export async function manage(acme: Frontend<unknown>, options: FrontendOptions<unknown>, ask: Ask) {
  // #region account
  const account = createAccount(acme, options)

  const { id } = await account.addEmailAddress(await ask('e-mail address'))
  await account.prepareEmailAddress(id)
  await account.attemptEmailAddress(id, await ask('code'))
  await acme.user?.update({ primaryEmailAddressId: id })

  await account.changePassword({
    currentPassword: await ask('current password'),
    newPassword: await ask('new password'),
    signOutOfOtherSessions: true,
  })
  // #endregion account
  // #region devices
  const sessions = await account.listSessions()
  const devices = sessions.map(({ latestActivity: { browserName, deviceType } }) => `${browserName} on ${deviceType}`)
  for (const { id } of sessions) if (id !== acme.session?.id) await account.revokeSession(id)
  // #endregion devices
  return devices
}

export async function forgotten(acme: Frontend<unknown>, options: FrontendOptions<unknown>, ask: Ask) {
  // #region reset
  const reset = createPasswordReset(acme, options)
  await reset.begin(await ask('e-mail address'))
  await reset.attempt(await ask('code'))
  await reset.finish({ password: await ask('new password') })
  // #endregion reset
}

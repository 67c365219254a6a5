import { createAccounts } from '@acme/backend/accounts'
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

export async function invite(options: { readonly secretKey: string; readonly apiUrl: string }, emailAddress: string) {
  // #region invite
  const accounts = createAccounts(options)

  const { url } = await accounts.createInvitation({
    emailAddress,
    publicMetadata: { plan: 'pro' },
    redirectUrl: 'https://app.example.com/sign-up',
  })
  // #endregion invite
  return url
}

export async function follow(acme: Frontend<unknown>, location: { readonly search: string }) {
  // #region ticket
  const ticket = new URLSearchParams(location.search).get('__clerk_ticket')
  if (ticket) await acme.signUp.create({ ticket, firstName: 'Ada' })
  // #endregion ticket
}

export async function support(
  options: { readonly secretKey: string; readonly apiUrl: string },
  userId: string,
  emailAddress: string,
) {
  const accounts = createAccounts(options)
  // #region support
  const { id } = await accounts.createEmailAddress({ userId, emailAddress, verified: true, primary: true })
  for await (const { emailAddress, status } of accounts.listInvitations({ status: 'pending' })) {
    console.log(emailAddress, status)
  }
  await accounts.banUsers([userId])
  // #endregion support
  return id
}

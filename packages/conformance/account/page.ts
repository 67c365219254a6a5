// What runs in the page: an account by our own SDK, a button for each thing that can be done with it.
import { createFrontend } from '@acme/frontend'
import { createAccount, createPasswordReset } from '@acme/frontend/account'

const publishableKey = new URLSearchParams(location.search).get('key') ?? ''
const acme = createFrontend<unknown>({ publishableKey })
const account = createAccount(acme, { publishableKey })
const reset = createPasswordReset(acme, { publishableKey })

/** Reads a field by its label. */
const read = (label: string) => fields.get(label)?.value ?? ''
const fields = new Map<string, HTMLInputElement>()
let added = ''

const actions: Readonly<Record<string, () => Promise<unknown>>> = {
  'Sign up': async () => {
    const begun = await acme.signUp.create({ emailAddress: read('Email address'), password: read('Password') })
    await begun.prepareVerification()
  },
  'Verify sign-up': () => acme.signUp.attemptVerification({ code: read('Code') }),
  'Sign in': () => acme.signIn.create({ identifier: read('Email address'), password: read('Password') }),
  'Forgot password': () => reset.begin(read('Email address')),
  'Reset password': async () => {
    await reset.attempt(read('Code'))
    await reset.finish({ password: read('Password') })
  },
  'Add address': async () => {
    added = (await account.addEmailAddress(read('Email address'))).id
    await account.prepareEmailAddress(added)
  },
  'Verify address': () => account.attemptEmailAddress(added, read('Code')),
  'Make primary': async () => {
    await acme.user?.update({ primaryEmailAddressId: added })
    for (const { id } of acme.user?.emailAddresses ?? []) if (id !== added) await account.deleteEmailAddress(id)
  },
  'Sign out everywhere else': async () => {
    for (const { id } of await account.listSessions()) if (id !== acme.session?.id) await account.revokeSession(id)
  },
  'Sign out': () => acme.signOut(),
  'Delete account': async () => acme.user?.delete(),
}

const output = document.createElement('output')
const show = (what: string) => {
  const addresses = acme.user?.emailAddresses.map(({ emailAddress }) => emailAddress) ?? []
  output.textContent = `${what}: ${acme.user ? addresses.join(', ') : 'nobody'}`
}

for (const label of ['Email address', 'Password', 'Code']) {
  const field = document.createElement('input')
  const around = document.createElement('label')
  around.append(label, field)
  fields.set(label, field)
  document.body.append(around)
}
for (const [name, act] of Object.entries(actions)) {
  const button = document.createElement('button')
  button.textContent = name
  button.addEventListener('click', async () => {
    output.textContent = '…'
    await act().then(
      () => show(name),
      (error: { code?: string }) => show(`${name} refused by ${error.code}`),
    )
  })
  document.body.append(button)
}
document.body.append(output)
void acme.load().then(() => show('Load'))

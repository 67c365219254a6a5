import { acme } from './acme.ts'

const who = document.querySelector<HTMLElement>('#who')!
const form = document.querySelector('form')!
const theme = document.querySelector<HTMLButtonElement>('#theme')!

acme.subscribe(() => {
  const { user } = acme
  form.hidden = user !== null
  theme.hidden = user === null
  who.textContent = user
    ? `${user.username}: plan ${user.publicMetadata.plan}, theme ${user.unsafeMetadata.theme}`
    : 'Nobody is signed in.'
})

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const fields = new FormData(form)
  await acme.signUp.create({
    username: `${fields.get('username')}`,
    password: `${fields.get('password')}`,
    unsafeMetadata: { theme: 'dark' },
  })
})

theme.addEventListener('click', async () => {
  const { user } = acme
  await user?.updateMetadata({ unsafeMetadata: { theme: user.unsafeMetadata.theme === 'dark' ? 'light' : 'dark' } })
})

await acme.load()

import { entries } from './entries.ts'

/** A page in the sidebar. */
export interface NavigationItem {
  readonly text: string
  /** Its address below the site, `/start/react` for example. */
  readonly link: string
}

/** A part of the sidebar. */
export interface NavigationPart {
  readonly text: string
  readonly items: readonly NavigationItem[]
}

/** Every page of the site but the first, in the order in which they are read. */
export const navigation: readonly NavigationPart[] = [
  {
    text: 'Five minutes with',
    items: [
      { text: 'A new app', link: '/start/new' },
      { text: 'React', link: '/start/react' },
      { text: 'Next', link: '/start/next' },
      { text: 'A plain page', link: '/start/page' },
      { text: 'Node', link: '/start/node' },
      { text: 'Express', link: '/start/express' },
      { text: 'Workers', link: '/start/workers' },
    ],
  },
  {
    text: 'How it works',
    items: [
      { text: 'The three kinds', link: '/guide/kinds' },
      { text: 'Typing', link: '/guide/typing' },
      { text: 'Merge and replace', link: '/guide/merge-and-replace' },
      { text: 'The limit', link: '/guide/limit' },
      { text: 'Accounts', link: '/guide/accounts' },
      { text: 'Live pages', link: '/guide/live' },
      { text: 'Claims', link: '/guide/claims' },
      { text: 'History', link: '/guide/history' },
      { text: 'Finding users', link: '/guide/find-users' },
      { text: 'Migrations', link: '/guide/migrations' },
      { text: 'Webhooks', link: '/guide/webhooks' },
      { text: 'Calls that fail', link: '/guide/calls' },
      { text: 'Testing', link: '/guide/testing' },
      { text: 'Running the server', link: '/guide/running' },
      { text: 'The dashboard', link: '/guide/dashboard' },
      { text: 'Support and erasure', link: '/guide/support' },
      { text: 'Keys and secrets', link: '/guide/keys' },
      { text: 'Runtimes and versions', link: '/guide/runtimes' },
      { text: 'Bringing users along', link: '/guide/importing' },
      { text: 'Security', link: '/guide/security' },
    ],
  },
  {
    text: 'Coming from',
    items: [
      { text: 'Clerk', link: '/from/clerk' },
      { text: 'Supabase', link: '/from/supabase' },
      { text: 'Auth0', link: '/from/auth0' },
      { text: 'Firebase', link: '/from/firebase' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Errors', link: '/errors' },
      ...entries.map(({ name }) => ({ text: `@acme/${name}`, link: `/reference/${name}` })),
    ],
  },
]

import { fault } from '../domain/fault.ts'

/** A part of Clerk's API that this server does not have. */
export interface NotThere {
  readonly what: string
  /** The paths it has, each with all below it; `{…}` stands for one segment. */
  readonly paths: readonly string[]
}

/** What of Clerk's Backend API is not there. */
export const backendNotThere: readonly NotThere[] = [
  {
    what: 'Organizations, roles and permissions',
    paths: [
      '/v1/organizations',
      '/v1/organization_permissions',
      '/v1/organization_roles',
      '/v1/role_sets',
      '/v1/organization_invitations',
      '/v1/organization_domains',
      '/v1/organization_memberships',
      '/v1/users/{id}/organization_memberships',
      '/v1/users/{id}/organization_invitations',
    ],
  },
  {
    what: 'Changing identifiers: phone numbers, wallets, and an e-mail address in the place of another',
    paths: [
      '/v1/phone_numbers',
      '/v1/users/{id}/email_address',
      '/v1/users/{id}/phone_number',
      '/v1/users/{id}/web3_wallets',
    ],
  },
  {
    what: 'Codes for an e-mail address, asked for by a server: they are its owner’s to say',
    paths: ['/v1/email_addresses/{id}/prepare_verification', '/v1/email_addresses/{id}/attempt_verification'],
  },
  {
    what: 'Second factors, passkeys and the state of passwords',
    paths: [
      '/v1/users/{id}/mfa',
      '/v1/users/{id}/totp',
      '/v1/users/{id}/backup_code',
      '/v1/users/{id}/verify_totp',
      '/v1/users/{id}/passkeys',
      '/v1/users/{id}/password',
      '/v1/users/{id}/trusted_devices',
    ],
  },
  {
    what: 'Sign-in by others: OAuth, SAML, enterprise connections',
    paths: [
      '/v1/oauth_applications',
      '/v1/saml_connections',
      '/v1/enterprise_connections',
      '/v1/users/{id}/oauth_access_tokens',
      '/v1/users/{id}/external_accounts',
      '/oauth_applications',
      '/v1/directories',
      '/v1/scim_directories',
      '/v1/admin_portal_link_tokens',
    ],
  },
  {
    what: 'Who may sign up: many invitations at once, allow lists, block lists, waiting lists',
    paths: ['/v1/invitations/bulk', '/v1/allowlist_identifiers', '/v1/blocklist_identifiers', '/v1/waitlist_entries'],
  },
  {
    what: 'Other tokens: of actors, machines, agents, tests and API keys',
    paths: [
      '/v1/actor_tokens',
      '/v1/m2m_tokens',
      '/v1/machines',
      '/v1/agents',
      '/v1/testing_tokens',
      '/v1/api_keys',
      '/v1/sessions/{id}/refresh',
      '/v1/sessions/{id}/verify',
    ],
  },
  {
    what: 'Clients and sign-ups, seen from a server',
    paths: ['/v1/clients', '/v1/sign_ups'],
  },
  {
    what: 'Settings of the instance, domains, e-mails, Svix, billing',
    paths: [
      '/v1/instance',
      '/v1/beta_features',
      '/v1/domains',
      '/v1/proxy_checks',
      '/v1/redirect_urls',
      '/v1/accountless_applications',
      '/v1/email',
      '/v1/webhooks',
      '/v1/billing',
      '/v1/users/{id}/billing',
      '/v1/templates',
      '/v1/public',
    ],
  },
  { what: 'Profile images', paths: ['/v1/users/{id}/profile_image'] },
]

/** What of Clerk's Frontend API is not there. */
export const frontendNotThere: readonly NotThere[] = [
  {
    what: 'Organizations',
    paths: [
      '/v1/me/organization_memberships',
      '/v1/me/organization_invitations',
      '/v1/me/organization_suggestions',
      '/v1/me/organization_creation_defaults',
    ],
  },
  {
    what: 'Phone numbers and wallets',
    paths: ['/v1/me/phone_numbers', '/v1/me/web3_wallets'],
  },
  { what: 'Profile images', paths: ['/v1/me/profile_image'] },
  {
    what: 'Second factors, passkeys and asking again who it is',
    paths: [
      '/v1/me/totp',
      '/v1/me/backup_codes',
      '/v1/me/passkeys',
      '/v1/client/sign_ins/{id}/prepare_second_factor',
      '/v1/client/sign_ins/{id}/attempt_second_factor',
      '/v1/client/sessions/{id}/verify',
      '/v1/client/trusted_devices',
      '/v1/me/trusted_devices',
    ],
  },
  {
    what: 'Sign-in by others: OAuth, SAML, enterprise connections',
    paths: [
      '/v1/me/external_accounts',
      '/v1/me/enterprise_connections',
      '/v1/me/oauth',
      '/v1/client/sign_ups/{id}/enterprise_connections',
      '/v1/oauth_callback',
      '/v1/saml',
    ],
  },
  { what: 'Touching the client as a whole', paths: ['/v1/client/touch'] },
  {
    what: 'Sign-in for others: being an OpenID provider',
    paths: ['/oauth', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
  },
  {
    what: 'Native apps’ links and passkeys',
    paths: ['/.well-known/assetlinks.json', '/.well-known/apple-app-site-association', '/.well-known/webauthn'],
  },
  {
    what: 'Links in mails, in the place of codes',
    paths: ['/v1/verify', '/v1/tickets', '/v1/redirect', '/v1/client/link'],
  },
  {
    what: 'Satellite domains and cookies of development browsers',
    paths: [
      '/v1/client/sync',
      '/v1/dev_browser/init',
      '/v1/dev_browser/set_first_party_cookie',
      '/v1/clear-site-data',
      '/v1/proxy-health',
    ],
  },
  { what: 'Settings of the account portal, and health by this path', paths: ['/v1/account_portal', '/v1/health'] },
  { what: 'Tokens that a page makes for others', paths: ['/v1/me/tokens'] },
  {
    what: 'Waiting lists, billing and developer tools',
    paths: ['/v1/waitlist', '/v1/me/billing', '/v1/dev_tools'],
  },
]

/** The paths as a tree of their segments; `*` stands for any. */
interface Branch {
  what?: string
  readonly next: Map<string, Branch>
}

const tree: Branch = { next: new Map() }
for (const { what, paths } of [...backendNotThere, ...frontendNotThere]) {
  for (const path of paths) {
    let branch = tree
    for (const segment of path.split('/').slice(1)) {
      const name = segment.startsWith('{') ? '*' : segment
      const next: Branch = branch.next.get(name) ?? { next: new Map() }
      branch.next.set(name, next)
      branch = next
    }
    branch.what = what
  }
}

/** Refuses an address of Clerk's API that this server does not have. @throws Fault 501 */
export function assertThere({ pathname }: URL): void {
  const missing = notThere(pathname)
  if (missing) throw fault(501, 'not_implemented', 'not implemented', `Not a part of this server: ${missing}.`)
}

/** Names the part of Clerk's API that a path belongs to and this server does not have. */
export function notThere(path: string): string | undefined {
  return find(tree, path.split('/'), 1)
}

function find({ what, next }: Branch, segments: readonly string[], at: number): string | undefined {
  if (what !== undefined) return what
  const segment = segments[at]
  if (segment === undefined) return undefined
  const named = next.get(segment)
  const any = segment === '' ? undefined : next.get('*')
  return (named && find(named, segments, at + 1)) ?? (any && find(any, segments, at + 1))
}

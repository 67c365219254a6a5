/** What is to be known of a code. */
export interface ExplainedCode {
  /** How it comes about. */
  readonly cause: string
  /** What to do. */
  readonly cure: string
}

/** A group of codes, in the words of who meets them. */
export interface CodeGroup {
  readonly title: string
  readonly codes: Readonly<Record<string, ExplainedCode>>
}

const tryLater = 'The SDKs try again by themselves. If it goes on, look at the server: its log names the cause.'
const ownCode = 'The SDKs never send this; look at what else does.'

/**
 * Every code, explained. A test holds it against the sources: a code that is thrown and not here fails, and so does one
 * that is here and never thrown.
 */
export const codeGroups: readonly CodeGroup[] = [
  {
    title: 'Metadata',
    codes: {
      form_param_value_invalid: {
        cause:
          'A value is not JSON, breaks a rule of metadata, or does not fit your schema. With a kind it is a `MetadataInvalidError`, whose `issues` name each path and what is wrong there. Another parameter of the wrong form has this code, too.',
        cure: 'Mend the values that `issues` names. Dates and other classes are no JSON: store them as text, or [use codecs](/guide/typing#dates-and-other-types). Nothing was stored.',
      },
      form_param_exceeds_allowed_size: {
        cause:
          'A kind of metadata would have more than 8192 bytes of JSON, for a merge counted after it. It is a `MetadataTooLargeError` with `bytes`, `limit` and the `largest` members.',
        cure: 'Keep what is large in your own database and its id here; see [the limit](/guide/limit). Nothing was stored.',
      },
      form_param_unknown: {
        cause:
          'A parameter that the request does not have. In a page: public or private metadata was sent, which the Frontend API may not change.',
        cure: 'Write public and private metadata on your server, with `@acme/backend`.',
      },
      form_param_deprecated: {
        cause:
          'Metadata was sent along with other fields, in a version of the API that takes it at its own endpoint only.',
        cure: 'Use the SDKs, which choose the endpoint; by hand, use the one that the message names.',
      },
      claim_invalid: {
        cause:
          'A claim that no session token may carry: of private metadata, from where nothing can stand by the schema, or with a name that is taken. The message names the claim and the path.',
        cure: 'Give a path into public or unsafe metadata; see [claims](/guide/claims).',
      },
      claims_too_large: {
        cause:
          'By the schemas, the claims can come to more than 1,200 bytes of a session token, which has to fit into a cookie. The message names the largest.',
        cure: 'Bound them in the schema (an enum, a maximal length), leave the largest out, or push with `--allow-large-claims`; see [how large they may be](/guide/claims#how-large-they-may-be).',
      },
      version_conflict: {
        cause:
          'A conditional write (`ifMatch`) found the user changed meanwhile. It is a `MetadataConflictError`; `current` is the user as they are now.',
        cure: 'Compute the change anew from `current`, or let `modifyUserMetadata` and `modifyMetadata` [do that](/guide/merge-and-replace#counting-and-other-changes-that-depend-on-what-is-there). Nothing was stored.',
      },
      version_missing: {
        cause: 'A modification needs versions of users, and the server that was asked (Clerk’s) keeps none.',
        cure: 'Use `@acme/server`, or an update.',
      },
      version_not_kept: {
        cause: 'The history does not go back to that version of the user, or there is no such version yet.',
        cure: 'Take one of those that the message names. [How long it is kept](/guide/history#how-long).',
      },
      partly_applied: {
        cause:
          'Against Clerk, `updateUser` with fields and metadata is two requests: the fields were set, and then the metadata failed. `cause` is why.',
        cure: 'Repeat the metadata alone. On `@acme/server` it is one write, and this cannot happen.',
      },
      metadata_schemas_broken: {
        cause: 'Schemas were pushed that stored users break; the message counts them.',
        cure: 'Look at them by `schema check`, mend the users or the schemas, or push with `--force`.',
      },
      metadata_schema_unusable: {
        cause: 'A pushed schema could break a write instead of judging it. `meta` names the keyword and its place.',
        cure: 'Take the keyword out. [What is refused](/guide/typing#on-the-server-too), and why.',
      },
      metadata_index_missing: {
        cause:
          'Users were asked for by a path of their metadata that has no index; `meta` names it. Nothing is scanned.',
        cure: 'Add the path to `indexes` of `defineMetadata`, and push: `npx @acme/server schema push`. [How users are found](/guide/find-users).',
      },
      metadata_index_building: {
        cause: 'Users were asked for by a path whose index is being built since the last push.',
        cure: 'Ask again once it is ready: `schema push` waits for it, and `jobs` shows how far it is.',
      },
      metadata_index_unusable: {
        cause: 'An index was pushed by a path that begins with no kind of metadata or names no key, or too many were.',
        cure: 'Name the kind and the keys, `public.plan` for example; there may be twenty.',
      },
      metadata_filter_invalid: {
        cause:
          'A question about metadata names no path, or compares with what is no value, `undefined` for example: without it everybody would be found.',
        cure: 'Ask for a value, or `{ exists: true }`. Nothing was sent.',
      },
      user_ambiguous: {
        cause: '`findUser` found more than one user who has this metadata.',
        cure: 'Ask by a path that is declared `unique`, or take them all by `users.list`.',
      },
      cursor_invalid: {
        cause: '`updateWhere` was given a cursor that none of its calls gave.',
        cure: 'Give the one that `onProgress` was called with last, or that of the error that broke it off.',
      },
      update_stopped: {
        cause:
          '`updateWhere` was broken off: a request failed, a signal ended it, or a function of yours threw. `cause` is what happened.',
        cure: 'See to the cause, and call it again with the `cursor` of the error: the users up to there are through.',
      },
      metadata_not_unique: {
        cause:
          'A write would give a user a value that another one has, at a path that is declared `unique`; `meta` names the path, and neither the value nor the other user.',
        cure: 'Find who has it by `users.findUser`, on your server, and decide whose it is.',
      },
    },
  },
  {
    title: 'Keys and addresses',
    codes: {
      secret_key_invalid: {
        cause: 'The secret key has not the form `sk_test_…` or `sk_live_…`, or there is none.',
        cure: 'Set `ACME_SECRET_KEY` from `.acme/keys.env` of the server, or give `secretKey`.',
      },
      secret_key_in_options: {
        cause: '`revokeSecretKey` was given a key that the server has by its option `secretKeys`, not by its storage.',
        cure: 'Start the server without it. The key opens as long as a server runs that was given it.',
      },
      sealing_key_missing: {
        cause:
          'The database holds secrets that are sealed by a key, and the server or command was started without it. The message names the key by a part of its digest.',
        cure: 'Set `ACME_SEALING_KEY` to the key, or `ACME_SEALING_KEY_PREVIOUS` where another takes its place; see [sealing](/guide/keys#sealed-in-the-database). Without the key nothing opens what it has sealed.',
      },
      sealed_metadata_indexed: {
        cause:
          'Private metadata is sealed, and a path of it is declared in `indexes` or `unique`: an index keeps values in clear, and finds none that is sealed.',
        cure: 'Take the path out of `indexes` and `unique`, or do not seal private metadata.',
      },
      signing_key_in_options: {
        cause: '`rotateSigningKey` was called on a server that has its signing key by its option `signingKey`.',
        cure: 'Start the servers with the new key as that option and the old one among `verificationKeys`; see [keys](/guide/keys#a-key-of-your-own).',
      },
      insufficient_scope: {
        cause: 'The secret key was made for less than it was used for. `meta.scope` names the scope that is needed.',
        cure: 'Make a key that has the scope, by `keys add --scope`, or use another one; see [scopes](/guide/keys#what-a-key-may-do).',
      },
      instance_type_mismatch: {
        cause:
          'The storage is that of a live instance and the publishable key is a test one, or the other way round. In a test instance every code is 424242. On the command line `--origin` makes an instance live.',
        cure: 'Give `--origin` as at the first start, or leave it out as then; in code, give the publishable key of the instance. Or give another storage.',
      },
      secret_key_in_page: {
        cause: '`@acme/backend` was loaded in a browser page, where everyone can read the secret key.',
        cure: 'Use `@acme/frontend` in pages. If the key was in the bundle, replace it. In tests that pretend to be a page, see [testing](/guide/testing).',
      },
      publishable_key_invalid: {
        cause: 'The publishable key has not the form `pk_test_…` or `pk_live_…`, or names no host.',
        cure: 'Copy `ACME_PUBLISHABLE_KEY` from `.acme/keys.env` of the server, whole.',
      },
      api_url_missing: {
        cause: 'The backend was not told where the server is. A secret key is sent nowhere by default.',
        cure: 'Set `ACME_API_URL`, or give `apiUrl`; `npx @acme/server` prints it.',
      },
      api_url_invalid: {
        cause: '`apiUrl` is no address of a server.',
        cure: 'Give an address such as `https://accounts.example.com`, without a query and without a user in it.',
      },
      authorized_party_invalid: {
        cause: '`authorizedParties` holds something that is no origin.',
        cure: 'Give each as `https://app.example.com`: without a path, and without a slash at its end.',
      },
      authorized_parties_missing: {
        cause:
          'A user’s cookie came to `authenticate` with a request that may change something, and it was not told which pages may call.',
        cure: 'Give `authorizedParties`, the origins of your pages: any page on the web could have its visitors send such a request.',
      },
      clerk_key_invalid: {
        cause: 'The secret key is not one of this instance. The code is Clerk’s word for it.',
        cure: 'Compare with the key file of the server that `apiUrl` names: often key and address are of two servers.',
      },
      authentication_invalid: {
        cause: 'A request to the Backend API without a secret key.',
        cure: 'Send it as `Authorization: Bearer sk_…`; the SDK does.',
      },
      authorization_header_format_invalid: {
        cause: 'The `Authorization` header is not `Bearer` and a key.',
        cure: 'Send it as `Authorization: Bearer sk_…`; the SDK does.',
      },
      origin_invalid: {
        cause: 'A page of an origin that the instance does not allow.',
        cure: 'Start the server with `--allowed-origin https://your.app`, or give `allowedOrigins`. Pages of this machine are allowed in test instances.',
      },
      host_invalid: {
        cause:
          'The request names another host than the instance’s: a proxy that passes on its own, or a page of another name that resolves to this machine.',
        cure: 'Have the proxy pass the `Host` on, or allow that origin.',
      },
      origin_authorization_headers_conflict: {
        cause: 'A page (`Origin`) sent its token in the `Authorization` header, as only apps without cookies do.',
        cure: 'Use [`fetchWithoutCookies`](/reference/frontend#fetchwithoutcookies) outside of pages only.',
      },
      dev_browser_unauthenticated: {
        cause: 'A development browser of Clerk’s SDK that this server does not know (any more).',
        cure: 'Load the page again; clerk-js asks for a new one.',
      },
    },
  },
  {
    title: 'Sessions and tokens',
    codes: {
      signed_out: {
        cause: 'Nobody is signed in: never, not any more, or the session was revoked, or its user banned or deleted.',
        cure: 'Show the sign-in. `useUser()` says `isSignedIn: false` by then.',
      },
      token_invalid: {
        cause:
          'A session token that is expired, of another instance, made for another origin, or no token; the message says which.',
        cure: 'Answer 401. The page gets a fresh one by `session.getToken()`: tokens live for a minute. Give `authorizedParties` the page’s origin as its browser writes it.',
      },
      token_stale: {
        cause:
          'A session token that is good, and was made of the user before the version that `minVersion` asks for, or says none.',
        cure: 'Answer 401, and have the page call `user.reload()` and then `session.getToken()`; see [claims](/guide/claims#how-current-they-are).',
      },
      jwt_templates_exceeded: {
        cause: 'There are 50 templates of tokens, and no more may be.',
        cure: 'Delete one that is not used any more, or change it.',
      },
      duplicate_record: {
        cause: 'There is a template of tokens of this name, or a pending invitation to this e-mail address.',
        cure: 'Change that one, or choose another name; revoke that one, or set `ignore_existing`.',
      },
      sign_in_token_already_used_code: {
        cause: 'A sign-in token that was used before.',
        cure: 'Make a new one: each signs in once.',
      },
      ticket_invalid_code: {
        cause: 'A sign-in token or an invitation that is none, was revoked, or was used.',
        cure: 'Make a new one.',
      },
      ticket_expired_code: {
        cause: 'A sign-in token or an invitation that has expired.',
        cure: 'Make a new one, or give it more time.',
      },
    },
  },
  {
    title: 'Signing up and in',
    codes: {
      form_identifier_exists: {
        cause: 'The e-mail address, username or external id is another user’s.',
        cure: 'Offer the sign-in. On your server, look the user up by it.',
      },
      form_password_incorrect: {
        cause:
          'The identifier or the password is incorrect. Which of them is never told, so that nobody learns who has an account.',
        cure: 'Ask again, or offer a code.',
      },
      sign_up_mode_restricted: {
        cause: 'The server takes no sign-ups, or those only whom an invitation has asked.',
        cure: 'Send an invitation (`POST /v1/invitations`), or start the server with another `--sign-up-mode`.',
      },
      invitation_not_pending: {
        cause: 'An invitation was to be revoked that was revoked or accepted before.',
        cure: 'Nothing is to be done: it lets nobody in any more.',
      },
      invitation_not_sent: {
        cause: 'The mail of an invitation could not be sent, and so there is none. The log of the server says why.',
        cure: 'Ask again once mail works, or set `notify: false` and hand the `url` over yourself.',
      },
      captcha_missing_token: {
        cause: 'The server tells people from programs, and the sign-up came without the token of the widget.',
        cure: 'Show the widget, and give `captchaToken`; Clerk’s components do it by themselves.',
      },
      captcha_invalid: {
        cause: 'The token of the widget was no good: made up, used before, or too old.',
        cure: 'Show the widget again.',
      },
      form_password_pwned: {
        cause: 'The password is in the list of stolen ones that the server was started with.',
        cure: 'Ask for another one: this one is tried first.',
      },
      send_notice_missing: {
        cause:
          '`createServer` was given `signUps.hidesAccounts` and `sendCode`, and no way to tell the owner of an account.',
        cure: 'Give `sendNotice`.',
      },
      form_password_length_too_short: { cause: 'A password has at least 8 characters.', cure: 'Ask for a longer one.' },
      form_password_length_too_long: {
        cause: 'A password has at most 256 characters.',
        cure: 'Ask for a shorter one.',
      },
      form_password_digest_invalid: {
        cause:
          'A password_digest is not what its password_hasher makes, or costs more to check than the server takes on.',
        cure: 'See the limits of each hasher, and have whoever is left out sign in by a code.',
      },
      form_code_incorrect: {
        cause: 'The code is not the one that was sent.',
        cure: 'Ask again. In test instances every code is 424242.',
      },
      verification_not_sent: {
        cause: 'A code was tried before one was sent.',
        cure: 'Call `prepareVerification` or `prepareFirstFactor` first.',
      },
      verification_expired: { cause: 'The code is too old.', cure: 'Send a new one.' },
      verification_failed: { cause: 'Too many wrong codes were tried on this one.', cure: 'Send a new one.' },
      verification_strategy_invalid: {
        cause: 'The sign-up has no e-mail address that could be verified.',
        cure: 'Give `emailAddress` first.',
      },
      too_many_requests: {
        cause:
          'Too many attempts, by this account or this part of the network. [What is counted](/guide/security#guessing).',
        cure: 'Wait `retryAfter` seconds. Behind a proxy, set `--trusted-proxies`, or everybody counts as one.',
      },
      user_banned: {
        cause: 'The user is banned. Told only to who has proved to be them.',
        cure: 'Unban them, or tell them whom to ask.',
      },
      user_locked: {
        cause: 'The user is locked for up to an hour. Told only to who has proved to be them.',
        cure: 'Wait, or unlock them.',
      },
      conflict: { cause: 'Another request changed the sign-up at the same time.', cure: 'Repeat the step.' },
    },
  },
  {
    title: 'Users',
    codes: {
      resource_not_found: {
        cause: 'There is no user, session or endpoint of that name. Also: a user who was deleted.',
        cure: 'Check the id, and that key and address are of the instance you mean.',
      },
      id_invalid: {
        cause: 'What should be an id has not its form (`user_…`). Nothing was sent.',
        cure: 'Give the id as the server gave it, not an e-mail address or your own id. By your own id, list with `externalId`.',
      },
      form_data_missing: {
        cause: 'Too little was given: a user needs an e-mail address or a username.',
        cure: 'Give what the message names.',
      },
      form_param_missing: {
        cause: 'A parameter that the request needs was not given.',
        cure: 'Give the one that `errors[0].param` names.',
      },
      form_param_format_invalid: {
        cause: 'A username (3 to 64 letters, digits, `_`, `-`, `.`) or an e-mail address of another form.',
        cure: 'Say so beside the field that `errors[0].param` names.',
      },
      form_param_max_length_exceeded: {
        cause: 'A name or an external id has more than 256 characters.',
        cure: 'Shorten it.',
      },
      form_param_invalid_time: {
        cause: 'A time is not written as RFC 3339 says.',
        cure: `Give a \`Date\` to the SDK. ${ownCode}`,
      },
      form_param_duplicate: { cause: 'The same value, or the same parameter, is given twice.', cure: 'Give it once.' },
      form_param_array_size_exceeded: {
        cause: 'A condition of a list has more than 100 values.',
        cure: 'Ask in parts.',
      },
      email_addresses_exceeded: {
        cause: 'The user has as many e-mail addresses as may be, or as many that are not verified.',
        cure: 'Verify or delete some first.',
      },
      verification_already_verified: {
        cause: 'A code was asked for, or tried, for an e-mail address that is verified.',
        cure: 'Nothing: read the user again.',
      },
      last_identification_deletion_failed: {
        cause: 'What was to be deleted is all that is left by which the user could sign in.',
        cure: 'Add another way in first: a verified e-mail address, or a password beside a username.',
      },
      no_password_set: {
        cause: 'The password of a user who has none was to be checked.',
        cure: 'Set one, or have them sign in by a code.',
      },
      incorrect_password: { cause: 'The password that was to be checked is not the user’s.', cure: 'Ask again.' },
    },
  },
  {
    title: 'The dashboard',
    codes: {
      dashboard_session_invalid: {
        cause:
          'Nobody is signed in to the dashboard (any more): half an hour without a request, twelve hours in all, or the secret key was revoked.',
        cure: 'Sign in again; what was typed is still there.',
      },
      dashboard_code_invalid: {
        cause: 'A link that signs in was opened a second time, or later than a minute after it was made.',
        cure: 'Open it anew where it came from, or sign in by the secret key.',
      },
      dashboard_origin_invalid: {
        cause: 'The dashboard was asked by a page that is not its own, or is shown within another page.',
        cure: 'Open it by its own address. Behind a proxy: have it pass the `Host` on.',
      },
      secret_key_name_taken: {
        cause: 'A secret key is to have a name that another one has.',
        cure: 'Choose another name, or revoke the one that has it.',
      },
      secret_keys_exceeded: {
        cause: 'There are a hundred secret keys, which is as many as there may be.',
        cure: 'Revoke those that nobody uses: the list says when each was used last.',
      },
      secret_key_needed: {
        cause: 'The only secret key, or the one that the server starts by, is to be revoked.',
        cure: 'Add another first, and put it in the place of the one in `keys.env`.',
      },
      dashboard_proof_invalid: {
        cause: 'A request to the dashboard without the proof that its page holds, or with that of an earlier session.',
        cure: 'Load the page again. Programs use the Backend API and its secret key instead.',
      },
    },
  },
  {
    title: 'Bringing users along',
    codes: {
      email_address_not_verified: {
        cause: 'In the report of an import: nobody has verified the only address of a user, who may not be its owner.',
        cure: 'Have them sign up, or take such addresses as they are by `--take-unverified`.',
      },
      password_hasher_unknown: {
        cause:
          'In the report of an import: a password hash is of a kind that is [not taken](/guide/importing#passwords).',
        cure: 'Take them without it by `--skip-unknown-passwords`, so that they sign in by a code.',
      },
      password_digest_invalid: {
        cause:
          'In the report of an import: what stands for a password hash is none, or not with the parameters that were given.',
        cure: 'Look at what has written the export, and at the file of `--hash-config`.',
      },
      password_digest_too_costly: {
        cause:
          'In the report of an import: to verify a password hash would cost more than anybody who tries one may have the server do.',
        cure: 'Take them without it by `--skip-unknown-passwords`, so that they sign in by a code.',
      },
      metadata_invalid: {
        cause:
          'In the report of an import: what is to become metadata is no JSON object, or two members would become one.',
        cure: 'Mend it in the export, or map it elsewhere by `--map`.',
      },
      json_invalid: {
        cause:
          'In the report of an import: a record has a key twice, is nested too deeply, or holds what no database keeps.',
        cure: 'Mend the record in the export; the report says where.',
      },
      deleted_there: {
        cause: 'In the report of an import: the user was deleted there, and their row is still in the export.',
        cure: 'Nothing has to be done.',
      },
    },
  },
  {
    title: 'Webhooks',
    codes: {
      webhook_headers_missing: {
        cause:
          'A request has neither the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` nor those of `svix`: it is no webhook, or a proxy took them away.',
        cure: 'Answer it by an error; where it was one of yours, let the headers through.',
      },
      webhook_signature_invalid: {
        cause:
          'The signature does not fit the body: the secret is another endpoint’s, or the body was parsed and written anew.',
        cure: 'Verify the raw request, before anything has parsed it, with the secret that `webhooks add` or `webhooks rotate` printed.',
      },
      webhook_timestamp_invalid: {
        cause:
          'The request was signed more than five minutes ago or ahead: somebody sends an old one again, or a clock is wrong.',
        cure: 'Answer it by an error, and look at the clock of the machine. The server signs each attempt anew.',
      },
      webhook_body_used: {
        cause: 'The body of the request was read before it was verified.',
        cure: 'Give `verifyWebhook` the request as it came, or `request.clone()` to what reads it first.',
      },
      webhook_body_too_large: {
        cause: 'The body has more than 1 MiB, which no event has.',
        cure: 'Answer it by an error: it is none of yours.',
      },
      webhook_body_invalid: { cause: 'The body is not UTF-8.', cure: 'Answer it by an error: it is none of yours.' },
      webhook_event_unknown: {
        cause: 'The event is genuine and of no kind that this version of `@acme/backend` knows.',
        cure: 'Update `@acme/backend`, or name the types that the endpoint is to be told of: `--event-type`.',
      },
      webhook_secret_invalid: {
        cause: 'The secret has not the form `whsec_…`, or there is none.',
        cure: 'Give the secret that was printed when the endpoint was added; `npx @acme/server webhooks rotate` makes another.',
      },
      webhook_url_refused: {
        cause:
          'Webhooks go by https, and to machines of the public Internet: not to loopback, private, link-local or metadata addresses.',
        cure: 'Name the host when the server is started, if it is yours: `--webhook-allow-host localhost`.',
      },
      webhook_endpoints_exceeded: {
        cause: 'There are 20 endpoints already; each costs every write of a user a row.',
        cure: 'Remove one: `npx @acme/server webhooks remove`.',
      },
    },
  },
  {
    title: 'No usable answer',
    codes: {
      network_error: {
        cause: 'No usable answer arrived: the connection was refused, reset or cut short.',
        cure: 'See `outcome`: with `unknown` a write may have been done. [What is tried again](/guide/calls).',
      },
      timeout: {
        cause: 'No answer within `timeout` (an attempt) or `totalTimeout` (the call).',
        cure: 'See `outcome`, and read before you repeat a write. Give more time, or find out why it takes so long.',
      },
      aborted: {
        cause: 'Your own `AbortSignal` ended the call.',
        cure: 'Nothing, if that was meant. See `outcome` for what was already sent.',
      },
      unexpected_reply: {
        cause: 'An answer that is not the server’s: an error page of a proxy, or another service at that address.',
        cure: 'Look at `status`, and at what stands between you and the server.',
      },
      unexpected: { cause: 'A refusal without a code, by a server made by hand.', cure: 'Look at the message.' },
      mock_failure: { cause: 'Your test asked for this failure by `acme.fail`.', cure: 'Nothing: it works.' },
    },
  },
  {
    title: 'The server itself',
    codes: {
      internal_clerk_error: {
        cause: 'The server failed. The code is Clerk’s word for it.',
        cure: 'Find the line of the log with the `traceId` of the error: it names the causes and where they arose.',
      },
      storage_full: {
        cause: 'The database has no room left. Nothing was changed; reading goes on.',
        cure: 'Make room. The server is well again by itself.',
      },
      storage_read_only: {
        cause: 'The database cannot be written. Nothing was changed; reading goes on.',
        cure: 'Look at the rights of the files, or at whether a PostgreSQL standby answers.',
      },
      storage_outdated: {
        cause:
          'A server of a newer version has changed the database. Nothing was changed by this one; reading goes on.',
        cure: 'Update this server as well.',
      },
      storage_busy: { cause: 'Another process holds the database. Nothing was changed.', cure: tryLater },
      storage_overloaded: {
        cause: 'Too many lists of users that take long wait for their turn. Nothing was changed.',
        cure: tryLater,
      },
      server_overloaded: { cause: 'Too many requests are under way. Nothing was changed.', cure: tryLater },
      storage_unreachable: { cause: 'The database does not answer. Nothing was changed.', cure: tryLater },
      storage_interrupted: {
        cause: 'The database was lost from sight during the write: whether it was done is not known.',
        cure: 'The SDKs ask again by the idempotency key. By hand, read before you repeat the write.',
      },
      metadata_schemas_busy: {
        cause: 'Other schemas are being pushed, and all users looked through by them.',
        cure: 'Wait for the job that the message names: `npx @acme/server jobs wait`; or cancel it.',
      },
      job_cancelled: {
        cause: 'What was asked for is done in the background, and somebody cancelled it.',
        cure: 'Ask again, if it is still wanted.',
      },
      migration_from_other_schemas: {
        cause:
          'The `from` of a migration is not what the server enforces, or a migration that was begun has changed since.',
        cure: 'Push the schemas that it is from, or mend the module; `npx @acme/server schema list` names the version that holds.',
      },
      migration_done: {
        cause: 'All users are through with the migration, and its schemas are enforced.',
        cure: 'Nothing is to be done; `--down` [takes it back](/guide/migrations#back).',
      },
      migration_begun: {
        cause: 'A migration was to be cancelled, and some users have their new form already.',
        cure: 'Finish it by running it again, or [take it back](/guide/migrations#back) by `--down`.',
      },
      migration_not_under_way: {
        cause: 'Something was asked of a migration that is done, was cancelled, or was taken back meanwhile.',
        cure: 'Run `npx @acme/server schema migrate` again, which begins where it is.',
      },
      migration_name_invalid: {
        cause: 'The name of a migration has characters other than letters, digits, `_`, `.` and `-`, or more than 64.',
        cure: 'Name it like `0002-plan-to-tier`: it stands in the history of each user.',
      },
      too_many_jobs: {
        cause: 'Twenty jobs wait to be done in the background, or are under way.',
        cure: 'Wait for one to end, or cancel one: `npx @acme/server jobs list`, `jobs cancel`.',
      },
      too_many_streams: {
        cause: 'The process holds as many streams of live pages as it may.',
        cure: 'Nothing in a page: it asks again by itself. On the server, raise `maxStreams`, or start another process.',
      },
      not_implemented: {
        cause: 'A part of Clerk’s API that this server does not have; the message names it.',
        cure: 'See [what is there](/from/clerk#what-is-not-there).',
      },
      request_invalid_for_environment: {
        cause: 'What only test instances do was asked of a live one, or the instance has no way to send codes.',
        cure: 'Give `sendCode` to the server: see [mail](/guide/running#mail).',
      },
    },
  },
  {
    title: 'Requests made by hand',
    codes: {
      request_body_invalid: { cause: 'The body is not JSON in UTF-8, or not an object.', cure: ownCode },
      request_body_too_large: {
        cause: 'The body is larger than the server reads.',
        cure: 'Send less; metadata has 8192 bytes for each kind.',
      },
      unsupported_content_type: { cause: 'The body is not announced as `application/json`.', cure: ownCode },
      malformed_request_parameters: {
        cause: '`_method` in the query is not `PATCH`, `PUT` or `DELETE`.',
        cure: ownCode,
      },
      precondition_invalid: {
        cause: '`If-Match` does not name a version, such as `"3"`.',
        cure: 'Give `ifMatch` the `version` of a user.',
      },
      api_version_invalid: { cause: 'The version of the API is not one date.', cure: ownCode },
      idempotency_key_invalid: {
        cause: 'An idempotency key has 1 to 255 characters.',
        cure: 'Give one of that length, or none: the SDK makes its own.',
      },
      idempotency_key_in_use: { cause: 'A request with the same idempotency key is still under way.', cure: tryLater },
      idempotency_key_reused: {
        cause: 'The idempotency key was given to another request before.',
        cure: 'Make a new key for each write.',
      },
      idempotency_reply_gone: {
        cause: 'The write was done when it was asked for first, and what it changed is gone since.',
        cure: 'Nothing: it was done. `outcome` is `applied`.',
      },
    },
  },
]

/** The words of a mail; `{{code}}`, `{{url}}`, `{{address}}`, `{{host}}` and `{{minutes}}` stand for what they name. */
export interface MailText {
  readonly subject: string
  readonly text: string
  /** @default the text, as a page */
  readonly html?: string | undefined
}

/** What stands before a code, by what it is for; `code` is for what has no words of its own. */
const leads: Readonly<Record<string, readonly [subject: string, lead: string]>> = {
  sign_up: ['Confirm your e-mail address', 'This code confirms your e-mail address at {{host}}:'],
  sign_in: ['Your code to sign in', 'This code signs you in to {{host}}:'],
  reset_password: ['Your code for a new password', 'This code lets you choose a new password at {{host}}:'],
  verify_email_address: [
    'Confirm your e-mail address',
    'This code adds this e-mail address to your account at {{host}}:',
  ],
  code: ['Your code', 'Your code at {{host}}:'],
}

const withCode = Object.entries(leads).map(
  ([purpose, [subject, lead]]) =>
    [
      purpose,
      {
        subject: `${subject}: {{code}}`,
        text:
          `${lead}\n\n    {{code}}\n\n` +
          'It is of use for {{minutes}} minutes. Tell it to nobody: who runs {{host}} never asks for it.\n' +
          'If you did not ask for it, there is nothing to do.\n',
      },
    ] as const,
)

/** What is told of a change, and what to do where somebody else made it. */
const changes: Readonly<Record<string, readonly [subject: string, lead: string]>> = {
  password_changed: ['Your password was changed', 'The password of your account at {{host}} was changed.'],
  password_removed: ['Your password was removed', 'Your account at {{host}} has no password any more.'],
  email_address_added: [
    'An e-mail address was added',
    'The e-mail address {{address}} was added to your account at {{host}}.',
  ],
  email_address_removed: [
    'An e-mail address was removed',
    'The e-mail address {{address}} was removed from the account at {{host}} that it belonged to.',
  ],
  primary_email_address_changed: [
    'Your primary e-mail address was changed',
    'The primary e-mail address of your account at {{host}} is {{address}} now.',
  ],
}

const ofChanges = Object.entries(changes).map(
  ([purpose, [subject, lead]]) =>
    [
      purpose,
      {
        subject: `${subject} at {{host}}`,
        text:
          `${lead}\n\nIf it was you, there is nothing to do. If it was not, ask for a new password there at once, which signs\n` +
          'everybody else out, or tell who runs {{host}}.\n',
      },
    ] as const,
)

/** All that is written to users, by the purpose of the mail: the one place to change a word. */
export const mailTexts: ReadonlyMap<string, MailText> = new Map<string, MailText>([
  ...withCode,
  ...ofChanges,
  [
    'invitation',
    {
      subject: 'You are invited to {{host}}',
      text:
        'You are invited to sign up at {{host}}:\n\n    {{url}}\n\n' +
        'The link is yours alone, and is used once. If you do not know who invites you, there is nothing to do.\n',
    },
  ],
  [
    'account_exists',
    {
      subject: 'You have an account at {{host}}',
      text:
        'Somebody, perhaps you, wanted to sign up at {{host}} with this e-mail address. It has an account already: sign in,\n' +
        'or ask for a new password there. If it was not you, there is nothing to do.\n',
    },
  ],
])

/** What a mail must say, by its purpose: of those that are not here, the code. */
export const needed: Readonly<Record<string, string | undefined>> = {
  invitation: '{{url}}',
  account_exists: undefined,
  ...Object.fromEntries(ofChanges.map(([purpose]) => [purpose, undefined])),
}

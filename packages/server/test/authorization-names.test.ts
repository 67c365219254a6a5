import { expect, test } from 'vitest'
import { authorizationNames, looksLikeAuthorization } from '../src/domain/claims/authorization-names.ts'

test.each(
  `role roles Role user_role userRole admin isAdmin is_admin isadmin superuser super_admin SUPERADMIN plan planId plan_name
  currentPlan subscriptionPlan tier tiers subscription_tier permission permissions userPermissions scope scopes credits
  creditsRemaining credit_balance accessLevel access_level hasAccess isPremium premium isPro is_staff moderator entitlements
  quota paid isPaid verified is_verified banned isBanned approved admin-flag`.split(/\s+/),
)('%s looks like authorization', (name) => {
  expect(looksLikeAuthorization(name)).toBe(true)
})

test.each(
  `theme referrer language planet planets plantName floorPlan mealPlan lessonPlans roleModel casting_role scopeOfInterest
  telescope telescopes creditsSong accreditation accessibility description descriptor notifications administrationNotes
  adminEmailOptIn tierlist frontier profile project improve professional process protein proTips newsletterSubscription
  paidHolidaysHint unverifiedNickname balanceBoard rolePlayCharacter enroll scroll permissionSlipText explanation display
  aboutMe draft list seenAt n __proto__ 字`.split(/\s+/),
)('%s does not', (name) => {
  expect(looksLikeAuthorization(name)).toBe(false)
})

const text = { type: 'string' }

test('they are found in what users write, at every depth and through references, and nowhere else', () => {
  const schemas = {
    public: { properties: { role: text } },
    private: { properties: { role: text } },
    unsafe: {
      properties: {
        theme: text,
        role: text,
        settings: { $ref: '#/$defs/settings' },
        teams: { type: 'array', items: { anyOf: [{ properties: { isAdmin: text } }, text] } },
      },
      allOf: [{ properties: { plan: text } }],
      $defs: { settings: { properties: { credits: text, again: { $ref: '#/$defs/settings' } } } },
    },
  }
  const found = authorizationNames(schemas, { level: 'unsafe.theme', plan: 'unsafe.theme', role: 'public.role' })
  expect(found.map(({ path }) => path)).toEqual([
    'unsafe.role',
    'unsafe.settings.credits',
    'unsafe.teams[].isAdmin',
    'unsafe.plan',
    'unsafe.theme',
  ])
  for (const { message } of found) expect(message).toContain('only your server can write')
})

test('so many are told of and no more', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [`level${at}`, { properties: { role: text } }]),
  )
  expect(authorizationNames({ unsafe: { properties } })).toHaveLength(20)
})

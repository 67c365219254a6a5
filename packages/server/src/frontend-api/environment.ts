import { serverVersion } from '../http/version.ts'
import type { Instance } from '../instance.ts'

/** Shows what this instance is and does, as clerk-js reads it, and what it adds to Clerk's wire. */
export function environmentJson(instance: Instance): object {
  const isTest = instance.instanceType === 'test'
  const { captcha } = instance.signUps
  const factor = { enabled: true, used_for_second_factor: false, second_factors: [] }
  const plain = {
    ...factor,
    required: false,
    used_for_first_factor: false,
    first_factors: [],
    verifications: [],
    verify_at_sign_up: false,
  }
  return {
    auth_config: {
      id: instance.id.replace(/^ins/, 'aconf'),
      object: 'auth_config',
      single_session_mode: false,
      reverification: false,
      claimed_at: null,
      test_mode: isTest,
    },
    display_config: {
      id: instance.id.replace(/^ins/, 'display'),
      object: 'display_config',
      instance_environment_type: isTest ? 'development' : 'production',
      application_name: '',
      captcha_public_key: captcha?.siteKey ?? null,
      captcha_public_key_invisible: captcha?.siteKey ?? null,
      captcha_widget_type: captcha ? (captcha.widgetType ?? 'smart') : null,
      captcha_provider: captcha?.provider ?? 'turnstile',
      captcha_oauth_bypass: [],
      captcha_heartbeat: false,
    },
    user_settings: {
      attributes: {
        email_address: {
          ...factor,
          required: true,
          used_for_first_factor: true,
          first_factors: ['email_code'],
          verifications: ['email_code'],
          verify_at_sign_up: true,
        },
        username: {
          ...factor,
          required: false,
          used_for_first_factor: true,
          first_factors: [],
          verifications: [],
          verify_at_sign_up: false,
        },
        first_name: plain,
        last_name: plain,
        password: plain,
      },
      social: {},
      actions: { delete_self: true, create_organization: false },
      sign_in: { second_factor: { required: false, enabled: false } },
      sign_up: {
        mode: instance.signUps.mode === 'open' ? 'public' : 'restricted',
        captcha_enabled: captcha !== undefined,
        progressive: true,
        legal_consent_enabled: false,
        mfa: { required: false },
      },
      password_settings: { min_length: 8, max_length: 256 },
    },
    organization_settings: { enabled: false },
    maintenance_mode: false,
    acme: {
      version: serverVersion,
      features: ['versions', 'idempotency', 'atomic_update', 'replace_metadata', 'metadata_schemas'],
    },
  }
}

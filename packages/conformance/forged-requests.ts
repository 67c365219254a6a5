import { kinds, metadataParam, visibility } from '@acme/schema'
import fc from 'fast-check'
import type { WireRequest } from './wire.ts'

/** What a forged request is aimed with. */
export interface Aim {
  readonly origin: string
  readonly cookie: string
  readonly userId: string
  readonly sessionId: string
  readonly signUpId: string
}

/** The metadata that the Frontend API may not change. */
const params = kinds.filter((kind) => visibility[kind].frontend !== 'write').map((kind) => metadataParam(kind))

const camel = (param: string) => param.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** Every way to spell a parameter that some parser, somewhere, takes for the same. */
const spellings: readonly ((param: string) => string)[] = [
  (param) => param,
  (param) => param,
  camel,
  (param) => param.toUpperCase(),
  (param) => param[0]?.toUpperCase() + param.slice(1),
  (param) => param.replace('_', '-'),
  (param) => `${param} `,
  (param) => ` ${param}`,
  (param) => `${param}[]`,
  (param) => `${param}[plan]`,
  (param) => `${param}.plan`,
  (param) => `user[${param}]`,
  (param) => `unsafe_metadata[../${param}]`,
  (param) => `unsafe_metadata.${param}`,
  (param) => `${param}\0`,
  (param) => `\ufeff${param}`,
  (param) => param.replace('p', '\uff50'),
  (param) => param.replace('a', '\u0430'),
  (param) => `__proto__.${param}`,
  (param) => `constructor.prototype.${param}`,
]

const values = [
  '{"plan":"pro"}',
  '{"plan":null}',
  '{}',
  'null',
  '[]',
  '[{"plan":"pro"}]',
  '"{\\"plan\\":\\"pro\\"}"',
  '{"plan":"pro","plan":"free"}',
  '{"__proto__":{"plan":"pro"}}',
  '{"a":{"a":{"a":{"plan":"pro"}}}}',
  '1',
  'true',
  '{"plan":',
  '',
]

const percentAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const unicodeAll = (text: string) =>
  [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
const quoted = (text: string) => JSON.stringify(text)
const multipart = (name: string, value: string) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--x--\r\n`

interface Carried {
  readonly type?: string | undefined
  readonly body?: string | Uint8Array | undefined
  readonly query?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'

/** Every way to carry a parameter and its value. */
const carriers: readonly ((name: string, value: string) => Carried)[] = [
  (name, value) => ({ type: form, body: `${encodeURIComponent(name)}=${encodeURIComponent(value)}` }),
  (name, value) => ({ type: form, body: `${percentAll(name)}=${percentAll(value)}` }),
  (name, value) => ({ type: form, body: `${encodeURIComponent(percentAll(name))}=${encodeURIComponent(value)}` }),
  (name, value) => ({
    type: form,
    body: `unsafe_metadata=%7B%7D&${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  }),
  (name, value) => ({ type: form, body: `${name}=%7B%7D&${name}=${encodeURIComponent(value)}` }),
  (name, value) => ({ type: form, body: `first_name=Ada;${name}=${value}` }),
  (name, value) => ({ type: `${form}; charset=UTF-16`, body: `${name}=${value}` }),
  (name, value) => ({ type: form, body: `{${quoted(name)}:${value}}` }),
  (name, value) => ({ type: form, body: `first_name=%ff&${name}=${encodeURIComponent(value)}` }),
  (name, value) => ({ type: form, body: `unsafe_metadata={"a":1}%26${name}=${encodeURIComponent(value)}` }),
  // Allowed, since it is unsafe metadata that happens to have such a key: nothing else may change by it.
  (name, value) => ({ type: form, body: `unsafe_metadata=${encodeURIComponent(`{${quoted(name)}:${value}}`)}` }),
  (name, value) => ({ type: json, body: `{${quoted(name)}:${value}}` }),
  (name, value) => ({ type: json, body: `{"${unicodeAll(name)}":${value}}` }),
  (name, value) => ({ type: json, body: `\ufeff{${quoted(name)}:${value}}` }),
  (name, value) => ({ type: json, body: `{"unsafe_metadata":{},${quoted(name)}:${value}}` }),
  (name, value) => ({ type: json, body: `{"unsafe_metadata":{${quoted(name)}:${value}}}` }),
  (name, value) => ({ type: json, body: `{"user":{${quoted(name)}:${value}}}` }),
  (name, value) => ({ type: json, body: `[{${quoted(name)}:${value}}]` }),
  (name, value) => ({ type: json, body: `{"__proto__":{${quoted(name)}:${value}}}` }),
  (name, value) => ({ type: json, body: `{"first_name":"Ada","first_name":"Bea",${quoted(name)}:${value}}` }),
  (name, value) => ({ type: `${json}; charset=utf-16`, body: Buffer.from(`{${quoted(name)}:${value}}`, 'utf16le') }),
  (name, value) => ({ type: json, body: Buffer.from(`\ufeff{${quoted(name)}:${value}}`, 'utf16le') }),
  (name, value) => ({ type: 'application/merge-patch+json', body: `{${quoted(name)}:${value}}` }),
  (name, value) => ({ type: 'application/vnd.api+json', body: `{"data":{"attributes":{${quoted(name)}:${value}}}}` }),
  (name, value) => ({ type: 'multipart/form-data; boundary=x', body: multipart(name, value) }),
  (name, value) => ({ type: 'text/plain', body: `{${quoted(name)}:${value}}` }),
  (name, value) => ({ body: `{${quoted(name)}:${value}}` }),
  (name, value) => ({ query: `${encodeURIComponent(name)}=${encodeURIComponent(value)}` }),
  (name, value) => ({
    type: form,
    body: '',
    query: `${name.trim()}=${encodeURIComponent(value)}`.replace(/[^\x21-\x7e]/g, ''),
  }),
  (_, value) => ({ type: form, body: '', headers: { 'x-public-metadata': encodeURIComponent(value) } }),
]

/** Every way to say which method is meant. */
const methods: readonly { readonly method: string; readonly query?: string; readonly header?: string }[] = [
  { method: 'POST', query: '_method=PATCH' },
  { method: 'POST', query: '_method=PATCH' },
  { method: 'POST', query: '_method=PUT' },
  { method: 'POST', query: '_method=patch' },
  { method: 'POST', query: '_method=POST&_method=PATCH' },
  { method: 'POST', query: '_method=%50ATCH' },
  { method: 'POST' },
  { method: 'POST', header: 'PATCH' },
  { method: 'PATCH' },
  { method: 'PUT' },
  { method: 'GET', query: '_method=PATCH' },
]

const paths: readonly ((aim: Aim) => string)[] = [
  () => '/v1/me',
  () => '/v1/me',
  () => '/v1/me/metadata',
  () => '/v1/me/metadata',
  () => '/v1/client/sign_ups',
  ({ signUpId }) => `/v1/client/sign_ups/${signUpId}`,
  () => '/v1/client/sign_ins',
  () => '/v1/client',
  () => '/v1/environment',
  ({ sessionId }) => `/v1/client/sessions/${sessionId}/touch`,
  ({ sessionId }) => `/v1/client/sessions/${sessionId}/tokens`,
  ({ userId }) => `/v1/users/${userId}`,
  ({ userId }) => `/v1/users/${userId}/metadata`,
  ({ userId }) => `/v1/me/../users/${userId}/metadata`,
  ({ userId }) => `/v1/me/%2e%2e/users/${userId}/metadata`,
  ({ userId }) => `/v1%2fusers/${userId}/metadata`,
  ({ userId }) => `//v1/users/${userId}/metadata`,
  ({ userId }) => `/V1/Users/${userId}/metadata`,
  () => '/v1/me/metadata/',
  () => '/v1/me/public_metadata',
]

/** The versions of the API, of which the older take metadata along with other fields. */
const versions = ['', '2025-11-10', '2025-04-10', '2026-05-12', '2026-08-20', '0000-00-00', 'x']

/** Requests by which a page might try to write what it may not, as functions of who it aims at. */
export const forgedRequests: fc.Arbitrary<(aim: Aim) => WireRequest> = fc
  .record({
    param: fc.constantFrom(...params),
    spell: fc.constantFrom(...spellings),
    value: fc.constantFrom(...values),
    carry: fc.constantFrom(...carriers),
    method: fc.constantFrom(...methods),
    path: fc.constantFrom(...paths),
    version: fc.constantFrom(...versions),
    authorization: fc.constantFrom(undefined, undefined, undefined, 'Bearer', 'Bearer sk_test_guess', 'Basic c2s6'),
    atomic: fc.boolean(),
  })
  .map(({ param, spell, value, carry, method, path, version, authorization, atomic }) => (aim: Aim) => {
    const { type, body, query, headers } = carry(spell(param), value)
    const queries = [method.query, version && `__clerk_api_version=${version}`, query].filter(Boolean)
    return {
      method: method.method,
      path: path(aim) + (queries.length > 0 ? `?${queries.join('&')}` : ''),
      headers: {
        origin: aim.origin,
        cookie: aim.cookie,
        ...(type && { 'content-type': type }),
        ...(authorization && { authorization }),
        ...(method.header && { 'x-http-method-override': method.header }),
        ...(atomic && { 'acme-version': '1' }),
        ...headers,
      },
      body: method.method === 'GET' ? undefined : body,
    }
  })

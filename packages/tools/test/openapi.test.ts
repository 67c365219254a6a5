import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboardRefusals, operations, refusalsOf } from '@acme/schema/wire'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, test } from 'vitest'
import { findErrorCodes } from '../../docs/src/find-error-codes.ts'
import { root } from '../src/repository.ts'

const source = readFileSync(join(root, 'packages/server/openapi.json'), 'utf8')

test('the description of the wire is clean by the recommended rules of Redocly', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
  expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([])
})

test('the codes that operations answer are those of the source, with their statuses', () => {
  const thrown = new Set<string>()
  for (const [code, { statuses, packages }] of findErrorCodes().codes) {
    if (packages.includes('server') || packages.includes('schema'))
      for (const status of statuses) thrown.add(`${status} ${code}`)
  }
  const described = new Set<string>()
  for (const refusals of [dashboardRefusals, ...operations.map(refusalsOf)]) {
    for (const [status, codes] of Object.entries(refusals)) {
      for (const code of codes) described.add(`${status} ${code}`)
    }
  }
  expect([...described].sort()).toEqual([...thrown].sort())
})

test('generators get a name, a tag, who may ask and the errors of every operation', () => {
  const { paths, tags, components } = JSON.parse(source)
  const described = Object.values(paths as object).flatMap((methods) => Object.values(methods as object))
  expect(described).toHaveLength(operations.length)
  const known = tags.map(({ name }: { name: string }) => name)
  for (const { operationId, tags, security, responses } of described) {
    expect(operationId).toMatch(/^[a-z]\w+$/)
    expect(known).toEqual(expect.arrayContaining(tags))
    const keys = security.flatMap((way: object) => Object.keys(way))
    expect(keys.every((name: string) => name in components.securitySchemes)).toBe(true)
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '500', '503']))
  }
})

import { isJsonObject, type JsonPath, type JsonValue, type MemberSize, metadataBytes } from '@acme/schema'

/** How many are told. */
const most = 3

/** Tells where the bytes of a value are: the largest members, each as deep as most of it is one member. */
export function largestPaths(value: JsonValue): readonly MemberSize[] {
  return members(value, [])
    .map(narrow)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, most)
    .map(({ path, bytes }) => ({ path, bytes }))
}

interface Member extends MemberSize {
  readonly value: JsonValue
}

function members(value: JsonValue, path: JsonPath): Member[] {
  if (!isJsonObject(value) && !Array.isArray(value)) return []
  return Object.entries(value).map(([key, member]) => ({
    path: [...path, Array.isArray(value) ? Number(key) : key],
    bytes: metadataBytes(member),
    value: member,
  }))
}

function narrow(member: Member): Member {
  const largest = members(member.value, member.path).sort((a, b) => b.bytes - a.bytes)[0]
  return largest && largest.bytes > member.bytes / 2 ? narrow(largest) : member
}

import { jsonInput, readArray, readName, readObject, readString, reject, type ToolCallPart } from '../core/index.ts'

/** The `tool_calls` of an assistant message in a request's history. */
export function readToolCalls(value: unknown, field: string): readonly ToolCallPart[] {
  return readArray(value, field).map((item, index) => {
    const place = `${field}[${index}]`
    const call = readObject(item, place)
    const id = readName(call.id, `${place}.id`)
    // Some clients leave the type out; which object is there says it as well.
    if (call.type === 'custom') {
      const custom = readObject(call.custom, `${place}.custom`)
      return {
        type: 'tool-call',
        kind: 'custom',
        id,
        name: readName(custom.name, `${place}.custom.name`),
        input: readString(custom.input, `${place}.custom.input`),
      }
    }
    if (call.type !== 'function' && call.type !== undefined)
      return reject(`${place}.type`, 'function or custom', call.type)
    return { type: 'tool-call', kind: 'json', id, ...readFunction(call.function, `${place}.function`) }
  })
}

/** A `{ name, arguments }`; empty arguments mean none. */
export function readFunction(value: unknown, field: string): Pick<ToolCallPart, 'name' | 'input'> {
  const call = readObject(value, field)
  const input = readString(call.arguments, `${field}.arguments`)
  return { name: readName(call.name, `${field}.name`), input: jsonInput(input) }
}

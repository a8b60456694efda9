import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** What a node of these versions takes and gives. Made from the node descriptions in n8n's packages. */
const Description = z.object({
  versions: z.array(z.number()),
  /** Each with the options below it, where it is a collection. */
  parameters: z.record(z.string(), z.array(z.string())),
  credentials: z.array(z.string()),
  outputs: z.array(z.string()),
})
const { nodes: KNOWN } = z
  .object({ nodes: z.record(z.string(), z.array(Description)) })
  .parse(JSON.parse(readFileSync(new URL('n8n-nodes.json', import.meta.url), 'utf8')))

const Connection = z.object({ node: z.string(), type: z.string(), index: z.int() })
const Workflow = z.object({
  /** `n8n import:workflow` fails without one. */
  id: z.string().min(1),
  name: z.string(),
  nodes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      typeVersion: z.number(),
      position: z.tuple([z.number(), z.number()]),
      parameters: z.record(z.string(), z.unknown()),
      credentials: z.record(z.string(), z.object({ id: z.string().nullable(), name: z.string() })).optional(),
    }),
  ),
  connections: z.record(z.string(), z.record(z.string(), z.array(z.array(Connection)))),
  settings: z.record(z.string(), z.unknown()),
})
type Node = z.infer<typeof Workflow>['nodes'][number]

/** What of a workflow n8n would not know; empty where it can be imported. Throws where it is no workflow at all. */
export function problemsOf(workflow: unknown): readonly string[] {
  const { nodes, connections } = Workflow.parse(workflow)
  const named = new Map(nodes.map((node) => [node.name, node]))
  const ofConnections = Object.entries(connections).flatMap(([from, byType]) =>
    Object.entries(byType).flatMap(([type, outputs]) => {
      const source = named.get(from)
      if (source === undefined) return [`connections name ${from}, which is no node`]
      const known = descriptionOf(source)
      if (known !== undefined && !known.outputs.includes(type)) return [`${from} has no output ${type}`]
      return outputs
        .flat()
        .flatMap(({ node }) => (named.has(node) ? [] : [`${from} leads to ${node}, which is no node`]))
    }),
  )
  return [...nodes.flatMap(problemsOfNode), ...ofConnections]
}

function problemsOfNode(node: Node): readonly string[] {
  const known = descriptionOf(node)
  if (known === undefined) return [`${node.name}: no ${node.type} of version ${node.typeVersion}`]
  const { parameters, credentials } = known
  const unknown = Object.entries(node.parameters).flatMap(([name, value]) => {
    const options = parameters[name]
    if (options === undefined) return [name]
    if (options.length === 0 || typeof value !== 'object' || value === null) return []
    return Object.keys(value).filter((option) => !options.includes(option))
  })
  const given = Object.keys(node.credentials ?? {}).toSorted()
  return [
    ...unknown.map((name) => `${node.name}: no parameter ${name}`),
    ...(given.join() === credentials.toSorted().join() ? [] : [`${node.name}: credentials ${given.join()}`]),
  ]
}

function descriptionOf({ type, typeVersion }: Node): z.infer<typeof Description> | undefined {
  return KNOWN[type]?.find(({ versions }) => versions.includes(typeVersion))
}

import { isJsonObject, type Json, type JsonObject, objectsIn } from '../core/index.ts'

/** What only the platform that made it can look up: the answer, its conversation. */
export function marksOfResponse({ id, conversation }: JsonObject): readonly (Json | undefined)[] {
  return [id, isJsonObject(conversation) ? conversation.id : undefined]
}

/** What only the platform that made it can read or look up: the item, its encrypted reasoning, where its code ran. */
export function marksOfItem(item: JsonObject): readonly (Json | undefined)[] {
  const { id, encrypted_content: encrypted, container_id: container, environment } = item
  const files = objectsIn(item.content).flatMap((part) => objectsIn(part.annotations).flatMap(marksOfAnnotation))
  return [id, encrypted, container, isJsonObject(environment) ? environment.container_id : undefined, ...files]
}

/** A file that the model cites, or wrote. */
export function marksOfAnnotation({
  container_id: container,
  file_id: file,
}: JsonObject): readonly (Json | undefined)[] {
  return [container, file]
}

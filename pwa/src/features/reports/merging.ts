import { placeOf, type Both, type Draft, type DraftPart, type DraftSection } from './drafts'

const titlePlace = 'title'
export const headingPlace = (part: string, section: string) => `${part}/${section}`

type Words = Map<string, string>
function wordsOf(draft: Draft): Words {
  const out: Words = new Map([[titlePlace, draft.title]])
  for (const part of draft.parts)
    for (const section of part.sections) {
      out.set(headingPlace(part.key, section.key), section.title)
      for (const one of section.paragraphs) out.set(placeOf(part.key, section.key, one.key), one.text)
    }
  return out
}

/**
 * What two have changed of one version, in one draft: what they alone have changed is taken over, what she alone has
 * changed stays, and of what both have changed hers stays and theirs is told. It goes on from their version. What she had
 * not decided on before is still told, where their words of it are what they were and hers are others.
 */
export function merged(base: Draft, theirs: Draft, mine: Draft): Draft & { both: Both[] } {
  const [was, now, hers] = [wordsOf(base), wordsOf(theirs), wordsOf(mine)]
  const both: Both[] = []
  /** Her words of a place, or theirs where they alone have changed it; undefined where it is gone. */
  function settle(place: string): string | undefined {
    const [a, b, c] = [was.get(place), now.get(place), hers.get(place)]
    if (b === a || b === c) return c
    if (c === a) return b
    if (c !== undefined) both.push({ place, mine: c, ...(b === undefined ? {} : { theirs: b }) })
    // What she took out and they have changed comes back with their words: she takes it out again, or not.
    return c ?? b
  }
  const section = (part: string, mine: DraftSection | undefined, theirs: DraftSection | undefined): DraftSection => {
    const key = (mine ?? theirs)!.key
    const place = (paragraph: string) => placeOf(part, key, paragraph)
    const keys = inOrder(mine?.paragraphs.map((one) => one.key) ?? [], theirs?.paragraphs.map((one) => one.key) ?? [])
    return {
      key,
      title: settle(headingPlace(part, key)) ?? '',
      paragraphs: keys.flatMap((one) => {
        const text = settle(place(one))
        return text === undefined ? [] : [{ key: one, text }]
      }),
    }
  }
  const part = (one: DraftPart): DraftPart => {
    const there = theirs.parts.find((each) => each.key === one.key)
    const find = (of: DraftPart | undefined, key: string) => of?.sections.find((each) => each.key === key)
    const keys = inOrder(
      one.sections.map((each) => each.key),
      there?.sections.map((each) => each.key) ?? [],
    )
    return { ...one, sections: keys.map((key) => section(one.key, find(one, key), find(there, key))) }
  }
  const draft = { version: theirs.version, title: settle(titlePlace) ?? mine.title, parts: mine.parts.map(part) }
  const open = (mine.both ?? []).filter(
    (one) => now.get(one.place) === one.theirs && hers.get(one.place) !== one.theirs && hers.has(one.place),
  )
  return { ...draft, both: [...open, ...both] }
}

/** All keys once: hers in her order, and each that is theirs alone after the one that it follows there. */
function inOrder(mine: readonly string[], theirs: readonly string[]): string[] {
  const out = [...mine]
  theirs.forEach((key, at) => {
    if (out.includes(key)) return
    out.splice(at ? out.indexOf(theirs[at - 1]!) + 1 : 0, 0, key)
  })
  return out
}

/** Puts their words into a place of a draft: that is decided. */
export function useTheirs(draft: Draft, { place, theirs }: Both): void {
  draft.both = draft.both?.filter((one) => one.place !== place)
  if (place === titlePlace) {
    draft.title = theirs ?? draft.title
    return
  }
  for (const part of draft.parts)
    for (const section of part.sections) {
      if (headingPlace(part.key, section.key) === place) section.title = theirs ?? ''
      const at = section.paragraphs.findIndex((one) => placeOf(part.key, section.key, one.key) === place)
      if (at < 0) continue
      if (theirs === undefined) section.paragraphs.splice(at, 1)
      else section.paragraphs[at]!.text = theirs
    }
}

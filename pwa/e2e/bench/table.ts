/** Figures by name, gathered over several rounds. */
export class Figures {
  private readonly values = new Map<string, number[]>()
  private readonly targets = new Map<string, string>()

  add(name: string, value: number, target = ''): void {
    this.values.set(name, [...(this.values.get(name) ?? []), value])
    if (target) this.targets.set(name, target)
  }

  /** A table in Markdown: median, lowest and highest of the rounds. */
  table(unit: string): string {
    const lines = [`| | median, ${unit} | lowest to highest | wanted |`, '| --- | --- | --- | --- |']
    for (const [name, values] of this.values) {
      const sorted = [...values].sort((a, b) => a - b)
      const middle = sorted.length / 2
      const median = sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
      const text = (value: number) => Math.round(value).toLocaleString('en-US')
      lines.push(
        `| ${name} | ${text(median)} | ${text(sorted[0]!)} to ${text(sorted.at(-1)!)} | ${this.targets.get(name) ?? ''} |`,
      )
    }
    return lines.join('\n')
  }
}

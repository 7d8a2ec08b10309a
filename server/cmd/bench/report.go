package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// series are the figures of one kind, one a round.
type series []float64

func (s *series) add(v float64) { *s = append(*s, v) }

func (s series) median() float64 {
	if len(s) == 0 {
		return 0
	}
	list := slices.Sorted(slices.Values(s))
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// pushing is what was measured of one load on one database.
type pushing struct {
	entries                         int
	load                            string
	served, raw, ratio, cpu, memory series
	rawCPU, phonesCPU               series
	rows                            series
	tables                          map[string]*series
}

func (p *pushing) table(name string) *series {
	if p.tables[name] == nil {
		p.tables[name] = &series{}
	}
	return p.tables[name]
}

type reading struct {
	what, how string
	took      series
}

// report is all that was measured.
type report struct {
	settings settings
	loads    []*pushing
	figures  []*reading // how: entries
	rows     []*reading
	memory   []*reading // how: entries
	restart  series
	killed   series
	gesture  series // until the answer
	reports  []reporting
	recount  *recounting // nil where it was not measured
	bytes    []string
	notices  []string
	notes    []string
	counted  int
	firsts   []syncing
}

func newReport(s settings) *report { return &report{settings: s} }

func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

func (r *report) pushes(entries int, load string) *pushing {
	for _, p := range r.loads {
		if p.entries == entries && p.load == load {
			return p
		}
	}
	p := &pushing{entries: entries, load: load, tables: map[string]*series{}}
	r.loads = append(r.loads, p)
	return p
}

func find(list *[]*reading, what, how string) *series {
	for _, x := range *list {
		if x.what == what && x.how == how {
			return &x.took
		}
	}
	x := &reading{what: what, how: how}
	*list = append(*list, x)
	return &x.took
}

func (r *report) page(name string, entries int) *series {
	return find(&r.figures, name, fmt.Sprint(entries))
}
func (r *report) alone(entries int) *series {
	return find(&r.memory, "memory of a server that met 100 phones alone", thousands(entries))
}
func (r *report) pull(name, how string) *series { return find(&r.rows, name, how) }

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func ms(v float64) string { return fmt.Sprintf("%.2f ms", v) }

// columns writes a Markdown table.
func columns(b *strings.Builder, head []string, rows [][]string) {
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, r := range rows {
		line(r)
	}
	b.WriteString("\n")
}

func (r *report) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s with %d processors, %s, %s. Medians of %d interleaved rounds.\n\n",
		time.Now().Format(time.DateOnly), runtime.NumCPU(), processor(), runtime.Version(), r.settings.rounds)
	b.WriteString(r.firstTable())
	if r.settings.only == "firstsync" {
		return b.String()
	}
	b.WriteString("### Pushes\n\n")
	var rows [][]string
	for _, p := range r.loads {
		rows = append(rows, []string{p.load, thousands(p.entries), thousands(int(p.served.median())), thousands(int(p.raw.median())),
			fmt.Sprintf("**%.0f%%**", p.ratio.median()), fmt.Sprintf("%.1f", p.rows.median()), fmt.Sprintf("%.0f µs", p.cpu.median()), fmt.Sprintf("%.0f µs", p.phonesCPU.median()), fmt.Sprintf("%.0f µs", p.rawCPU.median()),
			fmt.Sprintf("%.0f MB", slices.Max(p.memory))})
	}
	columns(&b, []string{"phones", "entries before", "changes a second", "raw writer", "ratio", "rows a change", "server CPU a change", "the phones'", "raw writer's", "memory"}, rows)
	for _, n := range r.notes {
		b.WriteString("- " + n + "\n")
	}
	fmt.Fprintf(&b, "- Of %d approvals every one was in the city's total with the answer to its push.\n\n", r.counted)
	if len(r.loads) > 0 {
		p := r.loads[0]
		var list []string
		for name := range p.tables {
			list = append(list, name)
		}
		slices.SortFunc(list, func(a, b string) int { return int(1e6 * (p.tables[b].median() - p.tables[a].median())) })
		for i, name := range list {
			list[i] = fmt.Sprintf("%s %.2f", name, p.tables[name].median())
		}
		fmt.Fprintf(&b, "Rows a change, by table (%s, %s entries): %s.\n\n", p.load, thousands(p.entries), strings.Join(list, ", "))
	}
	b.WriteString("### Pages of figures\n\n")
	grid(&b, "page", r.figures, func(how string) string { return how + " entries" }, true)
	b.WriteString("### Pulls\n\n")
	grid(&b, "phone", r.rows, func(how string) string { return how }, false)
	b.WriteString("### The rest\n\n")
	var rest [][]string
	for _, m := range r.memory {
		rest = append(rest, []string{fmt.Sprintf("%s, on %s entries: median of the rounds; the most", m.what, m.how), fmt.Sprintf("%.0f MB; %.0f MB", m.took.median(), slices.Max(m.took))})
	}
	columns(&b, []string{"what", "figure"}, append(append(rest, [][]string{
		{gesture.name + ", until the answer", ms(r.gesture.median())},
		{"restart, after the process was told to end", ms(r.restart.median())},
		{"restart, after it was killed", ms(r.killed.median())},
	}...), append(append(r.reportRows(), r.recount.rows()...), r.sentRows()...)...))
	return b.String()
}

func (r *report) sentRows() (out [][]string) {
	for _, line := range append(slices.Clone(r.notices), r.bytes...) {
		what, figure, _ := strings.Cut(line, ": ")
		out = append(out, []string{what, figure})
	}
	return out
}

// grid is a table with a row for each thing and a column for each way; with ratio, the last column beside the first.
func grid(b *strings.Builder, what string, list []*reading, title func(string) string, ratio bool) {
	var things, ways []string
	for _, x := range list {
		if !slices.Contains(things, x.what) {
			things = append(things, x.what)
		}
		if !slices.Contains(ways, x.how) {
			ways = append(ways, x.how)
		}
	}
	head := []string{what}
	for _, w := range ways {
		head = append(head, title(w))
	}
	if ratio {
		head = append(head, "largest to smallest")
	}
	var rows [][]string
	for _, t := range things {
		line := []string{t}
		var first, last float64
		for _, w := range ways {
			v := find(&list, t, w).median()
			if last = v; first == 0 {
				first = v
			}
			cell := ms(v)
			if v == 0 {
				cell = "–"
			}
			line = append(line, cell)
		}
		if ratio {
			line = append(line, fmt.Sprintf("%.0f%%", last/first*100))
		}
		rows = append(rows, line)
	}
	columns(b, head, rows)
}

func processor() string {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(raw)) {
		if name, is := strings.CutPrefix(line, "model name"); is {
			return strings.TrimSpace(strings.TrimLeft(name, " \t:"))
		}
	}
	return runtime.GOARCH
}

func (r *report) print(w io.Writer) error {
	text := r.text()
	if r.settings.out != "" {
		if err := os.WriteFile(r.settings.out, []byte(text), 0o644); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, text)
	return err
}
